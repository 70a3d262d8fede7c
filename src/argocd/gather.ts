/** Decides when a target's next refresh call is due: the first event's at once, and one call for all that come after it. */
import { type Instant, later } from '../words/instant.ts';

/** Argo CD lists pull requests while it answers a call; what comes meanwhile is gathered into one more. */
const GATHERS = 10_000;
export const HOUR = 3_600_000;
/** Each call costs Argo CD's own GitHub token at least two lists, some hundred where repositories are searched for. */
const MOST_AN_HOUR = 120;
/** Argo CD polls every half hour by itself, so a call that comes later than this is worth nothing more. */
const LONGEST = 600_000;

/** `calls`: when the last hour's began, in any order. */
export function callDue(wantedAt: Instant, calls: readonly Instant[]): Instant {
  const newestFirst = calls.toSorted((one, other) => other - one);
  const [last, capped] = [newestFirst[0], newestFirst[MOST_AN_HOUR - 1]];
  return latest(
    wantedAt,
    ...(last === undefined ? [] : [later(last, GATHERS)]),
    ...(capped === undefined ? [] : [later(capped, HOUR)]),
  );
}

/** `attempts` counts the one that has just failed; `random` in [0, 1) spreads those that failed together. */
export function retryAt(attempts: number, random: number, now: Instant): Instant {
  const delay = Math.min(GATHERS * 2 ** (attempts - 1), LONGEST);
  return later(now, Math.round(delay * (1 + random / 4)));
}

function latest(first: Instant, ...others: readonly Instant[]): Instant {
  return others.reduce((last, instant) => (instant > last ? instant : last), first);
}
