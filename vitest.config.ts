import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig, defineProject } from 'vitest/config';

/** Where things go wrong, come in crowds, or take long. */
const TRIALS = [
  'test/worker/faults/*.test.ts',
  'test/worker/{crash,crowd,outage,installation,github-examples,knowledge}.test.ts',
];

/** What hangs fails; what a busy machine takes its time for does not. */
const PATIENCE = { testTimeout: 30_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } } as const;

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
          ...PATIENCE,
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/pages/**'],
          // To load everything anew for each of a hundred files would take a fifth of the run; nothing here keeps state in a module.
          isolate: false,
          globalSetup: ['./test/temporary.ts'],
          setupFiles: ['./test/node-setup.ts'],
        },
      },
      inWorkerd('worker', { include: ['test/worker/**/*.test.ts'], exclude: TRIALS }),
      inWorkerd('trials', { include: TRIALS }),
    ],
  },
});

/**
 * In workerd. The files of one project share an emulated GitHub, with its clock and its faults, and so take turns; the two
 * projects have one each, and run side by side.
 */
function inWorkerd(name: string, files: { readonly include: string[]; readonly exclude?: string[] }) {
  return defineProject({
    plugins: [
      cloudflareTest(({ inject }) => ({
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          kvNamespaces: ['PREVIEWS'],
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
      ...PATIENCE,
      name,
      ...files,
      globalSetup: ['./test/worker-setup.ts'],
      setupFiles: ['./test/worker/as-described.ts'],
      fileParallelism: false,
      // The platform's isolates live on as well. Each file begins with nothing stored: setupFiles.
      isolate: false,
    },
  });
}
