/** What a ledger remembers of a pull request that has, had or asked for a preview. Rows are parsed with it when they leave SQLite. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';
import { Sha } from '../src/words/sha.ts';
import { PreviewEntry } from './preview-entry.ts';
import { PullRequest } from './pull-request.ts';

/** Why a preview that was there, or was asked for, is not. */
const Closing = z.enum(['merged', 'closed', 'unlabelled', 'stale']);

export const Stage = z.discriminatedUnion('kind', [
  /** It follows the head. `since` is when it came to life: of two with one slug, the younger gives way. */
  z.object({ kind: z.literal('live'), since: Instant }),
  /**
   * The label is on, from a fork: GitHub is asked whether the one who put it there may write. Nobody is named while the
   * delivery that says who it was has not come.
   */
  z.object({ kind: z.literal('asking'), login: z.string().nullable(), sha: Sha, since: Instant }),
  /** Not trusted, and the label has to come off before Argo CD looks again. */
  z.object({ kind: z.literal('refusing'), why: z.string() }),
  /** The label is off, or could not be taken off for the reason in `stuck`. */
  z.object({ kind: z.literal('refused'), why: z.string(), stuck: z.string().nullable() }),
  z.object({ kind: z.literal('closed'), why: Closing }),
]);
export type Stage = z.infer<typeof Stage>;

export const Preview = z.object({
  number: z.int().positive(),
  pull: PullRequest,
  stage: Stage,
  /** What its slots follow. Closed: only deletions are learned there. Null: a pull request that Hawser's label never concerned. */
  head: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('open'), sha: Sha, start: Instant }),
      z.object({ kind: z.literal('closed'), why: z.string() }),
    ])
    .nullable(),
  /** For which head a person with write access has put the label on a fork's pull request. */
  approval: z.object({ sha: Sha, login: z.string() }).nullable(),
  /** As Argo CD makes it of the branch, or says it in `github.com/branch-slug`; empty where no sign of the branch survives. */
  slug: z.string(),
  /** Whether Argo CD has said the slug: its word counts more than ours. */
  told: z.boolean(),
  /** What stands for `{slug}`: the slug, or `pr-<number>-<repository>` where an elder preview has it. */
  name: z.string(),
  url: z.string().nullable(),
  /** What the index was last owed to be told of it; null: nothing yet. */
  entry: PreviewEntry.nullable().default(null),
  /** The last push, comment or change of labels. */
  touchedAt: Instant,
  /** It asks for a refresh, which may not start while a label has to come off. */
  refresh: z.boolean(),
  /** What a sweep has found, and waits for the installation's leave to be done. */
  doomed: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('stale') }),
      /** The pull request as GitHub has it; null: there is none any more. */
      z.object({ kind: z.literal('gone'), pull: PullRequest.nullable() }),
    ])
    .nullable(),
  comment: z.object({
    id: z.number().nullable(),
    /** One of ours may be there already: it is looked for before the first is written. */
    look: z.boolean(),
    wanted: z.string().nullable(),
    written: z.string().nullable(),
    /** When it expires, as the comment says it: a date that is off by a day at most is no reason to edit it. */
    expiresAt: Instant.nullable(),
  }),
  /** When time alone will change something: nobody says who put the label on, the warning, the end. */
  dueAt: Instant.nullable(),
});
export type Preview = z.infer<typeof Preview>;
