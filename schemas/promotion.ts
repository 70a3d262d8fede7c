/** What a deployment repository's ledger remembers of its promotions. Rows are parsed with these when they leave SQLite. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import { Candidate, Pin } from './candidate.ts';
import { Rule } from './promotion-rules.ts';
import { Approvals, Checks, Order } from './proposal.ts';
import { EnvironmentEvent } from './told.ts';

const Person = z.object({ login: z.string(), isBot: z.boolean() });
const File = z.object({ path: z.string(), text: z.string() });

/** A file that pins the image on the base, and how it is to be read. */
export const PinnedFile = File.extend({
  format: z.enum(['kustomize', 'helm', 'manifest', 'argocd-source']),
  keys: z
    .object({ image: z.string().optional(), tag: z.string().optional(), digest: z.string().optional() })
    .optional(),
});
export type PinnedFile = z.infer<typeof PinnedFile>;

/** Why a file can't be edited. */
const Refused = z.object({ path: z.string(), line: z.number(), words: z.string() });

/** What GitHub has said of one commit beside another. */
const Compared = z.object({
  /** Whose commits: another repository may have one of the same SHA, and another default branch. */
  repository: Repository,
  sha: Sha,
  present: Sha.nullable(),
  order: Order,
  onDefaultBranch: z.boolean().nullable(),
  /** When that was heard: a branch moves. */
  at: Instant,
});
export type Compared = z.infer<typeof Compared>;

/** What is to be proposed: the newest candidate, or what was there before one that has failed. */
const Draft = z.object({
  pin: Pin,
  /** The candidate; null: it takes the promotion back that was merged as this pull request. */
  candidate: Candidate.nullable(),
  reverts: z.number().nullable(),
  from: Pin,
  fromSha: Sha.nullable(),
  /** What the files will pin: their own way of pinning decides whether by tag, by digest or by both. */
  to: Pin,
  base: Sha,
  files: z.array(File),
  refused: Refused.nullable(),
});
export type Draft = z.infer<typeof Draft>;

const Pull = z.object({
  number: z.number(),
  head: Sha,
  /** The body that was written with this head: it tells one draft from the next. */
  body: z.string(),
  labels: z.array(z.string()),
  updatedAt: Instant.nullable(),
  writtenAt: Instant,
  /** Hawser has told GitHub to merge it when its own rules are met. */
  armed: z.boolean(),
  /** The person who has taken that back: for this head it is left to people. */
  stoppedBy: z.string().nullable().default(null),
  /** Its head, or the branch that it goes into, is not what was written: it is written anew. */
  moved: z.boolean(),
  /** How often that was so with the present image. */
  rewrites: z.number().default(0),
});

const Gated = z.object({
  /** When they were wanted, and when the answer came. */
  at: Instant,
  heardAt: Instant,
  head: Sha,
  checks: Checks,
  approvals: Approvals,
});

