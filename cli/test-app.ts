/** `npm run test:app`: the shipped application's own checks, in its repository and in the one that `hawser init` writes of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elsewhere } from './elsewhere.ts';

const APP = join(import.meta.dirname, '../gitops/example-app');
const CHECKS = [['run', 'lint'], ['test']] as const;

const directory = await mkdtemp(join(tmpdir(), 'hawser-app-'));
try {
  const { app } = await elsewhere(directory);
  process.exitCode = (await npm(APP, ['ci'])) || (await check(APP)) || (await check(await withPackages(app)));
} finally {
  await rm(directory, { recursive: true });
}

/** The same ones: only the names differ, and a name is in no package. */
async function withPackages(app: string): Promise<string> {
  await symlink(join(APP, 'node_modules'), join(app, 'node_modules'));
  return app;
}

async function check(app: string): Promise<number> {
  for (const args of CHECKS) {
    const code = await npm(app, args);
    if (code !== 0) return code;
  }
  return 0;
}

async function npm(app: string, args: readonly string[]): Promise<number> {
  const [code] = await once(spawn('npm', ['--prefix', app, ...args], { stdio: 'inherit' }), 'exit');
  return typeof code === 'number' ? code : 1;
}
