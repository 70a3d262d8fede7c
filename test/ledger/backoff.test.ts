/** How long a failed effect rests, and for how long it is tried. */
import { describe, expect, it } from 'vitest';
import { isGivenUp, nextAttempt } from '../../src/ledger/backoff.ts';
import { after, DAY, NOW } from './lanes.ts';

const seconds = (attempts: number, certain: boolean, random: number) =>
  (nextAttempt(attempts, certain, random, NOW) - NOW) / 1000;

describe('the rest before the next attempt', () => {
  it('doubles with each attempt, up to an hour', () => {
    expect([1, 2, 3, 4, 10, 11, 30].map((attempts) => seconds(attempts, true, 0.5))).toEqual([
      5, 10, 20, 40, 2560, 3600, 3600,
    ]);
  });

  it('is spread by a quarter to either side, so that what failed together is not tried together', () => {
    expect([0, 0.5, 0.999].map((random) => seconds(3, true, random))).toEqual([15, 20, 24.99]);
  });

  it('is ten seconds at least where GitHub may still be at work', () => {
    expect([1, 2, 3].map((attempts) => seconds(attempts, false, 0))).toEqual([10, 10, 15]);
  });
});

it('gives up a day after the first attempt, and no sooner', () => {
  expect(isGivenUp(NOW, after(DAY - 1))).toBe(false);
  expect(isGivenUp(NOW, after(DAY))).toBe(true);
});
