/** Refuses to write where git has changes that are not committed: what is written could no longer be told from them. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refused } from './refused.ts';

export function refuseDirty(root: string, repositories: readonly { readonly folder: string }[]): void {
  for (const { folder } of repositories) {
    const directory = join(root, folder);
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true || !isInGit(directory)) continue;
    const { status, stdout, stderr, error } = git(directory);
    if (status !== 0) {
      const why = error?.message ?? stderr.split('\n')[0];
      throw new Refused(
        `${directory}: git does not tell whether all is committed (${why}); --force writes all the same`,
      );
    }
    if (stdout !== '') {
      throw new Refused(
        `${directory}: has changes that are not committed; commit them, or write all the same by --force`,
      );
    }
  }
}

function git(directory: string) {
  // Inside a hook these name another repository.
  const { GIT_DIR: _, GIT_WORK_TREE: __, GIT_INDEX_FILE: ___, ...env } = process.env;
  return spawnSync('git', ['--no-optional-locks', 'status', '--porcelain', '--', '.'], {
    cwd: directory,
    env,
    encoding: 'utf8',
  });
}

function isInGit(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true;
  const above = dirname(directory);
  return above !== directory && isInGit(above);
}
