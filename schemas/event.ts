/** Everything that can enter a ledger: what came in at a door, and what time, effects and people add. */
import * as z from 'zod';
import type { Sha } from '../src/words/sha.ts';
import { Application } from './notification.ts';
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
    };

/** A person asks for the lane of a dead letter to be looked at again. */
type ReplayEvent = { readonly kind: 'replay'; readonly lane: string };

export type Event = NotificationEvent | DueEvent | PerformedEvent | ReplayEvent;
