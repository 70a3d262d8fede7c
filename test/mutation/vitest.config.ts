/**
 * What mutants are run against: the tests of the plan and of the ledger that need nothing but Node. The quick ones go
 * first, and the generated histories are fewer than elsewhere, and the same for each mutant.
 */
import { defineConfig } from 'vitest/config';

const GENERATED = 'test/*/order.test.ts';

export default defineConfig({
  test: {
    isolate: false,
    silent: true,
    env: { SEED: '1', RUNS: '50', EVENTS: '100' },
    projects: [
      {
        extends: true,
        test: {
          name: 'told',
          include: ['test/{deployments,previews,ledger}/**/*.test.ts'],
          exclude: [GENERATED],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'generated', include: [GENERATED], sequence: { groupOrder: 1 } } },
    ],
  },
});
