/** Plays a crowd of histories into the ledgers of several repositories, words shuffled, doubled and lost, GitHub slow. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { T0 } from '../../local/application.ts';
import { type Arrival, arranged, arrivalOf, inShort, withLosses } from '../deployments/arrival.ts';
import { newest, unended } from '../deployments/ends.ts';
import { type History, historyOf, together } from '../deployments/history.ts';
import { World } from '../deployments/world.ts';
import { Clock } from './clock.ts';
import { LedgerInNode } from './ledger-in-node.ts';
import { type Fate, fate, SlowGitHub } from './slow-github.ts';

/** Every window has passed by then, and so has every retry. */
const LONG = 4 * 3_600_000;

/** Of one stretch of time: far more than there is to do in it. */
const MOST_STEPS = 2_000;

export type Crowd = {
  readonly told: History;
  readonly arrival: Arrival;
  readonly fates: readonly Fate[];
  /** After so many words, the object is evicted. */
  readonly evictions: readonly number[];
};

/** `histories` for each of `repositories`. */
export function crowds(repositories: number, histories: number): fc.Arbitrary<readonly Crowd[]> {
  const numbers = Array.from({ length: histories }, (_, index) => index);
  const crowd = fc.record({
    told: fc.tuple(...numbers.map(historyOf)).map(together),
    arrival: arrivalOf(histories * 200),
    fates: fc.array(fate, { maxLength: histories * 30, size: 'max' }),
    evictions: fc.array(fc.nat(histories * 20), { maxLength: histories * 3 }),
  });
  return fc.array(crowd, { minLength: repositories, maxLength: repositories });
}

/** So many events and more, over four repositories; how many they were. A failing run has told its seed before. */
export async function orderSoak(events: number, seed: number): Promise<number> {
  let heard = 0;
  for (let turn = 0; heard < events; turn += 1) {
    const histories = Math.ceil((events - heard) / (4 * WORDS));
    const [repositories = []] = fc.sample(crowds(4, histories), { numRuns: 1, seed: seed + turn });
    for (const crowd of repositories) heard += await plays(crowd, () => {});
  }
  return heard;
}

/** A history has about so many. */
const WORDS = 14;

/** Throws where anything is not as it ought to be; how many words were heard. */
export async function plays({ told, arrival, fates, evictions }: Crowd, log: (line: string) => void): Promise<number> {
  const ordered = new World([]);
  for (const { event, at } of told.said) ordered.hear(event, at);
  ordered.end();

  const rest = withLosses(told, arrival);
  const clock = new Clock(T0);
  const ledger = new LedgerInNode('acme/shop', clock, new SlowGitHub(clock, fates));
  const words = arranged(rest, arrival);
  for (const [index, word] of words.entries()) {
    log(inShort(word));
    await pass(clock, ledger, clock.now + (arrival.gaps[index % arrival.gaps.length] ?? 1) * 1000);
    await ledger.hear(word.event);
    if (evictions.includes(index)) ledger.evict();
  }
  // Words that waited for the commit of a tag may have been heard only when the first of them has passed.
  for (let times = 0; times < 2; times += 1) await pass(clock, ledger, clock.now + LONG);

  ledger.assertSound();
  const shown = ledger.shown();
  for (const slot of rest.slots) assert.deepEqual(unended(slot, shown), [], slot.key);
  const comparable = rest.slots.filter(({ end }) => end === 'newest');
  assert.deepEqual(
    comparable.map((slot) => newest(slot, shown)),
    comparable.map((slot) => newest(slot, ordered.shown())),
  );
  ledger.close();
  return words.length;
}

/** Alarms ring and calls end, each at its time. */
export async function pass(clock: Clock, ledger: LedgerInNode, until: number): Promise<void> {
  for (let steps = 0; ; steps += 1) {
    assert.ok(steps < MOST_STEPS, 'an alarm rings for nothing, again and again');
    const alarm = ledger.alarm ?? Infinity;
    const next = clock.next() ?? Infinity;
    if (Math.min(alarm, next) > until) break;
    if (alarm <= next) {
      clock.now = Math.max(clock.now, alarm);
      await ledger.ring();
    } else {
      clock.keep(until);
      await clock.quiet();
    }
  }
  clock.now = until;
}
