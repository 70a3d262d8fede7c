/** Bundles a Worker of the bench as wrangler bundles Hawser itself. */
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Module, readBundle } from '../local/bundle.ts';

/** `name`: the file in `bench/`, without its ending. */
export async function benchBundle(name: string, directory: string): Promise<readonly Module[]> {
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json');
  const config = join(import.meta.dirname, 'wrangler.toml');
  const script = join(import.meta.dirname, `${name}.ts`);
  await promisify(execFile)(
    process.execPath,
    [
      join(wrangler, '../bin/wrangler.js'),
      'deploy',
      script,
      '--config',
      config,
      '--dry-run',
      '--minify',
      '--outdir',
      directory,
    ],
    {
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_LOG_PATH: join(directory, 'logs'),
        NO_COLOR: '1',
      },
    },
  );
  // The entry is looked for under the name that Hawser's own has.
  await rename(join(directory, `${name}.js`), join(directory, 'index.js'));
  return readBundle(directory);
}