/** A target: all that pins one image in one environment. */
export const Promotion = z.object({
  /** `["environment","image"]` */
  key: z.string(),
  environment: z.string(),
  image: z.string(),
  branch: z.string(),
  files: z.array(PinnedFile),
  /** Why what it pins can't be told. */
  unreadable: Refused.nullable(),
  present: Pin,
  /** The source commit of what is pinned, where it is known. */
  source: Sha.nullable(),
  candidates: z.array(Candidate),
  compared: z.array(Compared),
  /** What GitHub was asked to compare last, and when: an answer that never comes is not waited for. */
  asked: z.object({ repository: Repository, sha: Sha, present: Sha.nullable(), at: Instant }).nullable(),
  /** When a candidate was last acted on: what comes soon after is gathered. */
  actedAt: Instant,
  draft: Draft.nullable(),
  /** What was owed to GitHub, newest last: by its body, what a head of the branch pins. */
  writes: z.array(
    z.object({
      body: z.string(),
      draft: Draft.omit({ files: true }),
      number: z.number().nullable(),
      head: Sha.nullable(),
    }),
  ),
  pull: Pull.nullable(),
  /** Those of the present image that robots have closed. */
  swept: z.array(z.object({ number: z.number(), pin: Pin })).default([]),
  /** Pull requests that were closed by Hawser: that is no person's rejection. */
  closed: z.array(z.number()),
  check: z.object({ id: z.number(), head: Sha, summary: z.string() }).nullable(),
  /** What the check ought to show; `mark` is what of it matters: a clock in its words alone is no reason to edit it. */
  shown: z
    .object({
      mark: z.string(),
      conclusion: z.enum(['success', 'neutral', 'failure', 'action_required']).nullable(),
      title: z.string(),
      summary: z.string(),
    })
    .nullable(),
  gates: Gated.nullable(),
  /** Since when gates are wanted, and not before when; null: they are not. `must`: whatever the rules could make of them. */
  gating: z.object({ at: Instant, notBefore: Instant, must: z.boolean() }).nullable(),
  refused: z.object({ words: z.string(), at: Instant, count: z.number() }).nullable(),
  /** How often GitHub has refused this head in a row, so that it is tried ever more rarely. */
  refusals: z.number(),
  merged: z.array(
    z.object({
      number: z.number(),
      at: Instant,
      draft: Draft.omit({ files: true }),
      onFailure: Rule.shape.onFailure,
      /** Its pull request has been told of the deployment that it became. */
      linked: z.boolean().default(false),
    }),
  ),
  rejected: z.array(z.object({ number: z.number(), at: Instant, pin: Pin, candidate: Candidate.nullable() })),
  /** The pin on the base changed between these commits, and not by a merge of ours. `by` null: nobody knows who. */
  hold: z
    .object({
      by: z.string().nullable(),
      from: Sha,
      to: Sha,
      /** To a higher version; or to what Hawser has proposed. */
      kind: z.enum(['back', 'forward', 'chosen']).default('back'),
      /** Who has held it before. */
      earlier: z.string().nullable().default(null),
    })
    .nullable(),
  /** What the rule that decides says of a failure: noted with the merge. */
  onFailure: Rule.shape.onFailure,
  /** The merged pull request whose image has failed in its environment. */
  failed: z.object({ number: z.number(), at: Instant }).nullable(),
  /** What the application's ledger was asked to tell. */
  subscribed: z.array(z.string()),
  decision: z.object({ action: z.enum(['auto', 'manual', 'ignore']), words: z.string() }).nullable(),
  /** When it is looked at next whether anything happens or not: webhooks get lost. */
  lookAt: Instant.nullable(),
  dueAt: Instant.nullable(),
});
export type Promotion = z.infer<typeof Promotion>;

/** What all promotions of a deployment repository have in common. */
export const Desk = z.object({
  base: z
    .object({
      branch: z.string(),
      sha: Sha,
      tree: Sha,
      at: Instant,
      rules: z.string().nullable(),
      organisation: z.string().nullable(),
    })
    .nullable(),
  /** Since when the base is to be read anew; null: it isn't. */
  reading: z
    .object({
      at: Instant,
      notBefore: Instant,
      /** It was heard that the base has moved: nothing is merged by what was read before. */
      stale: z.boolean().default(false),
    })
    .nullable(),
  /** What was asked for before then does not count any more. */
  since: Instant,
  /** Candidates that no look at the base has found targets for yet, and when they are acted on. */
  waiting: z.array(z.object({ candidate: Candidate, notBefore: Instant })),
  /** Who has moved the base, newest last. */
  pushes: z.array(z.object({ before: Sha, after: Sha, by: Person })),
  /** What the application's ledgers have told. */
  environments: z.array(EnvironmentEvent.omit({ kind: true, id: true })),
  /** Image Updater's own pull requests. `targets`: null while its branch is not read. */
  updaters: z.array(
    z.object({
      branch: z.string(),
      number: z.number().nullable(),
      sha: Sha,
      candidates: z.array(Candidate).nullable(),
    }),
  ),
  /** One merge of the base branch at a time. */
  merging: z.object({ target: z.string(), number: z.number(), head: Sha, at: Instant }).nullable(),
});
export type Desk = z.infer<typeof Desk>;

export const EMPTY_DESK: Desk = {
  base: null,
  reading: null,
  since: Instant.parse(0),
  waiting: [],
  pushes: [],
  environments: [],
  updaters: [],
  merging: null,
};
