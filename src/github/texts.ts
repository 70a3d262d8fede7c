/** Reads files of a repository as they are at one commit, and the rules that its promotions go by. */
import * as z from 'zod';
import { RULES_FILE } from '../../schemas/promotion-rules.ts';
import { ownerOf, Repository } from '../words/repository.ts';
import { ok, type Result } from '../words/result.ts';
import { ask, isRefused } from './ask.ts';
import { type Attempt, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { OWNERS_REPOSITORY } from './roles.ts';

/** What people write is far smaller. Of a longer text the beginning is read: enough to see that it is too long. */
export const LARGEST = 256 * 1024;
const RAW = { accept: 'application/vnd.github.raw+json' };
const Text = z.string().transform((text) => text.slice(0, LARGEST));

/** Null: there is no such file there. */
export async function readText(path: string, ref: string, attempt: Attempt): Promise<Result<string | null, Failure>> {
  const parameters = { path, ref, headers: RAW };
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/contents/{path}', parameters, Text);
  if (read.ok) return read;
  return read.status === 404 ? ok(null) : read;
}

/** That the owner has none, or lets nobody read it, is the same: then the repository's own rules hold alone. */
export async function readOwnersRules(attempt: Attempt): Promise<Result<string | null, Failure>> {
  const repository = Repository.parse(`${ownerOf(attempt.repository)}/${OWNERS_REPOSITORY}`);
  const read = await ask(
    attempt,
    'GET /repos/{owner}/{repo}/contents/{path}',
    { ...named(repository), path: RULES_FILE, headers: RAW },
    Text,
  );
  if (read.ok) return read;
  return isRefused(read) ? ok(null) : read;
}

const Default = z.object({ default_branch: z.string().min(1) });

export async function readDefaultBranch(attempt: Attempt): Promise<Result<string, Failure>> {
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}', {}, Default);
  return read.ok ? ok(read.value.default_branch) : read;
}
