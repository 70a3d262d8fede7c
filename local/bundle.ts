/** Bundles a Worker exactly as `wrangler deploy` would, without deploying it. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Module = { readonly name: string; readonly type: 'esm' | 'text'; readonly contents: string };

/** Which Worker: its configuration, and what its bundle is called after. */
const WORKERS = {
  hawser: { config: 'wrangler.toml', entry: 'index.js' },
  router: { config: 'wrangler.router.toml', entry: 'router.js' },
} as const;
type Worker = keyof typeof WORKERS;

/** Module paths to what they hold; the first one is the entry. Rejects with what wrangler said. */
export async function bundle(directory: string, worker: Worker = 'hawser'): Promise<readonly Module[]> {
  const { config, entry } = WORKERS[worker];
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json');
  const options = ['--config', join(import.meta.dirname, '..', config), '--dry-run', '--minify', '--outdir', directory];
  const command = [join(wrangler, '../bin/wrangler.js'), 'deploy', ...options];
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: join(directory, 'logs'),
    NO_COLOR: '1',
  };
  await promisify(execFile)(process.execPath, command, { env }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`a Worker does not build:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  });
  return readBundle(directory, entry);
}

/** What an earlier `bundle` left in the directory. */
export async function readBundle(directory: string, entry = 'index.js'): Promise<readonly Module[]> {
  const texts = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  return Promise.all(
    [entry, ...texts].map(async (name) => ({
      name,
      type: name.endsWith('.js') ? ('esm' as const) : ('text' as const),
      contents: await readFile(join(directory, name), 'utf8'),
    })),
  );
}
