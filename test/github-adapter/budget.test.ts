/** How many writes may begin, and whose turn it is. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareTurns,
  left,
  mayGo,
  nextInTurn,
  patience,
  refillsAt,
  room,
  spent,
  type Turn,
} from '../../src/github/budget.ts';
import { Instant, later } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { NOW } from './recorded.ts';

const FRESH = Instant.parse(0);
const at = (seconds: number) => later(NOW, seconds * 1_000);
const anyPace = fc.integer({ min: 1, max: 180 });

function after(writes: number, perMinute: number): Instant {
  return Array.from({ length: writes }).reduce<Instant>((used) => spent(used, perMinute, NOW), FRESH);
}

describe('the bucket', () => {
  it.each([
    [0, 60, 0, 60],
    [1, 60, 0, 59],
    [60, 60, 0, 0],
    [60, 60, 0.5, 0],
    [60, 60, 1, 1],
    [60, 60, 30, 30],
    [60, 60, 3_600, 60],
    [180, 180, 0, 0],
    [180, 180, 0.334, 1],
    [1, 1, 59, 0],
    [1, 1, 60, 1],
  ])('after %i writes of %i a minute and %d s holds %i', (writes, perMinute, seconds, expected) => {
    expect(left(after(writes, perMinute), perMinute, at(seconds))).toBe(expected);
  });

  it.each([
    [0, 60, undefined],
    [1, 60, at(1)],
    [59, 60, at(1)],
    [60, 60, at(1)],
    [1, 1, at(60)],
  ])('after %i writes of %i a minute holds one more at %s', (writes, perMinute, expected) => {
    expect(refillsAt(after(writes, perMinute), perMinute, NOW)).toBe(expected);
  });

  it('shrinks when the configuration does', () => {
    expect(left(after(60, 60), 10, NOW)).toBe(0);
  });

  it('never lets more through than its burst and its rate, in whatever window', () => {
    fc.assert(
      fc.property(anyPace, fc.array(fc.nat(20_000), { maxLength: 300 }), (perMinute, gaps) => {
        let now = NOW;
        let used = FRESH;
        const begun: Instant[] = [];
        for (const gap of gaps) {
          now = later(now, gap % 7 === 0 ? gap : gap % 50);
          if (left(used, perMinute, now) === 0) continue;
          used = spent(used, perMinute, now);
          begun.push(now);
        }
        for (const [first, from] of begun.entries()) {
          for (const [further, to] of begun.slice(first).entries()) {
            expect(further + 1).toBeLessThanOrEqual(perMinute + ((to - from) * perMinute) / 60_000);
          }
        }
      }),
    );
  });

  it('holds one more exactly when it says so', () => {
    fc.assert(
      fc.property(anyPace, fc.integer({ min: -5_000, max: 70_000 }), (perMinute, used) => {
        const usedUntil = later(NOW, used);
        const holds = left(usedUntil, perMinute, NOW);
        const refill = refillsAt(usedUntil, perMinute, NOW);
        fc.pre(refill !== undefined);
        expect(left(usedUntil, perMinute, refill ?? NOW)).toBe(holds + 1);
        expect(left(usedUntil, perMinute, later(refill ?? NOW, -1))).toBe(holds);
      }),
    );
  });
});

it.each([
  [60, 0, 4],
  [60, 3, 1],
  [60, 4, 0],
  [60, 5, 0],
  [2, 0, 2],
  [0, 0, 0],
])('with %i in the bucket and %i in flight there is room for %i', (budget, inFlight, expected) => {
  expect(room(budget, inFlight)).toBe(expected);
});

function turn(name: string, writeClass: Turn['class'], since: number, servedAt: number | null = null): Turn {
  const ledger = Repository.parse(`acme/${name}`);
  return { ledger, class: writeClass, since: at(since), servedAt: servedAt === null ? null : at(servedAt) };
}

const names = (turns: readonly Turn[]) => turns.map(({ ledger }) => ledger.slice('acme/'.length)).join(' ');

describe('whose turn it is', () => {
  it.each([
    [
      'the class decides first',
      [turn('rest', 3, 0), turn('final', 1, 5), turn('production', 0, 9)],
      'production final rest',
    ],
    ['then who was served longest ago', [turn('flood', 3, 0, 9), turn('calm', 3, 8, 1)], 'calm flood'],
    ['who was never served goes before', [turn('served', 3, 0, 0), turn('new', 3, 9)], 'new served'],
    ['then the oldest', [turn('young', 2, 9), turn('old', 2, 1)], 'old young'],
    ['then the name, so that it is always the same', [turn('b', 2, 1), turn('a', 2, 1)], 'a b'],
  ])('%s', (_, waiting, expected) => {
    expect(names(nextInTurn(waiting, 9))).toBe(expected);
  });

  it('only as many are called as there is room for', () => {
    expect(names(nextInTurn([turn('c', 3, 3), turn('a', 3, 1), turn('b', 3, 2)], 2))).toBe('a b');
  });

  it.each([
    ['nobody waits', turn('me', 3, 9), [], 1, true],
    ['there is no room', turn('me', 0, 9), [], 0, false],
    ['one waits before', turn('me', 3, 9), [turn('other', 3, 1)], 1, false],
    ['one waits before, and there is room for both', turn('me', 3, 9), [turn('other', 3, 1)], 2, true],
    ['one waits behind', turn('me', 0, 9), [turn('other', 3, 1)], 1, true],
    ['it waits itself', turn('me', 3, 9), [turn('me', 3, 1)], 1, true],
  ])('when %s', (_, wish, waiting, places, expected) => {
    expect(mayGo(wish, waiting, places)).toBe(expected);
  });

  it('comes to everyone of a class, however much the others have to write', () => {
    const ledgers = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 12 });
    const ages = fc.array(fc.nat(600), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(ledgers, ages, (ids, ages) => {
        // Everyone always has another write waiting, some of them very old.
        let waiting = ids.map((id, index) => turn(`r${id}`, 3, -(ages[index] ?? 0)));
        const served: string[] = [];
        for (let round = 0; round < ids.length * 3; round += 1) {
          const [next] = nextInTurn(waiting, 1);
          if (next === undefined) break;
          served.push(next.ledger);
          waiting = waiting.map((one) => (one.ledger === next.ledger ? { ...one, servedAt: at(round) } : one));
        }
        for (let first = 0; first + ids.length <= served.length; first += 1) {
          expect(new Set(served.slice(first, first + ids.length)).size).toBe(ids.length);
        }
      }),
    );
  });

  it('is a strict order', () => {
    const turns = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 1, 2, 3), fc.nat(3), fc.option(fc.nat(3)))
      .map(([name, writeClass, since, served]) => turn(name, writeClass, since, served));
    fc.assert(
      fc.property(turns, turns, (one, other) => {
        fc.pre(one.ledger !== other.ledger);
        expect(Math.sign(compareTurns(one, other))).toBe(-Math.sign(compareTurns(other, one)));
      }),
    );
  });
});

it('whoever was never called asks again after everyone else had a turn', () => {
  expect(patience(100, 60, NOW)).toBe(at(130));
});
