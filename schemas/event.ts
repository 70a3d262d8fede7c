/** Everything that can enter a ledger: what came in at a door, and what time, effects and people add. */
import * as z from 'zod';
import type { Instant } from '../src/words/instant.ts';
import type { Sha } from '../src/words/sha.ts';
import type { Base, ChangedFile, Gates, SourceFacts } from './answers.ts';
import type { Candidate } from './candidate.ts';
import { Application } from './notification.ts';
import type { PullRequest } from './pull-request.ts';
import type { Status } from './status.ts';
import type { Told } from './told.ts';

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
  /** Who has done what it tells of. */
  readonly by?: { readonly login: string; readonly isBot: boolean };
  /** It tells that GitHub is to merge it by itself from now on (`auto_merge_enabled`, `enqueued`), or no longer is. */
  readonly native?: 'armed' | 'disarmed';
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

/** A new image is there. `id` is the hash of the deployment repository and of all that is said of the image, but for when. */
export type ImageEvent = { readonly kind: 'image'; readonly id: string; readonly candidate: Candidate };

/** A branch of a deployment repository has moved, or has been made or removed. `id` is the delivery's. */
export type PushEvent = {
  readonly kind: 'push';
  readonly id: string;
  readonly branch: string;
  /** Null: it was made by this push. */
  readonly before: Sha | null;
  /** Null: it was removed by this push. */
  readonly after: Sha | null;
  readonly isDefault: boolean;
  readonly by: { readonly login: string; readonly isBot: boolean };
};

/** Something that a rule may ask about a commit or a pull request has changed: a check, a status, a review. */
export type GateEvent = {
  readonly kind: 'gate';
  readonly id: string;
  readonly of: { readonly head: Sha } | { readonly number: number };
};

/** The cron asks for the truth: what a ledger believes is compared with what GitHub lists. */
type SweepEvent = { readonly kind: 'sweep' };

/** The installation allows what a sweep has found to be removed. */
type RemovalEvent = { readonly kind: 'removal'; readonly number: number };

/** Time has come for a preview. */
type PreviewDueEvent = { readonly kind: 'preview-due'; readonly number: number };

/** Time has come for a promotion. */
type PromotionDueEvent = { readonly kind: 'promotion-due'; readonly target: string };

/** What came in at a door, or from another ledger, with an id by which it is committed once. */
export type DoorEvent =
  | NotificationEvent
  | PullRequestEvent
  | CommentEvent
  | AdoptionEvent
  | ImageEvent
  | PushEvent
  | GateEvent
  | Told;

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
  /** The target branch as it is: its rules, and every file that may pin an image. */
  | { readonly kind: 'base'; readonly base: Base }
  /** What GitHub says of a candidate's source commit. */
  | { readonly kind: 'source'; readonly target: string; readonly facts: SourceFacts }
  /** What a branch of Image Updater's changes, from where it left the default branch. `sha` is the effect's. */
  | { readonly kind: 'proposed'; readonly branch: string; readonly sha: Sha; readonly files: readonly ChangedFile[] }
  /** The branch and the pull request are there. `body` is the effect's. */
  | {
      readonly kind: 'promotion-written';
      readonly target: string;
      readonly number: number;
      readonly head: Sha;
      readonly body: string;
    }
  | {
      readonly kind: 'check-written';
      readonly target: string;
      readonly id: number;
      readonly head: Sha;
      readonly summary: string;
    }
  | { readonly kind: 'gates'; readonly target: string; readonly gates: Gates }
  /** `left`: its native auto-merge is armed, or it stands in the queue; GitHub merges it. */
  | { readonly kind: 'merged'; readonly target: string; readonly number: number; readonly sha: Sha | 'left' }
  /** `moved`: its head or its base has, so that it is decided anew; `refused`: what GitHub says stands against it. */
  | {
      readonly kind: 'unmerged';
      readonly target: string;
      readonly number: number;
      readonly why: 'moved' | 'refused';
      readonly words: string;
    }
  /** GitHub no longer merges it by itself. */
  | { readonly kind: 'disarmed'; readonly target: string; readonly number: number }
  /** Done, and nothing to remember. */
  | { readonly kind: 'nothing' };

/** A person asks for the lane of a dead letter to be looked at again. */
type ReplayEvent = { readonly kind: 'replay'; readonly lane: string };

export type Event =
  | DoorEvent
  | DueEvent
  | PreviewDueEvent
  | PromotionDueEvent
  | PerformedEvent
  | ReplayEvent
  | SweepEvent
  | RemovalEvent;
