/** `.github/image-promotion.yml`: who merges which image where, and when. Strict, so that a slip of the pen opens no gate. */
import * as z from 'zod';
import { Duration } from '../src/words/duration.ts';
import { ImageName } from '../src/words/image.ts';
import { TagPattern } from './tag-pattern.ts';
import { Window } from './window.ts';

export const RULES_FILE = '.github/image-promotion.yml';
/** What stands in the place of the owner's text where GitHub shows that there is one, and not what it says. */
export const UNREADABLE = 'GitHub does not let it be read';

/** `*` stands for any run of characters. */
const Patterns = z.array(z.string().min(1).max(300)).min(1);
const Environment = z.string().min(1).max(255);
const Team = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/[a-z0-9][a-z0-9_.-]{0,99}$/, {
  error: 'a team is owner/team',
});
/** From the repository's root, and never out of it. */
const FilePath = z
  .string()
  .min(1)
  .max(1024)
  .refine((path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'), {
    error: 'a path leads from the root of the repository to a file, without . and ..',
  });
const Key = z.string().regex(/^[^.[\]]+(\[\d+\])*(\.[^.[\]]+(\[\d+\])*)*$/, {
  error: 'a key is a dotted path: image.tag, services[0].tag',
});

export const Origin = z.enum(['publisher', 'oidc', 'image-updater', 'package', 'release']);

const Target = z
  .strictObject({
    environment: Environment,
    path: FilePath,
    format: z.enum(['kustomize', 'helm', 'manifest', 'argocd-source']),
    image: ImageName,
    keys: z.strictObject({ image: Key.optional(), tag: Key.optional(), digest: Key.optional() }).optional(),
  })
  .refine(({ format, keys }) => keys === undefined || format === 'helm' || format === 'argocd-source', {
    path: ['keys'],
    error: 'only helm and argocd-source have keys',
  });

const Scope = { environments: Patterns.optional(), images: Patterns.optional() };
const Conditions = {
  tags: TagPattern.optional(),
  /** At most. `any` also takes what has no semantic version. */
  increment: z.enum(['patch', 'minor', 'major', 'any']).default('any'),
  origins: z.array(Origin).min(1).optional(),
  /** What GitHub Actions says of the run that published: its `ref`, `event_name` and `job_workflow_ref`. */
  refs: Patterns.optional(),
  events: Patterns.optional(),
  workflows: Patterns.optional(),
};
const Action = z.enum(['auto', 'manual', 'ignore']);

const Require = z.strictObject({
  onDefaultBranch: z.boolean().optional(),
  checks: z.array(z.string().min(1).max(200)).default([]),
  approvals: z.int().min(0).max(20).default(0),
  teams: z.array(Team).default([]),
  minAge: Duration.optional(),
  after: z
    .strictObject({
      environment: Environment,
      state: z.enum(['success']).default('success'),
      soak: Duration.prefault('0s'),
    })
    .optional(),
});
const Limits = z.strictObject({ perDay: z.int().min(1).optional(), minInterval: Duration.optional() });
const Gates = { require: Require.prefault({}), window: Window.optional(), limits: Limits.prefault({}) };

export const Rule = z.strictObject({
  match: z.strictObject({ ...Scope, ...Conditions }).prefault({}),
  action: Action.default('manual'),
  ...Gates,
  onFailure: z.enum(['none', 'revert']).default('none'),
});

/** All that match hold, on top of the repository's own rule: so a repository can be stricter, and never laxer. */
const Enforced = z.strictObject({
  match: z.strictObject(Scope).prefault({}),
  /** The most that may happen by itself. */
  action: Action.default('auto'),
  /** Nothing else is merged by itself. */
  only: z.strictObject(Conditions).prefault({}),
  ...Gates,
});

export const Merge = z.strictObject({
  method: z.enum(['squash', 'merge', 'rebase']).default('squash'),
  via: z.enum(['direct', 'auto', 'queue']).default('direct'),
  deleteBranch: z.boolean().default(true),
});
const Pull = z.strictObject({
  labels: z.array(z.string().min(1).max(50)).default([]),
  reviewers: z.array(z.string().min(1).max(200)).default([]),
  /** The label that stops a merge. */
  hold: z.string().min(1).max(50).default('hold'),
});

/** What is not said is taken from the organisation's file, and then from the defaults: so these stay undefined here. */
const Common = {
  version: z.literal(1),
  enabled: z.boolean().default(true),
  rules: z.array(Rule).optional(),
  merge: Merge.optional(),
  pr: Pull.optional(),
};
export const PromotionRules = z.strictObject({ ...Common, targets: z.array(Target).optional() });
export type PromotionRules = z.infer<typeof PromotionRules>;

/** The same file in the organisation's repository `.github`. */
export const OrganisationRules = z.strictObject({ ...Common, enforced: z.array(Enforced).default([]) });
export type OrganisationRules = z.infer<typeof OrganisationRules>;

export type Rule = z.infer<typeof Rule>;
export type Enforced = z.infer<typeof Enforced>;
export type Scope = Enforced['match'];
export type Conditions = Enforced['only'];
export type Gates = Pick<Rule, keyof typeof Gates>;

/** What both files say together. */
export type InForce = {
  readonly enabled: boolean;
  readonly rules: readonly Rule[];
  readonly enforced: readonly Enforced[];
  readonly targets: PromotionRules['targets'];
  readonly merge: z.infer<typeof Merge>;
  readonly pr: z.infer<typeof Pull>;
};

export function inForce(own: PromotionRules | undefined, organisation: OrganisationRules | undefined): InForce {
  return {
    enabled: (own?.enabled ?? true) && (organisation?.enabled ?? true),
    rules: own?.rules ?? organisation?.rules ?? [],
    enforced: organisation?.enforced ?? [],
    targets: own?.targets,
    merge: own?.merge ?? organisation?.merge ?? Merge.parse({}),
    pr: own?.pr ?? organisation?.pr ?? Pull.parse({}),
  };
}
