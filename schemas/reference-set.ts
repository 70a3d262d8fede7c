/** What `hawser init` is told, and what it remembers in the `.hawser.yaml` of each repository that it wrote. */
import { parse } from 'yaml';
import * as z from 'zod';
import { AppLabel, Label, Domain as PlainDomain } from './domain.ts';

// The set's manifests have its names without quotes. Go's parsers know both versions' words.
const isText = (name: string) =>
  (['1.1', '1.2'] as const).every((version) => typeof parse(name, { version }) === 'string');
const NO_TEXT = { error: 'is no text to YAML, but a number, a date, or a yes or no' };

const Organisation = Label.max(39, {
  error: 'is longer than the 39 characters that GitHub allows an organisation',
}).refine(isText, NO_TEXT);

const Application = AppLabel.regex(/^[a-z]/, { error: 'does not begin with a letter, as the name of a Service must' })
  .refine((name) => !/-(deployment|infra|addon)$/.test(name), {
    error: 'ends like one of the repositories beside it (-deployment, -infra, -addon)',
  })
  .refine((name) => name !== 'argocd' && name !== 'hawser', { error: 'has its host already: that of argocd or hawser' })
  .refine(isText, NO_TEXT);

const Domain = PlainDomain.refine(isText, NO_TEXT);

const names = z.strictObject({ org: Organisation, app: Application, domain: Domain, previewDomain: Domain });

/** Whatever a preview's wildcard catches is no longer production's or the sandbox's. */
export const Answers = names.superRefine(({ domain, previewDomain }, context) => {
  const caught = [domain, `sandbox.${domain}`].find(
    (zone) => zone === previewDomain || zone.endsWith(`.${previewDomain}`),
  );
  if (caught === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['previewDomain'],
    message: `would catch the hosts of ${caught}: previews need a zone of their own`,
  });
});
export type Answers = z.infer<typeof Answers>;

/** The file of `--answers`; flags win over it. */
export const AnswersFile = names.partial().extend({ only: z.array(z.string()).min(1).optional() });
export type AnswersFile = z.infer<typeof AnswersFile>;

const INSIDE = /^(?!.*(^|\/)(\.{0,2}|\.git)(\/|$))[^\\\0]+$/i;

/** `sha256sum` says the same; an executable file has the word after it. */
const Identity = z.string().regex(/^[0-9a-f]{64}( executable)?$/, { error: 'is no SHA-256' });

export const Remembered = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+(-[\w.-]+)?$/, { error: 'is no version' }),
  /** Which of the set's repositories it is. */
  repository: z.string().min(1),
  answers: Answers,
  files: z.record(z.string(), Identity).superRefine((files, context) => {
    for (const path of Object.keys(files).filter((each) => !INSIDE.test(each))) {
      context.addIssue({ code: 'custom', path: [path], message: 'leads outside the repository, or into .git' });
    }
  }),
});
export type Remembered = z.infer<typeof Remembered>;
