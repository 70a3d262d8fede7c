/** What a ledger answers: to the doors, and to an operator. */
import type { Instant } from '../src/words/instant.ts';
import type { Pin } from './candidate.ts';
import type { Effect, Reason, Why } from './effect.ts';
import type { Promotion } from './promotion.ts';
import type { Status } from './status.ts';

export type Accepted =
  | { readonly kind: 'committed'; readonly duplicate: boolean }
  | { readonly kind: 'ignored'; readonly why: Why };

/** What an installation needs to know of a ledger before anything is removed. */
export type PreviewCount = { readonly live: number; readonly doomed: number };

/** `unknown`: there is no such dead letter. `nothing`: present knowledge wants nothing of its lane any more. */
export type Replayed = 'owed' | 'nothing' | 'unknown';

export type LedgerView = {
  readonly deployments: readonly {
    readonly environment: string;
    readonly pr?: number;
    readonly sha: string;
    readonly startedAt: Instant;
    /** GitHub's id; null while it is owed, or where the rollout gets none. */
    readonly id: number | null;
    readonly wanted: Status | null;
    readonly written: Status | null;
    readonly applications: readonly {
      readonly instance: string;
      readonly namespace: string;
      readonly name: string;
      readonly standing: string;
    }[];
  }[];
  readonly previews: readonly {
    readonly number: number;
    readonly stage: string;
    readonly name: string;
    readonly url: string | null;
    readonly sha: string;
    readonly touchedAt: Instant;
    /** What a sweep has found: nobody touches it, or its pull request no longer has it; since when, where that is known. */
    readonly over: { readonly why: 'stale' | 'orphaned'; readonly since: Instant | null } | null;
    readonly refused: string | null;
    /** Why its label is still on though it should not be, and what to do. */
    readonly label: string | null;
    readonly comment: number | null;
  }[];
  readonly promotions: readonly {
    readonly environment: string;
    readonly image: string;
    /** What the target branch pins. */
    readonly present: Pin;
    /** What is proposed instead; null: nothing is. */
    readonly candidate: Pin | null;
    readonly waiting: readonly Pin[];
    readonly decision: Promotion['decision'];
    readonly pull: number | null;
    /** Why the files can't be edited: which file, which line, and the reason. */
    readonly refused: Promotion['unreadable'];
    /** Why GitHub did not merge it. */
    readonly unmerged: string | null;
    /** Who has changed the pin, other than by a merge of Hawser's. */
    readonly held: string | null;
    readonly rejected: readonly (Pin & { readonly number: number })[];
  }[];
  readonly unresolved: readonly {
    readonly application: string;
    readonly seen: readonly string[];
    readonly mend: string;
  }[];
  readonly failures: readonly {
    readonly application: string;
    readonly state: string;
    readonly message: string;
    readonly at: Instant;
  }[];
  readonly outbox: {
    readonly pending: readonly OutboxView[];
    readonly dead: readonly OutboxView[];
  };
};

export type OutboxView = {
  readonly id: number;
  readonly lane: string;
  /** Null: another version of Hawser owes it, in a form that this one does not understand. */
  readonly effect: Effect | null;
  readonly attempts: number;
  readonly owedAt: Instant;
  readonly dueAt: Instant | null;
  readonly reason: Reason | null;
};
