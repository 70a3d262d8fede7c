/** Which deliveries are asked for again, how often, and where the next look begins. */
import { describe, expect, it } from 'vitest';
import {
  type Attempted,
  type KnownDeliveries,
  type Missed,
  MOST_TRIES,
  reachOf,
  readPage,
  tried,
} from '../../src/github/redelivery.ts';
import { Instant } from '../../src/words/instant.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Instant.parse(Date.parse('2026-11-02T10:00:00Z'));
const ago = (milliseconds: number) => Instant.parse(NOW - milliseconds);

const SINCE = ago(HOUR);

/** `guid`, with `!` where it failed and `²` where it is a redelivery; so many minutes ago. */
function attempt(told: string, minutes: number): Attempted {
  const guid = told.replace(/[!²]/g, '');
  const ok = !told.includes('!');
  const at = ago(minutes * MINUTE);
  return {
    id: `${guid}@${minutes}`,
    guid,
    at,
    ok,
    redelivery: told.includes('²'),
    code: ok ? 202 : 503,
    event: 'pull_request',
    action: 'labeled',
  };
}

function missed(guid: string, minutes: number, more: Partial<Missed> = {}): Missed {
  const { ok: _, redelivery: __, at, ...rest } = attempt(`${guid}!`, minutes);
  return { ...rest, firstAt: at, lastAt: at, tries: 0, dueAt: SINCE, givenUp: false, ...more };
}

describe('what a page of deliveries says, the newest first', () => {
  const cases: readonly {
    name: string;
    page: readonly Attempted[];
    known?: { missed?: readonly Missed[]; answered?: readonly string[] };
    missed?: readonly Missed[];
    answered?: readonly string[];
    isLast?: boolean;
  }[] = [
    { name: 'nothing', page: [] },
    { name: 'what came through is nothing to remember', page: [attempt('a', 1), attempt('b', 2)] },
    { name: 'what failed is missed', page: [attempt('a!', 1), attempt('b', 2)], missed: [missed('a', 1)] },
    {
      name: 'what failed first and then came through is not missed, and is remembered for older pages',
      page: [attempt('a²', 1), attempt('a!', 20)],
      answered: ['a'],
    },
    {
      name: 'what failed on an older page has come through on a newer one',
      page: [attempt('a!', 20)],
      known: { answered: ['a'] },
      answered: ['a'],
    },
    {
      name: 'what somebody had repeated by hand, though it had come through, is not missed',
      page: [attempt('a!²', 1), attempt('a', 20)],
    },
    {
      name: 'what failed twice is missed once: since the first time, with the newest id',
      page: [attempt('a!²', 1), attempt('a!', 20)],
      missed: [missed('a', 1, { firstAt: ago(20 * MINUTE) })],
    },
    {
      name: 'a try that failed leaves what is known of earlier tries',
      page: [attempt('a!²', 1)],
      known: { missed: [missed('a', 20, { tries: 2, dueAt: ago(-HOUR) })] },
      missed: [missed('a', 1, { firstAt: ago(20 * MINUTE), tries: 2, dueAt: ago(-HOUR) })],
    },
    {
      name: 'a try that came through ends it',
      page: [attempt('a²', 1)],
      known: { missed: [missed('a', 20, { tries: 2 })] },
      answered: ['a'],
    },
    {
      name: 'one that was given up and came through by hand is given up no more',
      page: [attempt('a²', 1)],
      known: { missed: [missed('a', 20, { tries: 5, givenUp: true })] },
      answered: ['a'],
    },
    {
      name: 'what is listed a second time, in the overlap, changes nothing',
      page: [attempt('a!', 1)],
      known: { missed: [missed('a', 1, { tries: 1 })] },
      missed: [missed('a', 1, { tries: 1 })],
    },
    {
      name: 'what lies before the look has been seen by an earlier one: no older page is read',
      page: [attempt('a!', 1), attempt('b!', 70)],
      missed: [missed('a', 1)],
      isLast: true,
    },
  ];
  it.each(cases)('$name', ({ page, known = {}, isLast = false, ...expected }) => {
    const read = readPage(page, SINCE, knownOf(known));

    expect(read).toEqual({ ...knownOf(expected), isLast });
  });

  function knownOf({
    missed = [],
    answered = [],
  }: {
    missed?: readonly Missed[];
    answered?: readonly string[];
  }): KnownDeliveries {
    return { missed: new Map(missed.map((each) => [each.guid, each])), answered: new Set(answered) };
  }
});

describe('how far back a look goes', () => {
  it.each([
    ['the first one as far as GitHub repeats', undefined, false, 3 * DAY, undefined],
    ['on Enterprise Server that is a week', undefined, true, 7 * DAY, undefined],
    ['then ten minutes before the last one', 5 * MINUTE, false, 15 * MINUTE, undefined],
    ['after two days without any, all of them', 2 * DAY, false, 2 * DAY + 10 * MINUTE, undefined],
    ['after four days, as far as GitHub repeats, and it says what is missing', 4 * DAY, false, 3 * DAY, 4 * DAY],
    ['which on Enterprise Server is not missing yet', 4 * DAY, true, 4 * DAY + 10 * MINUTE, undefined],
  ] as const)('%s', (_, watermark, isServer, since, gap) => {
    const last = watermark === undefined ? undefined : ago(watermark);

    expect(reachOf(last, NOW, isServer)).toEqual({
      since: ago(since),
      gap: gap === undefined ? undefined : ago(gap),
    });
  });
});

it('a delivery is asked for five times, over a day and a third, and then given up', () => {
  const asked: number[] = [];
  let now = NOW;
  let delivery = missed('a', 0);
  while (!delivery.givenUp) {
    const next = tried(delivery, now);
    if (!next.givenUp) asked.push((now - NOW) / MINUTE);
    delivery = next;
    now = next.dueAt;
  }

  expect(asked).toEqual([0, 10, 70, 430, 1870]);
  expect(asked).toHaveLength(MOST_TRIES);
  // Whether the last one came through has to be listed first.
  expect((now - NOW) / MINUTE).toBe(1880);
});
