/** `npm run build`: bundles the Worker as a deployment would, says how large it is, and fails above the budget. */
import { gzipSync } from 'node:zlib';
import { bundle } from '../local/bundle.ts';

/**
 * KiB, minified and gzipped: what Cloudflare counts, and what a cold start has to read. 160 was meant for everything, and promotions
 * do not fit: `docs/decisions/0006-libraries.md` says what weighs what.
 */
const BUDGET = 205;

try {
  const modules = await bundle('dist');
  const size = modules.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1024;
  console.log(`dist/: ${size.toFixed(1)} KiB minified and gzipped, of ${BUDGET} KiB`);
  if (size > BUDGET) {
    console.error(`the Worker is ${(size - BUDGET).toFixed(1)} KiB over its budget; cli/build.ts holds it`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
