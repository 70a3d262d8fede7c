/** `npm run build`: bundles both Workers as a deployment would, says how large they are, and fails above their budgets. */
import { gzipSync } from 'node:zlib';
import { bundle } from '../local/bundle.ts';

/**
 * KiB, minified and gzipped: what Cloudflare counts, and what a cold start has to read. 160 was meant for everything, and promotions
 * do not fit: `docs/decisions/0006-libraries.md` says what weighs what. Of the router's, 30 are zod, which reads its configuration.
 */
const BUDGETS = [
  { worker: 'hawser', directory: 'dist', budget: 215 },
  { worker: 'router', directory: 'dist/router', budget: 40 },
] as const;

try {
  for (const { worker, directory, budget } of BUDGETS) {
    const modules = await bundle(directory, worker);
    const size = modules.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1024;
    console.log(`${directory}/: ${size.toFixed(1)} KiB minified and gzipped, of ${budget} KiB`);
    if (size > budget) {
      console.error(`the Worker is ${(size - budget).toFixed(1)} KiB over its budget; cli/build.ts holds it`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
