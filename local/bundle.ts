/** Bundles the Worker exactly as `wrangler deploy` would, without deploying it. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Module = { readonly name: string; readonly type: 'esm' | 'text'; readonly contents: string };

/** Module paths to what they hold; the first one is the entry. Rejects with what wrangler said. */
export async function bundle(directory: string): Promise<readonly Module[]> {
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json');
  const command = [join(wrangler, '../bin/wrangler.js'), 'deploy', '--dry-run', '--minify', '--outdir', directory];
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: join(directory, 'logs'),
    NO_COLOR: '1',
  };
  await promisify(execFile)(process.execPath, command, { env }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`the Worker does not build:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  });
  return readBundle(directory);
}

/** What an earlier `bundle` left in the directory. */
export async function readBundle(directory: string): Promise<readonly Module[]> {
  const texts = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  return Promise.all(
    ['index.js', ...texts].map(async (name) => ({
      name,
      type: name.endsWith('.js') ? ('esm' as const) : ('text' as const),
      contents: await readFile(join(directory, name), 'utf8'),
    })),
  );
}
