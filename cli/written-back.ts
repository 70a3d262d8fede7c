/** A git repository that Image Updater writes back to, and what its branch changes there. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { ChangedFile } from '../schemas/answers.ts';
import { type Case, FILES, IMAGE, NAMED } from './write-backs.ts';

const run = promisify(execFile);
const Written = z.object({ branch: z.string(), sha: z.string() });

export async function lay(directory: string): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await git(directory, 'add', '.');
  await git(
    directory,
    '-c',
    'user.name=ada',
    '-c',
    'user.email=ada@example.com',
    'commit',
    '--quiet',
    '-m',
    'What runs',
  );
}

export async function writeBack(
  {
    target,
    environment,
    writeBranch = NAMED,
    image = `${IMAGE}:v1.5.0`,
    helm,
  }: Omit<Case, 'candidates' | 'promotions'>,
  program: string,
  repository: string,
): Promise<z.infer<typeof Written>> {
  const images = [{ image, name: 'acme/shop', oldTag: 'v1.4.0', newTag: 'v1.5.0' }];
  const order = { repository, application: 'shop', path: `overlays/${environment}`, target, writeBranch, images, helm };
  const running = run(program);
  running.child.stdin?.end(JSON.stringify(order));
  return Written.parse(JSON.parse((await running).stdout));
}

/** As GitHub's compare API tells them. */
export async function changed(directory: string, sha: string): Promise<readonly ChangedFile[]> {
  const paths = (await git(directory, 'diff', '--name-only', `main...${sha}`))
    .split('\n')
    .filter((path) => path !== '');
  return Promise.all(
    paths.map(async (path) => ({
      path,
      before: await git(directory, 'show', `main:${path}`).catch(() => null),
      after: await git(directory, 'show', `${sha}:${path}`),
    })),
  );
}

export async function git(directory: string, ...order: readonly string[]): Promise<string> {
  return (await run('git', ['-C', directory, ...order])).stdout;
}
