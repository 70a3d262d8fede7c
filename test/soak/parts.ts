/** The parts of `npm run soak`, one a line: each is repeated with ever new seeds. */
import { endure } from '../fuzz/doors.ts';
import { crash } from './crash.ts';
import { type Part, testFile } from './part.ts';

export const parts: readonly Part[] = [
  crash,
  testFile('evict', 'trials', 'test/worker/crash.test.ts', { env: { EVERY: '1' }, figures: { scenarios: 3 } }),
  testFile('order', 'node', 'test/deployments/order.test.ts', {
    env: { RUNS: '20000' },
    figures: { histories: 40_000 },
  }),
  testFile('previews', 'node', 'test/previews/order.test.ts', {
    env: { RUNS: '5000' },
    figures: { lives: 10_000 },
  }),
  testFile('promotions', 'node', 'test/promotions/order.test.ts', {
    env: { RUNS: '1000' },
    figures: { histories: 2_000 },
  }),
  testFile('slow', 'node', 'test/ledger/order.test.ts', {
    env: { RUNS: '1000', EVENTS: '10000' },
    figures: { histories: 1000, events: 10_000 },
  }),
  testFile('loading', 'trials', 'test/worker/knowledge.test.ts', {
    env: { RUNS: '2000' },
    figures: { histories: 2_000 },
  }),
  testFile('outage', 'trials', 'test/worker/outage.test.ts', {
    env: { ROLLOUTS: '1000' },
    figures: { rollouts: 1_000 },
  }),
  testFile('edit', 'node', 'test/promotions/edit-fuzz.test.ts', {
    env: { RUNS: '20000' },
    figures: { kustomizations: 20_000 },
  }),
  testFile('keeps', 'node', 'test/cli/keeps.test.ts', {
    env: { RUNS: '2000' },
    figures: { histories: 2_000 },
  }),
  testFile('baggage', 'node', 'test/routing/baggage-oracle.test.ts', {
    env: { RUNS: '100000' },
    figures: { headers: 100_000 },
  }),
  testFile('abuse', 'node', 'test/routing/abuse.test.ts', {
    env: { RUNS: '30000' },
    figures: { requests: 30_000 },
  }),
  {
    name: 'fuzz',
    run: async (seed, signal) => {
      const { requests, memory } = await endure(100_000, seed, () => signal.aborted);
      return { requests, ...(memory === undefined ? {} : { grown: memory.after - memory.before }) };
    },
  },
];
