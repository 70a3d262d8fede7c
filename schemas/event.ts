/** Everything that can enter a ledger: what came in at a door, and what time, effects and people add. */
import * as z from 'zod';
import type { Instant } from '../src/words/instant.ts';
import type { Sha } from '../src/words/sha.ts';
import { Application } from './notification.ts';
import type { PullRequest } from './pull-request.ts';
import type { Status } from './status.ts';

export const NotificationEvent = z.object({
  kind: z.literal('notification'),
  /** SHA-256 of the instance and the parsed application: the same words are the same event. */
  id: z.string(),
  /** The Argo CD instance that the credential belongs to. */
  instance: z.string(),
  /** The application's page in Argo CD, where a URL is known. */
  page: z.string().optional(),
  app: Application,
});
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/** Time has come for an application's standing. */
export type DueEvent = { readonly kind: 'due'; readonly application: string };

/** GitHub tells of a pull request. `id` is the delivery's; what it says of the pull request is a whole look at it. */
export type PullRequestEvent = {
  readonly kind: 'pull-request';
  readonly id: string;
  readonly pull: PullRequest;
  /** Who put which label on, or opened it with its labels: asked about where a fork's preview needs approval. */
  readonly labelled: { readonly login: string; readonly labels: readonly string[] } | undefined;
};

/** Somebody has commented on a pull request, or reviewed it: it is not stale. */
export type CommentEvent = {
  readonly kind: 'comment';
  readonly id: string;
  readonly number: number;
  readonly at: Instant;
};

/** A workflow has made a deployment of its own and asks Hawser to go on with it. */
export type AdoptionEvent = {
  readonly kind: 'adoption';
  readonly id: string;
  readonly deployment: number;
  readonly sha: Sha;
  readonly environment: string;
  readonly pr: number | undefined;
};

/** The cron asks for the truth: what a ledger believes is compared with what GitHub lists. */
type SweepEvent = { readonly kind: 'sweep' };

/** The installation allows what a sweep has found to be removed. */
type RemovalEvent = { readonly kind: 'removal'; readonly number: number };

/** Time has come for a preview. */
type PreviewDueEvent = { readonly kind: 'preview-due'; readonly number: number };

/** What came in at a door, with an id by which it is committed once. */
export type DoorEvent = NotificationEvent | PullRequestEvent | CommentEvent | AdoptionEvent;

/** What an effect taught when it was done. */
type PerformedEvent = { readonly kind: 'performed'; readonly learned: Learned };

export type Learned =
  | { readonly kind: 'deployment'; readonly rollout: string; readonly id: number }
  | { readonly kind: 'status'; readonly rollout: string; readonly status: Status }
  | {
      readonly kind: 'tag';
      readonly image: string;
      readonly references: readonly string[];
      readonly sha: Sha | null;
      readonly askedAt: string;
    }
  /** What a person may do in the repository: https://docs.github.com/rest/collaborators/collaborators */
  | { readonly kind: 'permission'; readonly number: number; readonly login: string; readonly mayWrite: boolean }
  /** The label is off; or it stays on, for a reason that no further attempt will mend. `seen` is the effect's. */
  | {
      readonly kind: 'label-removed';
      readonly number: number;
      readonly stuck: string | null;
      readonly seen: Instant | null;
    }
  | { readonly kind: 'comment'; readonly number: number; readonly id: number; readonly body: string }
  /** The pull request as it is now; null: there is none of that number. */
  | {
      readonly kind: 'pull';
      readonly number: number;
      readonly pull: PullRequest | null;
      /** Asked by a sweep: what is gone is only noted. */
      readonly sweep: boolean;
    }
  /** All open pull requests that carry the label, every page of them; each is heard by itself before. */
  | { readonly kind: 'pulls'; readonly pulls: readonly PullRequest[] }
  | { readonly kind: 'listed'; readonly pull: PullRequest }
  /** What Argo CD answered when it was asked about an application; null: nothing that could be learned from. */
  | { readonly kind: 'application'; readonly application: string; readonly event: NotificationEvent | null }
  /** Done, and nothing to remember. */
  | { readonly kind: 'nothing' };

/** A person asks for the lane of a dead letter to be looked at again. */
type ReplayEvent = { readonly kind: 'replay'; readonly lane: string };

export type Event = DoorEvent | DueEvent | PreviewDueEvent | PerformedEvent | ReplayEvent | SweepEvent | RemovalEvent;
