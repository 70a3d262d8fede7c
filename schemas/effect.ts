/** What a ledger owes the outside, as data. Rows of the outbox are parsed with these when they leave SQLite. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import type { Known } from './known.ts';
import { PreviewEntry } from './preview-entry.ts';
import { Merge } from './promotion-rules.ts';
import { Status } from './status.ts';
import { Told } from './told.ts';

export const CreateDeployment = z.object({
  kind: z.literal('create-deployment'),
  rollout: z.string(),
  sha: Sha,
  environment: z.string(),
  production: z.boolean(),
  transient: z.boolean(),
  description: z.string(),
  /** Which application it is for; a preview that waits for its applications can't tell yet. */
  app: z.string().optional(),
  instance: z.string().optional(),
  pr: z.number().optional(),
});

export const WriteStatus = z.object({
  kind: z.literal('write-status'),
  rollout: z.string(),
  deployment: z.number(),
  status: Status,
});

/** Reads the commit of a Git tag; the answer is remembered by image and reference. */
export const ResolveTag = z.object({
  kind: z.literal('resolve-tag'),
  image: z.string(),
  tag: z.string(),
  references: z.array(z.string()),
  askedAt: z.string(),
});

/** Asks whether a person may write to the repository. `at` tells one question from the next. */
export const ReadPermission = z.object({
  kind: z.literal('read-permission'),
  number: z.number(),
  login: z.string(),
  at: Instant.nullable().default(null),
});

/**
 * `seen`: when GitHub says that the pull request was last changed before its label had to come off; null: not told. `at` tells
 * one try from the next: a sweep has it tried again though the last one was given up.
 */
export const RemoveLabel = z.object({
  kind: z.literal('remove-label'),
  number: z.number(),
  label: z.string(),
  seen: Instant.nullable().default(null),
  at: Instant.nullable().default(null),
});

/** Writes the one comment of a pull request: edits it where its id is known, else looks for it where it may be there. */
export const WriteComment = z.object({
  kind: z.literal('write-comment'),
  number: z.number(),
  id: z.number().nullable(),
  look: z.boolean(),
  body: z.string(),
});

/** `sweep`: what it finds gone is only noted, until the installation allows it to be removed. */
export const ReadPull = z.object({
  kind: z.literal('read-pull'),
  number: z.number(),
  sweep: z.boolean(),
  /** One that is under way may have been answered before what is asked about now. */
  at: Instant,
});

/** Lists the open pull requests that carry the label. `at` tells one look from the next. */
export const ListPulls = z.object({ kind: z.literal('list-pulls'), label: z.string(), at: Instant });

/** Hands a change over to the refresher of an Argo CD instance. `at` tells one wish from the next. */
export const Refresh = z.object({ kind: z.literal('refresh'), instance: z.string(), at: Instant });

/** Tells the refresher of an instance that a fork's label has to come off before Argo CD may look, or that none is left. */
export const HoldRefresh = z.object({
  kind: z.literal('hold-refresh'),
  instance: z.string(),
  held: z.boolean(),
  at: Instant,
});

/** Tells the index of previews what stands behind a preview's names. */
const IndexPreview = z.object({
  kind: z.literal('index-preview'),
  entry: PreviewEntry,
  /** A sweep tells it again: another call than the one that may have been given up. */
  again: Instant.optional(),
});

/** Asks Argo CD itself how an application stands. After `until`, which tells one look from the next, nobody waits for it. */
export const ReadApplication = z.object({
  kind: z.literal('read-application'),
  application: z.string(),
  instance: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** As the ledger is called: GitHub may have given it another name since. */
  repository: Repository,
  until: Instant,
});

/** Removes an environment that only one preview had. */
export const DeleteEnvironment = z.object({ kind: z.literal('delete-environment'), environment: z.string() });

/** Marks somebody else's deployment inactive, which asked to be adopted and isn't needed. */
export const RetireDeployment = z.object({
  kind: z.literal('retire-deployment'),
  deployment: z.number(),
  description: z.string(),
});

/** Reads the target branch: its rules, and the files that may pin an image. `at` tells one look from the next. */
export const ReadBase = z.object({ kind: z.literal('read-base'), at: Instant });

/** Asks GitHub how a candidate's source commit stands to what is pinned, and to the default branch of its repository. */
export const ReadSource = z.object({
  kind: z.literal('read-source'),
  target: z.string(),
  /** The application's repository: of the ledger's own account, or nothing is learned. */
  repository: Repository,
  sha: Sha,
  present: Sha.nullable(),
});

