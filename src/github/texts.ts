/** Reads files of a repository as they are at one commit, and the rules that its promotions go by. */
import * as z from 'zod';
import { ownerOf, Repository } from '../words/repository.ts';
import { failed, ok, type Result } from '../words/result.ts';
import { ask, isRefused } from './ask.ts';
import { type Attempt, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { OWNERS_REPOSITORY } from './roles.ts';

/** What people write is far smaller; a larger file is none that Hawser should edit, or decide by. */
export const LARGEST = 256 * 1024;
export const RULES = '.github/image-promotion.yml';
const RAW = { accept: 'application/vnd.github.raw+json' };
const Text = z.string();

/** Null: there is no such file there. Without `ref`, on the default branch. */
export async function readText(
  path: string,
  ref: string | undefined,
  attempt: Attempt,
): Promise<Result<string | null, Failure>> {
  const parameters = { path, ...(ref === undefined ? {} : { ref }), headers: RAW };
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/contents/{path}', parameters, Text);
  if (read.ok) return read.value.length > LARGEST ? failed(tooLarge(path)) : read;
  return read.status === 404 ? ok(null) : read;
}

/** That the owner has none, or lets nobody read it, is the same: then the repository's own rules hold alone. */
export async function readOwnersRules(attempt: Attempt): Promise<Result<string | null, Failure>> {
  const repository = Repository.parse(`${ownerOf(attempt.repository)}/${OWNERS_REPOSITORY}`);
  const read = await ask(
    attempt,
    'GET /repos/{owner}/{repo}/contents/{path}',
    { ...named(repository), path: RULES, headers: RAW },
    Text,
  );
  if (read.ok) return read.value.length > LARGEST ? failed(tooLarge(`${repository}: ${RULES}`)) : read;
  return isRefused(read) ? ok(null) : read;
}

const Default = z.object({ default_branch: z.string().min(1) });

export async function readDefaultBranch(attempt: Attempt): Promise<Result<string, Failure>> {
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}', {}, Default);
  return read.ok ? ok(read.value.default_branch) : read;
}

function tooLarge(path: string): Failure {
  return { kind: 'dead', reason: { code: 'too-large', message: `${path} has more than ${LARGEST} characters` } };
}
