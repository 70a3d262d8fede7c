/** What a ledger owes the outside, as data. Rows of the outbox are parsed with these when they leave SQLite. */
import * as z from 'zod';
import type { Instant } from '../src/words/instant.ts';
import { Sha } from '../src/words/sha.ts';
import type { Known } from './known.ts';
import { Status } from './status.ts';

export const CreateDeployment = z.object({
  kind: z.literal('create-deployment'),
  rollout: z.string(),
  sha: Sha,
  environment: z.string(),
  production: z.boolean(),
  transient: z.boolean(),
  description: z.string(),
  app: z.string(),
  instance: z.string(),
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

export const Effect = z.discriminatedUnion('kind', [CreateDeployment, WriteStatus, ResolveTag]);
export type Effect = z.infer<typeof Effect>;
export type CreateDeployment = z.infer<typeof CreateDeployment>;
export type WriteStatus = z.infer<typeof WriteStatus>;
export type ResolveTag = z.infer<typeof ResolveTag>;

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
};

export type Why = 'not annotated' | 'stale' | 'partial' | 'dry-run' | 'deleted' | 'closed';

/** What a plan decides: new knowledge, what is owed for it, and when to look again; or why there is nothing to learn. */
export type Plan =
  | { readonly known: Known; readonly effects: readonly Owed[]; readonly wakeAt: Instant | undefined }
  | { readonly ignored: Why };

/** Why an effect waits or was given up, for a person: what GitHub said, and what to do. */
export const Reason = z.object({ code: z.string(), message: z.string() });
export type Reason = z.infer<typeof Reason>;
