/** The parts of `npm run soak`, one a line: each is repeated with ever new seeds. */
import { type Part, testFile } from './part.ts';

export const parts: readonly Part[] = [
  testFile('order', 'node', 'test/deployments/order.test.ts', {
    env: { RUNS: '20000' },
    figures: { histories: 20_000 },
  }),
];
