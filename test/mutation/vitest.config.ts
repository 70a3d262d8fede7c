/**
 * What mutants are run against: the tests of the plan and of the ledger that need nothing but Node. The generated
 * histories are left out: they take long for each mutant, and what only they notice is no case that anybody can read.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{deployments,previews,ledger}/**/*.test.ts'],
    exclude: ['test/*/order.test.ts'],
    isolate: false,
    silent: true,
  },
});
