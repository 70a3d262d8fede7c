/**
 * Writes what is derived: the JSON Schema of each file that people write, Argo CD's settings as values of its chart and,
 * where there is Go, the signs of Argo CD's slug and the overlays as kustomize builds them. With `--check` it says what is
 * out of date, but for those overlays: conformance does, which has Go.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { Config } from '../schemas/config.ts';
import { OrganisationRules, PromotionRules } from '../schemas/promotion-rules.ts';
import { Proposal } from '../schemas/proposal.ts';
import { AnswersFile, Remembered } from '../schemas/reference-set.ts';
import { builtOverlay, OVERLAYS } from './built-overlays.ts';
import { ANSWERS, CONFIG, type Descriptions, MEMORY, ORGANISATION, PROPOSAL, RULES } from './descriptions.ts';
import { helmValues, type Settings } from './helm-values.ts';
import { askedSigns, isUntouched } from './slug-signs.ts';

const FILES: readonly { file: string; title: string; description: string; schema: z.ZodType; keys: Descriptions }[] = [
  {
    file: 'schemas/hawser.schema.json',
    title: 'hawser.yaml',
    description: 'What differs between the organisations that run Hawser. Every key is optional.',
    schema: Config,
    keys: CONFIG,
  },
  {
    file: 'schemas/image-promotion.schema.json',
    title: '.github/image-promotion.yml',
    description: 'Who merges which image where, and when: in a deployment repository.',
    schema: PromotionRules,
    keys: RULES,
  },
  {
    file: 'schemas/organisation-promotion.schema.json',
    title: '.github/image-promotion.yml of an organisation',
    description:
      "The defaults of all deployment repositories, and what none may loosen: in the organisation's repository .github.",
    schema: OrganisationRules,
    keys: ORGANISATION,
  },
  {
    file: 'schemas/proposal.schema.json',
    title: 'what npm run hawser -- explain takes as its candidate',
    description: 'An image for one target, with all that is known when the rules are asked.',
    schema: Proposal,
    keys: PROPOSAL,
  },
  {
    file: 'schemas/set-answers.schema.json',
    title: 'what npm run hawser -- init takes as its --answers',
    description: 'The names under which the reference set is laid down. A flag wins over each of them.',
    schema: AnswersFile,
    keys: ANSWERS,
  },
  {
    file: 'schemas/set-memory.schema.json',
    title: '.hawser.yaml',
    description:
      'What Hawser has laid down in a repository of the reference set. It is written by init and update alone.',
    schema: Remembered,
    keys: MEMORY,
  },
];

const SIGNS = 'src/routing/signs.ts';
const texts = [
  ...FILES.map(({ file, ...of }) => ({ file, text: `${JSON.stringify(jsonSchema(of), undefined, 2)}\n` })),
  { file: 'gitops/argo-config/helm/values.yaml', text: helmValues(settings()) },
];

if (!process.argv.includes('--check')) {
  for (const { file, text } of texts) writeFileSync(pathOf(file), text);
  const signs = askedSigns();
  if (signs === undefined) console.log(`${SIGNS} stays as it is: there is no Go to make it with`);
  else writeFileSync(pathOf(SIGNS), signs);
  for (const overlay of OVERLAYS) {
    const built = builtOverlay(overlay);
    if (built === undefined) console.log(`${overlay.file} stays as it is: there is no Go to make it with`);
    else writeFileSync(pathOf(overlay.file), built);
  }
} else {
  const outOfDate = [
    ...texts.filter(({ file, text }) => present(file) !== text).map(({ file }) => file),
    ...(isUntouched(present(SIGNS) ?? '') ? [] : [SIGNS]),
  ];
  for (const file of outOfDate) console.error(`${file} is out of date: npm run generate`);
  if (outOfDate.length > 0) process.exitCode = 1;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

function present(file: string): string | undefined {
  try {
    return readFileSync(pathOf(file), 'utf8');
  } catch {
    return undefined;
  }
}

function settings(): Settings {
  const read = (file: string) => readFileSync(pathOf(`gitops/argo-config/argocd/${file}`), 'utf8');
  return {
    notifications: read('notifications.yaml'),
    cm: read('refresh/argocd-cm.yaml'),
    rbac: read('refresh/argocd-rbac-cm.yaml'),
    objects: [read('webhook-route.yaml')],
  };
}

type Schema = z.core.JSONSchema.BaseSchema;

function jsonSchema({ title, description, schema, keys }: Omit<(typeof FILES)[number], 'file'>): Schema {
  const generated = z.toJSONSchema(schema, { io: 'input' });
  const unused = new Set(Object.keys(keys));
  describe(generated, '', keys, unused);
  // A key that was renamed must not leave its description behind.
  if (unused.size > 0) throw new Error(`described, but not in the schema: ${[...unused].join(', ')}`);
  return { title, description, ...generated };
}

/** `argocd.*.name` is the name of any item of `argocd`, `environments.*.url` the URL of any environment. */
function describe(schema: Schema, key: string, keys: Descriptions, unused: Set<string>): void {
  const below = (step: string) => (key === '' ? step : `${key}.${step}`);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    describeKey(property, below(name), keys, unused);
  for (const item of [schema.items, schema.additionalProperties]) {
    if (isSchema(item)) describe(item, below('*'), keys, unused);
  }
  for (const choice of schema.oneOf ?? schema.anyOf ?? []) describe(choice, key, keys, unused);
}

function describeKey(
  schema: z.core.JSONSchema._JSONSchema,
  key: string,
  keys: Descriptions,
  unused: Set<string>,
): void {
  if (!isSchema(schema)) return;
  const description = keys[key];
  if (description === undefined) throw new Error(`not described: ${key}`);
  schema.description = description;
  unused.delete(key);
  describe(schema, key, keys, unused);
}

function isSchema(schema: unknown): schema is Schema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
