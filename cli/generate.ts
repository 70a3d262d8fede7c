/**
 * Writes what is derived: the JSON Schema of `hawser.yaml` and, where there is Go, the signs of Argo CD's slug. With
 * `--check` it says what is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { Config } from '../schemas/config.ts';
import { askedSigns, isUntouched } from './slug-signs.ts';

/** What an editor shows of each key. They stand here, since in the schema itself they would travel in the Worker. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  deployments: 'When a rollout counts as done, failed or lost.',
  'deployments.settle': 'Succeeded and Healthy must hold this long, unless health is newer than the operation.',
  'deployments.degradedAfter': 'Degraded must hold this long before it is a failure.',
  'deployments.deadline': 'No sign of life and no terminal state for so long: error.',
  github: 'The write budget of one installation of the GitHub App.',
  'github.writesPerMinute': 'Writes a minute, after a burst of as many.',
  'github.contentPerHour': 'Pull requests and comments an hour.',
  previews: 'The transient environments of pull requests.',
  'previews.label': 'The label that asks for a preview.',
  'previews.environment': 'The environment on GitHub; {number} may stand in it.',
  'previews.url': 'Where a preview is reached; {slug}, {number}, {owner} and {repo} may stand in it.',
  'previews.forks': 'approve: a person with write access must label each new head of a fork. deny: forks get none.',
  'previews.staleAfter': 'No push, comment or label change for so long makes a preview stale.',
  'previews.warnBefore': 'How long before its removal a stale preview is warned about.',
  'previews.keepLabel': 'The label that keeps a stale preview.',
  'previews.sweep': 'What happens to stale previews: they are reported, or removed.',
  environments: 'What GitHub should know of an environment, by its name.',
  'environments.*.production': 'Whether it is a production environment.',
  'environments.*.url': 'Where people reach it.',
  argocd: 'The Argo CD instances that may notify. The secret of each is ARGOCD_<NAME>_TOKEN.',
  'argocd.*.name': 'Names its secrets too, in capitals and with - as _.',
  'argocd.*.url': 'Where people reach it: deployments link to its pages.',
  'argocd.*.repositories': 'The repositories that its token may speak for; * is any run of characters.',
  'argocd.*.environments': 'The environments that its token may speak for; * is any run of characters.',
  'argocd.*.projects':
    'Where given, the project of an Application must be one of these, and may speak for no more than it says.',
  'argocd.*.projects.*.name': 'The name of the Argo CD project.',
  'argocd.*.projects.*.repositories': 'The repositories that its Applications may speak for.',
  'argocd.*.projects.*.environments': 'The environments that its Applications may speak for.',
  'argocd.*.refresh': 'How its ApplicationSets learn of a pull request.',
  'argocd.*.refresh.mode': 'webhook: by the ApplicationSet webhook. action: by its API. off: not from here.',
  'argocd.*.refresh.url': "The ApplicationSet controller's webhook.",
  'argocd.*.refresh.application': 'The Application that holds the ApplicationSets.',
  publishers: 'Who may tell of images. The secret of each is PUBLISHER_<NAME>_TOKEN.',
  'publishers.*.name': 'Names its secret too, in capitals and with - as _.',
  'publishers.*.repositories': 'The deployment repositories that it may propose to; * is any run of characters.',
  oidc: 'GitHub Actions as a publisher, without a secret.',
  'oidc.issuer': 'Who signs the tokens.',
  'oidc.audience': 'Whom the tokens must be made out to.',
  imageUpdaters:
    'The Image Updaters that are told of registry events. The secret of each is IMAGE_UPDATER_<NAME>_SECRET.',
  'imageUpdaters.*.name': 'Names its secret too, in capitals and with - as _.',
  'imageUpdaters.*.url': 'Its webhook.',
};

const SCHEMA = 'schemas/hawser.schema.json';
const SIGNS = 'src/routing/signs.ts';
const schemaText = `${JSON.stringify(schema(), undefined, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(pathOf(SCHEMA), schemaText);
  const signs = askedSigns();
  if (signs === undefined) console.log(`${SIGNS} stays as it is: there is no Go to make it with`);
  else writeFileSync(pathOf(SIGNS), signs);
} else {
  const outOfDate = [
    ...(present(SCHEMA) === schemaText ? [] : [SCHEMA]),
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

type Schema = z.core.JSONSchema.BaseSchema;

function schema(): Schema {
  const generated = z.toJSONSchema(Config, { io: 'input' });
  const unused = new Set(Object.keys(DESCRIPTIONS));
  describe(generated, '', unused);
  // A key that was renamed must not leave its description behind.
  if (unused.size > 0) throw new Error(`described, but not in the schema: ${[...unused].join(', ')}`);
  const description = 'What differs between the organisations that run Hawser. Every key is optional.';
  return { title: 'hawser.yaml', description, ...generated };
}

/** `argocd.*.name` is the name of any item of `argocd`, `environments.*.url` the URL of any environment. */
function describe(schema: Schema, key: string, unused: Set<string>): void {
  const below = (step: string) => (key === '' ? step : `${key}.${step}`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) describeKey(property, below(name), unused);
  for (const item of [schema.items, schema.additionalProperties]) {
    if (isSchema(item)) describe(item, below('*'), unused);
  }
  for (const choice of schema.oneOf ?? schema.anyOf ?? []) describe(choice, key, unused);
}

function describeKey(schema: z.core.JSONSchema._JSONSchema, key: string, unused: Set<string>): void {
  if (!isSchema(schema)) return;
  const description = DESCRIPTIONS[key];
  if (description === undefined) throw new Error(`not described: ${key}`);
  schema.description = description;
  unused.delete(key);
  describe(schema, key, unused);
}

function isSchema(schema: unknown): schema is Schema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
