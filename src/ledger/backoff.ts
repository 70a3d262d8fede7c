/** Decides when an effect that failed is tried again, and when it has been tried long enough. */
import { type Instant, later } from '../words/instant.ts';

const FIRST = 5_000;
const LONGEST = 3_600_000;
/** After an uncertain end GitHub may still be at work, and its lists lag behind its writes. */
const UNCERTAIN = 10_000;
/** Retries span a day: longer than an outage of GitHub's, or than it takes a person to mend a permission. */
const SPAN = 24 * 3_600_000;

/** `attempts` counts the one that has just failed; `random` in [0, 1) spreads those that failed together. */
export function nextAttempt(attempts: number, certain: boolean, random: number, now: Instant): Instant {
  const delay = Math.min(FIRST * 2 ** (attempts - 1), LONGEST);
  return later(now, Math.round(Math.max(delay * (0.75 + random / 2), certain ? 0 : UNCERTAIN)));
}

/** Counted from the first attempt: what has only waited for its turn has not failed yet. */
export function isGivenUp(triedAt: Instant, now: Instant): boolean {
  return now >= later(triedAt, SPAN);
}
