/** `npm run test:pages`: the router's pages in the system's Chromium. A command of its own: `npm test` needs Node alone. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/pages/*.test.ts'],
    reporters: ['default', './test/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
