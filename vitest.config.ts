import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Two kinds of tests: plain functions in Node, and the Worker in workerd with real Durable Objects and real HTTP. */
export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    // The Worker logs a line per event and effect: only those of a failing test are worth reading.
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**'],
          setupFiles: ['./test/node-setup.ts'],
        },
      },
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                GITHUB_API_URL: inject('githubUrl'),
                GITHUB_APP_ID: inject('githubAppId'),
                GITHUB_APP_PRIVATE_KEY: inject('githubPrivateKey'),
                HAWSER: inject('hawser'),
                ...inject('secrets'),
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          globalSetup: ['./test/worker-setup.ts'],
          setupFiles: ['./test/worker/as-described.ts'],
          // They share one emulated GitHub, with its clock and its faults.
          fileParallelism: false,
        },
      },
    ],
  },
});
