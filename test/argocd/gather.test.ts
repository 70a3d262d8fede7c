/** When a refresh call is due: at once, 10 s after the last one, or when the hour has room again. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callDue, retryAt } from '../../src/argocd/gather.ts';
import { Instant } from '../../src/words/instant.ts';

const at = (seconds: number) => Instant.parse(1_800_000_000_000 + seconds * 1_000);
const every = (seconds: number, calls: number) => Array.from({ length: calls }, (_, call) => at(call * seconds));

describe('a call is due', () => {
  it.each([
    ['at once, for the first event', 0, [], 0],
    ['10 s after the last call, for an event that came right after it', 0, [at(0)], 10],
    ['10 s after the last call, for an event that came late', 9.999, [at(0)], 10],
    ['at once, 10 s after the last call', 10, [at(0)], 10],
    ['at once, long after the last call', 500, [at(0)], 500],
    ['after the newest call, whatever their order', 25, [at(20), at(0), at(10)], 30],
    ['at once, for the 120th of an hour', 3_540, every(29, 119), 3_540],
    ['when the first of 120 is an hour old', 3_580, every(29, 120), 3_600],
    ['when the 120th before is an hour old', 3_585, every(29, 121), 3_629],
    ['at once, an hour after 120 calls', 3_600, every(29, 120), 3_600],
  ] as const)('%s', (_, wanted, calls, expected) => {
    expect(callDue(at(wanted), calls)).toBe(at(expected));
  });

  it('never twice in 10 s, never 121 times in an hour, and always after the last event', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(gaps, (gaps) => {
        const calls: Instant[] = [];
        let now = at(0);
        let wanted: Instant | undefined;
        for (const gap of gaps) {
          now = Instant.parse(now + gap);
          if (wanted !== undefined && callDue(wanted, calls) <= now) {
            calls.push(callDue(wanted, calls));
            wanted = undefined;
          }
          wanted ??= now;
        }
        if (wanted !== undefined) calls.push(callDue(wanted, calls));

        for (const [index, call] of calls.entries()) {
          expect(call - (calls[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(10_000);
          expect(call - (calls[index - 120] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3_600_000);
        }
        expect(calls.at(-1)).toBeGreaterThanOrEqual(now);
      }),
    );
  });
});

describe('what failed is tried again', () => {
  it.each([
    [1, 0, 10],
    [2, 0, 20],
    [3, 0.5, 45],
    [7, 0, 600],
    [50, 0, 600],
  ])('after attempt %i, with %d of the spread, in %d s', (attempts, random, expected) => {
    expect(retryAt(attempts, random, at(0))).toBe(at(expected));
  });
});
