/** Asks GitHub whether a person may write to the repository: https://docs.github.com/rest/collaborators/collaborators */
import * as z from 'zod';
import type { ReadPermission } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { type Attempt, failed, named } from './attempt.ts';

/** `maintain` is told as `write`, and `triage` as `read`. */
const Permission = z.object({ permission: z.enum(['admin', 'write', 'read', 'none']) });

export async function readPermission({ number, login }: ReadPermission, attempt: Attempt): Promise<Outcome> {
  const answer = await attempt.github('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
    ...named(attempt.repository),
    username: login,
  });
  // Somebody whom GitHub doesn't know here.
  if (answer.kind === 'answered' && answer.status === 404) return learned(number, login, false);
  const read = answer.kind === 'answered' && answer.status === 200 ? Permission.safeParse(answer.body) : undefined;
  if (read?.success !== true) return failed(answer, attempt);
  return learned(number, login, read.data.permission === 'admin' || read.data.permission === 'write');
}

function learned(number: number, login: string, mayWrite: boolean): Outcome {
  return { kind: 'done', learned: { kind: 'permission', number, login, mayWrite } };
}