/** Reads what a branch of Image Updater's pins otherwise than its base. */
export const ReadBranch = z.object({ kind: z.literal('read-branch'), branch: z.string(), sha: Sha });

/**
 * Makes the one branch and pull request of a target stand as it says: one commit on `base`, one forced step of the branch.
 * `number` and `head` are what was written last; null: nothing yet, as far as is known.
 */
export const WritePromotion = z.object({
  kind: z.literal('write-promotion'),
  target: z.string(),
  branch: z.string(),
  base: z.object({ branch: z.string(), sha: Sha, tree: Sha }),
  /** Whole new texts. */
  files: z.array(z.object({ path: z.string(), text: z.string() })),
  message: z.string(),
  title: z.string(),
  /** Carries the marker by which it is found again. */
  body: z.string(),
  labels: z.array(z.string()),
  /** Logins, and teams as `owner/team`. */
  reviewers: z.array(z.string()),
  number: z.number().nullable(),
  head: Sha.nullable(),
});

/** Shows what the rules say of a promotion: the check run `hawser/promotion` on its head. `conclusion` null: it waits. */
export const WriteCheck = z.object({
  kind: z.literal('write-check'),
  target: z.string(),
  id: z.number().nullable(),
  head: Sha,
  conclusion: z.enum(['success', 'neutral', 'failure', 'action_required']).nullable(),
  title: z.string(),
  summary: z.string(),
});

/** Reads all that the rules ask about a pull request, right before it may be merged, and the rules themselves. */
export const ReadGates = z.object({
  kind: z.literal('read-gates'),
  target: z.string(),
  number: z.number(),
  checks: z.boolean(),
  approvals: z.boolean(),
  /** Asked about each who has approved. */
  teams: z.array(z.string()),
  /** Whether it stands in the merge queue is asked as well, which only GraphQL tells. */
  queue: z.boolean().default(false),
  at: Instant,
});

/** Merges a pull request at this very head, and removes its branch. Never past what protects the target branch. */
export const MergePromotion = z.object({
  kind: z.literal('merge-promotion'),
  target: z.string(),
  number: z.number(),
  head: Sha,
  method: Merge.shape.method,
  via: Merge.shape.via,
  /** The branch that goes with it; null: it stays. */
  deleteBranch: z.string().nullable(),
});

/** Takes back that GitHub was to merge a pull request by itself: its auto-merge is switched off, and the queue lets it go. */
export const DisarmPromotion = z.object({
  kind: z.literal('disarm-promotion'),
  target: z.string(),
  number: z.number(),
});

/** Closes a pull request, says why in a comment, and removes its branch where one is named. */
export const ClosePull = z.object({
  kind: z.literal('close-pull'),
  number: z.number(),
  comment: z.string(),
  deleteBranch: z.string().nullable(),
});

/** Tells another repository's ledger something. */
const Tell = z.object({ kind: z.literal('tell'), to: Repository, event: Told });

/** Tells an Image Updater of a new image, as a CloudEvent, so that it looks at once. */
export const TellUpdater = z.object({
  kind: z.literal('tell-updater'),
  updater: z.string(),
  /** Makes the CloudEvent's `id`. */
  id: z.string(),
  image: z.string(),
  tag: z.string(),
});

export const Effect = z.discriminatedUnion('kind', [
  CreateDeployment,
  WriteStatus,
  ResolveTag,
  ReadPermission,
  RemoveLabel,
  WriteComment,
  ReadPull,
  ListPulls,
  Refresh,
  HoldRefresh,
  IndexPreview,
  ReadApplication,
  DeleteEnvironment,
  RetireDeployment,
  ReadBase,
  ReadSource,
  ReadBranch,
  WritePromotion,
  WriteCheck,
  ReadGates,
  MergePromotion,
  DisarmPromotion,
  ClosePull,
  Tell,
  TellUpdater,
]);
export type Effect = z.infer<typeof Effect>;
export type ReadBase = z.infer<typeof ReadBase>;
export type ReadSource = z.infer<typeof ReadSource>;
export type ReadBranch = z.infer<typeof ReadBranch>;
export type WritePromotion = z.infer<typeof WritePromotion>;
export type WriteCheck = z.infer<typeof WriteCheck>;
export type ReadGates = z.infer<typeof ReadGates>;
export type MergePromotion = z.infer<typeof MergePromotion>;
export type DisarmPromotion = z.infer<typeof DisarmPromotion>;
export type ClosePull = z.infer<typeof ClosePull>;
export type TellUpdater = z.infer<typeof TellUpdater>;
export type ReadPermission = z.infer<typeof ReadPermission>;
export type RemoveLabel = z.infer<typeof RemoveLabel>;
export type WriteComment = z.infer<typeof WriteComment>;
export type ReadPull = z.infer<typeof ReadPull>;
export type ListPulls = z.infer<typeof ListPulls>;
export type Refresh = z.infer<typeof Refresh>;
export type HoldRefresh = z.infer<typeof HoldRefresh>;
export type ReadApplication = z.infer<typeof ReadApplication>;
export type DeleteEnvironment = z.infer<typeof DeleteEnvironment>;
export type RetireDeployment = z.infer<typeof RetireDeployment>;
export type CreateDeployment = z.infer<typeof CreateDeployment>;
export type WriteStatus = z.infer<typeof WriteStatus>;
export type ResolveTag = z.infer<typeof ResolveTag>;

