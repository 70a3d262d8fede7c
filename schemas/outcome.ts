/** How an attempt at an effect ended, and what a ledger and its installation say to each other about it. */
import type { Instant } from '../src/words/instant.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Cost, Reason, WriteClass } from './effect.ts';
import type { Learned } from './event.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly learned: Learned }
  | {
      readonly kind: 'later';
      readonly reason: Reason;
      /** GitHub surely did not act: the next attempt need not look first. */
      readonly certain: boolean;
      /** GitHub named a time (`Retry-After`, a limit's reset). Without it the outbox's own backoff decides. */
      readonly notBefore?: Instant;
      /** It concerns the whole installation: nothing of it is sent before. */
      readonly pause?: Instant;
      /** The token was refused: it is not to be handed out again. */
      readonly badToken?: boolean;
    }
  | { readonly kind: 'dead'; readonly reason: Reason };

/** Codes of reasons: GitHub gave no answer, or none of its own. It may be down, for everybody. */
export const UNANSWERED: readonly string[] = ['unreachable', 'unavailable', 'unreadable'];

/** A ledger asks its installation for leave to make one call. */
export type Ask = {
  readonly ledger: Repository;
  readonly class: WriteClass;
  /** When the effect was first owed: the oldest of a class goes first. */
  readonly since: Instant;
  /** Reads cost no budget; what makes a pull request or a comment costs of both. */
  readonly cost: Cost;
  /** When this ledger is due next, for the register. */
  readonly dueAt: Instant | null;
  /** The repository's name today, where it is no longer the ledger's. */
  readonly present?: Repository;
  /** The call needs a right that the App is granted or not, and that no other call gets: administration. */
  readonly administers?: true;
};

export type Leave =
  | { readonly kind: 'go'; readonly token: string }
  /** The installation wakes the ledger when there is room; `until` is when to ask again if it never does. */
  | {
      readonly kind: 'wait';
      readonly until: Instant;
      readonly reason: Reason;
      /** It is about this effect: others of its ledger may go on. */
      readonly alone?: true;
    }
  /** There is no token to be had, and asking again soon won't help: counted as an attempt. */
  | { readonly kind: 'refused'; readonly outcome: Exclude<Outcome, { kind: 'done' }> };

/** The call that a leave was given for has ended. */
export type Report = {
  readonly ledger: Repository;
  readonly present?: Repository;
  readonly cost: Cost;
  readonly pause?: { readonly until: Instant; readonly reason: Reason };
  /** Why GitHub did not do it; null: it did. */
  readonly met?: Reason | null;
  /** The refused token, so that a newer one is not thrown away. */
  readonly badToken?: string;
};
