/**
 * The order property once more, with the real books, outbox, pump and adapter: calls to GitHub end long after later
 * events have arrived, or end uncertain and are looked up, and the object is evicted in the middle.
 *
 * A failure prints a seed and a path, and logs the words as they arrived. To run that very one again, and alone:
 * `SEED=<seed> REPLAY=<path> npx vitest run --project node test/ledger/order.test.ts`; `RUNS=10000` looks longer, and
 * `EVENTS=10000` at so many events in four repositories.
 */
import * as fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { crowds, orderSoak, plays } from './order.ts';

const { RUNS, EVENTS, SEED, REPLAY } = process.env;
const LONG = { timeout: 3_600_000 };

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});

it('shows the same in the end, however slowly and uncertainly GitHub answers', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(crowds(1, 1), fc.context(), async (repositories, context) => {
      for (const crowd of repositories) await plays(crowd, (line) => context.log(line));
    }),
    {
      numRuns: Number(RUNS ?? 100),
      ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
    },
  );
});

it('shows the same in the end of many histories at once', LONG, async () => {
  const events = Number(EVENTS ?? 500);

  expect(await orderSoak(events, Number(SEED ?? 1))).toBeGreaterThanOrEqual(events);
});