/**
 * GitHub counts what makes content for people apart from other writes; `look`: a read that nobody waits for, so where the
 * App is not let in that is no trouble; `none`: GitHub isn't called.
 */
export type Cost = 'none' | 'look' | 'read' | 'write' | 'content';

export const COSTS: Readonly<Record<Effect['kind'], Cost>> = {
  'create-deployment': 'write',
  'write-status': 'write',
  'resolve-tag': 'read',
  'read-permission': 'read',
  'remove-label': 'write',
  'write-comment': 'content',
  'read-pull': 'read',
  'list-pulls': 'look',
  refresh: 'none',
  'hold-refresh': 'none',
  'index-preview': 'none',
  'read-application': 'none',
  'delete-environment': 'write',
  'retire-deployment': 'write',
  'read-base': 'read',
  'read-source': 'look',
  'read-branch': 'read',
  'write-promotion': 'content',
  'write-check': 'write',
  'read-gates': 'read',
  'merge-promotion': 'write',
  'disarm-promotion': 'write',
  'close-pull': 'content',
  tell: 'none',
  'tell-updater': 'none',
};

/**
 * Which token an effect is carried out with: one can do no more than what stands there for it. `application`: deployments,
 * and what previews need; `reader`: reads a deployment repository and its owner's rules; `promoter`: writes there; `administrator`: removes
 * environments, which no other permission lets an App do, and which nobody has to grant.
 */
export type Role = 'application' | 'administrator' | 'reader' | 'promoter';

export function roleOf(kind: Effect['kind']): Role {
  switch (kind) {
    case 'read-base':
    case 'read-branch':
    case 'read-gates':
      return 'reader';
    case 'write-promotion':
    case 'write-check':
    case 'merge-promotion':
    case 'disarm-promotion':
    case 'close-pull':
      return 'promoter';
    case 'delete-environment':
      return 'administrator';
    default:
      return 'application';
  }
}

/** Who goes first when the write budget is short: 0 a production's final state, 1 a final state, 2 production, 3 the rest. */
export const WriteClass = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
export type WriteClass = z.infer<typeof WriteClass>;

/** What a lane owes from now on. Effects of one lane go in order, and an unbegun one is replaced: only the newest matters. */
export type Owed = {
  readonly lane: string;
  readonly class: WriteClass;
  /** Undefined: nothing is owed any more. */
  readonly effect: Effect | undefined;
  /** It was done before: it is only owed where something else of its lane may have been done since. */
  readonly done?: true;
  /** It is not begun before: what comes meanwhile takes its place. */
  readonly notBefore?: Instant;
};

export type Why =
  | 'not annotated'
  | 'stale'
  | 'partial'
  | 'dry-run'
  | 'deleted'
  | 'closed'
  /** Its repository was renamed, and another one has the name now. */
  | 'another repository'
  /** Of a pull request: it has no preview, and never asked for one. */
  | 'no preview'
  /** It concerns no promotion here. */
  | 'no promotion';

/** What a plan decides: new knowledge, what is owed for it, and when to look again; or why there is nothing to learn. */
export type Planned = {
  readonly known: Known;
  readonly effects: readonly Owed[];
  readonly wakeAt: Instant | undefined;
};

export type Plan =
  | Planned
  /** `known`: nothing shows, but it is remembered in case the slot is opened again. */
  | { readonly ignored: Why; readonly known?: Known };

/** Why an effect waits or was given up, for a person: what GitHub said, and what to do. */
export const Reason = z.object({ code: z.string(), message: z.string() });
export type Reason = z.infer<typeof Reason>;
