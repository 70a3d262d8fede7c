/** Asks GitHub whether a person may write to the repository: https://docs.github.com/rest/collaborators/collaborators */
import * as z from 'zod';
import type { ReadPermission } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { ok, type Result } from '../words/result.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './outcome.ts';

/** `maintain` is told as `write`, and `triage` as `read`. */
const Permission = z.object({ permission: z.enum(['admin', 'write', 'read', 'none']) });

export async function readPermission({ number, login }: ReadPermission, attempt: Attempt): Promise<Outcome> {
  const read = await readMayWrite(login, attempt);
  if (!read.ok) return read.failure;
  return { kind: 'done', learned: { kind: 'permission', number, login, mayWrite: read.value } };
}

export async function readMayWrite(username: string, attempt: Attempt): Promise<Result<boolean, Failure>> {
  const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
  const read = await ask(attempt, route, { username }, Permission);
  if (read.ok) return ok(read.value.permission === 'admin' || read.value.permission === 'write');
  // Somebody whom GitHub doesn't know here.
  return read.status === 404 ? ok(false) : read;
}
