/** Hostile requests, a seeded sample of them: `REQUESTS=100000 SEED=7 npx vitest run --project node test/fuzz` sends more. */
import { expect, it } from 'vitest';
import { endure } from './doors.ts';

const { REQUESTS, SEED } = process.env;

it('endures hostile requests without a failure, a row, a leak or growth', { timeout: 3_600_000 }, async () => {
  const { statuses, memory } = await endure(Number(REQUESTS ?? 700), Number(SEED ?? 1));

  console.log(statuses, memory);
  // Every kind of answer was met: what is sent gets past the first check.
  expect(Object.keys(statuses)).toEqual(
    expect.arrayContaining(['200', '400', '401', '403', '404', '405', '413', '415']),
  );
});
