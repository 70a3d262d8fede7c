/**
 * Decides how many writes an installation may begin now, and whose turn it is. The budget is a bucket of a minute's writes
 * that refills evenly, kept as one instant: until when the writes of the past have used it up.
 */
import type { WriteClass } from '../../schemas/effect.ts';
import { Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';

/** GitHub asks for calls one after the other; a few at a time keep one slow answer from holding up the rest. */
const MOST_IN_FLIGHT = 4;
const MINUTE = 60_000;

/** One ledger's wish. `servedAt` is when it was last let go: the longer ago, the sooner it is its turn. */
export type Turn = {
  readonly ledger: Repository;
  readonly class: WriteClass;
  readonly since: Instant;
  readonly servedAt: Instant | null;
};

/** How many writes the bucket still holds. */
export function left(usedUntil: Instant, perMinute: number, now: Instant): number {
  const used = Math.ceil(Math.max(usedUntil - now, 0) / intervalOf(perMinute));
  return Math.max(perMinute - used, 0);
}

/** The bucket after one more write. */
export function spent(usedUntil: Instant, perMinute: number, now: Instant): Instant {
  return later(Instant.parse(Math.max(usedUntil, now)), intervalOf(perMinute));
}

/** When the bucket will hold one more than it holds now; undefined where it is full. */
export function refillsAt(usedUntil: Instant, perMinute: number, now: Instant): Instant | undefined {
  const wanted = left(usedUntil, perMinute, now) + 1;
  return wanted > perMinute ? undefined : later(usedUntil, -(perMinute - wanted) * intervalOf(perMinute));
}

/** So many comments and pull requests may go at once: with an hour's refill they stay below GitHub's 500 an hour. */
const CONTENT_BURST = 30;
const HOUR = 60 * MINUTE;

export function contentSpent(usedUntil: Instant, perHour: number, now: Instant): Instant {
  return later(Instant.parse(Math.max(usedUntil, now)), Math.ceil(HOUR / perHour));
}

/** When one more may go; undefined: now. */
export function contentRefillsAt(usedUntil: Instant, perHour: number, now: Instant): Instant | undefined {
  const freeAt = later(usedUntil, -(CONTENT_BURST - 1) * Math.ceil(HOUR / perHour));
  return freeAt > now ? freeAt : undefined;
}

export function room(budgetLeft: number, inFlight: number): number {
  return Math.max(Math.min(budgetLeft, MOST_IN_FLIGHT - inFlight), 0);
}

/** Class first; then round robin, so that a ledger with much to write goes behind one that has just begun; then the oldest. */
export function compareTurns(one: Turn, other: Turn): number {
  return (
    one.class - other.class ||
    (one.servedAt ?? 0) - (other.servedAt ?? 0) ||
    one.since - other.since ||
    (one.ledger < other.ledger ? -1 : 1)
  );
}

/** Those who wait keep their place: whoever comes later goes only where there is room beyond them. */
export function mayGo(wish: Turn, waiting: readonly Turn[], places: number): boolean {
  return waiting.filter((other) => other.ledger !== wish.ledger && compareTurns(other, wish) < 0).length < places;
}

export function nextInTurn<Waiting extends Turn>(waiting: readonly Waiting[], places: number): readonly Waiting[] {
  return waiting.toSorted(compareTurns).slice(0, places);
}

/** When a ledger asks again that was never called: well after so many others have had their turn. */
export function patience(waiting: number, perMinute: number, now: Instant): Instant {
  return later(now, MINUTE / 2 + waiting * intervalOf(perMinute));
}

/** Rounded up: the budget is never exceeded by a fraction. */
function intervalOf(perMinute: number): number {
  return Math.ceil(MINUTE / perMinute);
}
