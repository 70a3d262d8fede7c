/** Reads files of a repository as they are at one commit. */
import * as z from 'zod';
import { ok, type Result } from '../words/result.ts';
import { type Asked, ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './outcome.ts';

/** What people write is far smaller. Of a longer text the beginning is read: enough to see that it is too long. */
export const LARGEST = 256 * 1024;
export const RAW = { accept: 'application/vnd.github.raw+json' };
export const Text = z.string().transform((text) => text.slice(0, LARGEST));

/** Null: there is no such file there. */
export async function readText(path: string, ref: string, attempt: Attempt): Promise<Result<string | null, Failure>> {
  const parameters = { path, ref, headers: RAW };
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/contents/{path}', parameters, Text);
  if (read.ok) return read;
  return read.status === 404 ? ok(null) : read;
}

const Default = z.object({ default_branch: z.string().min(1) });

export async function readDefaultBranch(attempt: Attempt): Promise<Asked<string>> {
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}', {}, Default);
  return read.ok ? ok(read.value.default_branch) : read;
}
