/** What a ledger remembers of one repository. Rows are parsed with these when they leave SQLite. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import type { Config } from './config.ts';
import { NotificationEvent } from './event.ts';
import type { Preview } from './preview.ts';
import { type Desk, EMPTY_DESK, type Promotion } from './promotion.ts';
import { Status } from './status.ts';

/** Where an application stands in its rollout, and since when: what time alone will change is written down here. */
export const Standing = z.discriminatedUnion('kind', [
  /** Blocked by a sync window: the deadline stands still. */
  z.object({ kind: z.literal('queued') }),
  z.object({ kind: z.literal('in-progress'), note: z.string(), seenAt: Instant }),
  /** A paused canary: the deadline stands still. */
  z.object({ kind: z.literal('suspended') }),
  /** Succeeded and Healthy, but health may be older than the operation: success once it held. */
  z.object({ kind: z.literal('settling'), since: Instant }),
  /** Degraded: failure once it held. */
  z.object({ kind: z.literal('degraded'), since: Instant, message: z.string() }),
  z.object({ kind: z.literal('success') }),
  z.object({
    kind: z.literal('failed'),
    state: z.enum(['failure', 'error']),
    cause: z.enum(['operation', 'health', 'deadline']),
    message: z.string(),
  }),
]);
export type Standing = z.infer<typeof Standing>;

/** What an application runs: its app SHA and its own manifest revisions, source by source (null: not told yet). */
const Content = z.object({ sha: Sha, revisions: z.array(z.string()).nullable() });

export const KnownApplication = z.object({
  /** (instance, namespace, name) in one text. */
  key: z.string(),
  instance: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  createdAt: z.string(),
  /** The newest generation that has been applied; what is older can cause nothing any more. */
  generation: z.number(),
  /** A tombstone: nothing more is learned of this uid. */
  deleted: z.boolean(),
  slot: z.string(),
  page: z.string().optional(),
  environmentUrl: z.string().optional(),
  /** Its present rollout, and everything that it stands for there. */
  rollout: z.string().nullable(),
  content: Content.nullable(),
  operation: z
    .object({
      startedAt: z.string(),
      finishedAt: z.string().nullable(),
      succeeded: z.boolean(),
    })
    .nullable(),
  standing: Standing.nullable(),
  /** Rollouts it took part in, newest last, and with which manifest revisions. */
  visits: z.array(z.object({ rollout: z.string(), revisions: z.array(z.string()).nullable() })),
  /** The newest word whose app SHA is not known: looked at again when more is. */
  unplaced: NotificationEvent.nullable(),
  /** Why nothing is written for it, for a person. */
  unresolved: z.object({ seen: z.array(z.string()), mend: z.string() }).nullable(),
  /** An operation that failed before it had a commit or a rollout to show it on. */
  failure: z
    .object({
      state: z.enum(['failure', 'error']),
      message: z.string(),
      at: Instant,
      startedAt: z.string(),
      /** The rollout of others that shows it; null: none does, and it stands in `/api` alone. */
      rollout: z.string().nullable(),
    })
    .nullable(),
  /** Since when Argo CD's answer is waited for, before silence counts as an error. */
  askedAt: Instant.nullable().default(null),
  /** When time alone will change its standing, or Argo CD is asked about it. */
  dueAt: Instant.nullable(),
});
export type KnownApplication = z.infer<typeof KnownApplication>;

export const Rollout = z.object({
  /** (slot, SHA, start) in one text. */
  key: z.string(),
  slot: z.string(),
  environment: z.string(),
  pr: z.number().optional(),
  sha: Sha,
  /** The `startedAt` of the operation that opened it, and its place among those of the same second. */
  start: Instant,
  arrival: z.number(),
  /** Since when it waits for its first application: a pull request's head has opened it. */
  awaitedSince: Instant.nullable().default(null),
  /** Whether one of its applications has begun: from then on it is never `queued` again. */
  begun: z.boolean(),
  /** Its state where one of its applications, or the lack of any, decides; null before the first. */
  state: Status.shape.state.nullable(),
  /** Since when it is in this state, and since when it has succeeded without failing after that; null: it has not. */
  since: Instant.nullable().default(null),
  succeededAt: Instant.nullable().default(null),
  /** Open rollouts can still change; `left` ones keep their state; `inactive` is never revived. */
  end: z.enum(['left', 'inactive']).nullable(),
  /** The failure of an application that is not in it, until one that is speaks. */
  outsider: z
    .object({ state: z.enum(['failure', 'error']), description: z.string(), logUrl: z.string().optional() })
    .nullable(),
  /** What its deployment on GitHub says of itself; null: it gets none. */
  deployment: z
    .object({
      id: z.number().nullable(),
      production: z.boolean(),
      transient: z.boolean(),
      app: z.string().optional(),
      instance: z.string().optional(),
    })
    .nullable(),
  /** What GitHub ought to show, and what it was last told. */
  wanted: Status.nullable(),
  written: Status.nullable(),
});
export type Rollout = z.infer<typeof Rollout>;

export const Slot = z.object({
  key: z.string(),
  /** The pull request whose preview it is; null: an environment that stays. */
  pr: z.number().nullable(),
  /** How many rollouts were opened here: the next one's `arrival`. */
  arrivals: z.number(),
  /** The newest rollout that has ever succeeded, and the newest opened. */
  succeeded: z.object({ start: Instant, arrival: z.number() }).nullable(),
  opened: z.object({ start: Instant, arrival: z.number() }).nullable(),
  /** Deployments that workflows made and asked to be adopted, for commits that have no rollout yet, the newest last. */
  adoptable: z.array(z.object({ id: z.number(), sha: Sha })).default([]),
  /** Whose promotions wait for a commit here, or are to be told what became of it; the newest last. */
  subscribers: z.array(z.object({ by: Repository, environment: z.string(), sha: Sha })).default([]),
});
export type Slot = z.infer<typeof Slot>;

/** The commit of a Git tag, read once. `sha` null: Git had no such tag when the operation that started then asked. */
export const KnownTag = z.object({
  image: z.string(),
  /** `:v1.2.3` or `@sha256:…` */
  reference: z.string(),
  sha: Sha.nullable(),
  askedAt: z.string(),
});
export type KnownTag = z.infer<typeof KnownTag>;

/** What a plan is given of a ledger, and gives back: what the event touches, never the whole. Values are replaced, not changed. */
export type Known = {
  readonly config: Config;
  /** The name by which it was first heard of. */
  readonly repository: Repository;
  /** What GitHub calls it now, and so Argo CD. */
  readonly present: Repository;
  readonly applications: ReadonlyMap<string, KnownApplication>;
  readonly rollouts: ReadonlyMap<string, Rollout>;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly tags: readonly KnownTag[];
  /** By number: the pull request that the event concerns, and those that stand in its way. */
  readonly previews: ReadonlyMap<number, Preview>;
  /** By key: the targets that the event concerns, and what they have in common. */
  readonly promotions: ReadonlyMap<string, Promotion>;
  readonly desk: Desk;
};

/** What is known of a repository that nobody has spoken of, or by an event that touches nothing. */
export function nothingKnown(config: Config, repository: Repository, present: Repository = repository): Known {
  return {
    config,
    repository,
    present,
    applications: new Map(),
    rollouts: new Map(),
    slots: new Map(),
    tags: [],
    previews: new Map(),
    promotions: new Map(),
    desk: EMPTY_DESK,
  };
}
