/** Decides from GitHub's own list of its deliveries how far to look back, which were lost, and what becomes of each of them. */
import { type Instant, later } from '../words/instant.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Deliveries may be listed late, and two clocks differ: so far before the last look the next one begins. */
const OVERLAP = 10 * MINUTE;
/** GitHub repeats what is no older: https://docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const REPEATED_FOR = { cloud: 3 * DAY, server: 7 * DAY };
/** How long after each try the next one comes. Together a day and a third: what is broken at night is mended by then. */
const WAITS = [10 * MINUTE, HOUR, 6 * HOUR, DAY];
export const MOST_TRIES = WAITS.length + 1;
/** GitHub repeats in its own time: whether the last try came through is known so much later. */
const VERDICT = 10 * MINUTE;

/** One attempt of GitHub's at a delivery. All attempts at one share its guid; the first is no redelivery. */
export type Attempted = {
  /** Text: GitHub's ids go beyond what a number holds. */
  readonly id: string;
  readonly guid: string;
  readonly at: Instant;
  /** Whether it was answered with 2xx, within ten seconds. */
  readonly ok: boolean;
  readonly redelivery: boolean;
  /** What was answered; 0: nothing. */
  readonly code: number;
  readonly event: string;
  readonly action: string | null;
};

/** A delivery of which no attempt is known that came through. */
export type Missed = Omit<Attempted, 'ok' | 'redelivery' | 'at'> & {
  readonly firstAt: Instant;
  /** Of the newest attempt, whose id and answer these are. */
  readonly lastAt: Instant;
  readonly tries: number;
  readonly dueAt: Instant;
  readonly givenUp: boolean;
};

/** How far back a look has to go. `gap`: since then deliveries may have been lost that GitHub no longer repeats. */
export type Reach = { readonly since: Instant; readonly gap: Instant | undefined };

export function reachOf(watermark: Instant | undefined, now: Instant, isServer: boolean): Reach {
  const oldest = oldestRepeated(now, isServer);
  if (watermark === undefined) return { since: oldest, gap: undefined };
  const since = later(watermark, -OVERLAP);
  return since < oldest ? { since: oldest, gap: watermark } : { since, gap: undefined };
}

/** What was first delivered before then can't be had again. */
export function oldestRepeated(now: Instant, isServer: boolean): Instant {
  return later(now, -(isServer ? REPEATED_FOR.server : REPEATED_FOR.cloud));
}

/** What is known of the deliveries that a page tells of, by guid. */
export type KnownDeliveries = {
  readonly missed: ReadonlyMap<string, Missed>;
  /** Those of which a repetition has come through: their first attempt, listed on a later page, had failed. */
  readonly answered: ReadonlySet<string>;
};

export type Page = KnownDeliveries & {
  /** It reaches back as far as it has to: no older page is needed. */
  readonly isLast: boolean;
};

/** Attempts come the newest first. Nothing is asked for before all pages are read: what failed may have come through since. */
export function readPage(page: readonly Attempted[], since: Instant, known: KnownDeliveries): Page {
  const missed = new Map(known.missed);
  const answered = new Set(known.answered);
  const within = page.filter(({ at }) => at >= since);
  for (const attempted of within) {
    const { guid, ok, redelivery } = attempted;
    if (ok) {
      missed.delete(guid);
      if (redelivery) answered.add(guid);
    } else if (!answered.has(guid)) {
      missed.set(guid, failedAgain(attempted, missed.get(guid), since));
    }
  }
  return { missed, answered, isLast: within.length < page.length };
}

/** By GitHub's clock it may have failed in our future: it is due all the same. */
function failedAgain(
  { id, guid, at, code, event, action }: Attempted,
  before: Missed | undefined,
  dueAt: Instant,
): Missed {
  const failed = { id, guid, code, event, action };
  if (before === undefined) return { ...failed, firstAt: at, lastAt: at, tries: 0, dueAt, givenUp: false };
  if (at < before.lastAt) return { ...before, firstAt: at < before.firstAt ? at : before.firstAt };
  return { ...before, ...failed, lastAt: at };
}

/** What becomes of a delivery that is due: it is asked for once more, or given up. */
export function tried(missed: Missed, now: Instant): Missed {
  if (missed.tries >= MOST_TRIES) return { ...missed, givenUp: true };
  const wait = WAITS[missed.tries] ?? VERDICT;
  return { ...missed, tries: missed.tries + 1, dueAt: later(now, wait) };
}
