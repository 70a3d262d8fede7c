/** A row of the outbox, and what it says; an effect of a kind that is not known here says nothing. */
import { Effect, Reason, WriteClass } from '../../schemas/effect.ts';
import { Instant } from '../words/instant.ts';

export type OutboxRow = {
  readonly id: number;
  readonly lane: string;
  readonly class: WriteClass;
  readonly effect: Effect;
  readonly dead: boolean;
  /** Its first byte may have left: the next attempt looks on GitHub first. */
  readonly begun: boolean;
  readonly attempts: number;
  readonly owedAt: Instant;
  /** When it was first tried; null: it has only waited. */
  readonly triedAt: Instant | null;
  readonly dueAt: Instant;
  readonly reason: Reason | null;
};

/** A rollback meets effects of a kind that came later. */
export const NOT_UNDERSTOOD = JSON.stringify({
  code: 'not-understood',
  message: 'Another version of Hawser owes this, and this one does not know how: deploy that version, then replay it',
} satisfies Reason);

export function effectIn(row: Row): Effect | undefined {
  const effect = Effect.safeParse(JSON.parse(row.effect));
  return effect.success ? effect.data : undefined;
}

export function reasonIn(row: Row): Reason | null {
  return row.reason === null ? null : Reason.parse(JSON.parse(row.reason));
}

export function rowWith(effect: Effect, row: Row): OutboxRow {
  return {
    id: row.id,
    lane: row.lane,
    class: WriteClass.parse(row.class),
    effect,
    dead: row.dead === 1,
    begun: row.begun === 1,
    attempts: row.attempts,
    owedAt: Instant.parse(row.owed_at),
    triedAt: Instant.nullable().parse(row.tried_at),
    dueAt: Instant.parse(row.due_at),
    reason: reasonIn(row),
  };
}

/** As it is stored. */
export type Row = {
  id: number;
  lane: string;
  class: number;
  effect: string;
  dead: number;
  begun: number;
  attempts: number;
  owed_at: number;
  tried_at: number | null;
  due_at: number;
  reason: string | null;
};
