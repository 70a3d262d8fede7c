/** Closes a pull request that another one replaces, says so in a comment, and removes its branch. Each step may be repeated. */
import * as z from 'zod';
import type { ClosePull } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { Anything, ask, isRefused, removeBranch } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { allPages } from './pages.ts';

const Comment = z.object({ body: z.string().nullish() });

export async function closePull(effect: ClosePull, attempt: Attempt): Promise<Outcome> {
  const { number, comment: body, deleteBranch } = effect;
  const comments = 'repos/{owner}/{repo}/issues/{issue_number}/comments';
  const said = attempt.look
    ? await allPages(`GET /${comments}`, { issue_number: number }, Comment, attempt)
    : undefined;
  if (said?.ok === false) return said.failure;
  if (said?.value.some((comment) => comment.body === body) !== true) {
    const told = await ask(attempt, `POST /${comments}`, { issue_number: number, body }, Anything);
    // A locked conversation takes no comment, and is closed all the same.
    if (!told.ok && !isRefused(told)) return told.failure;
  }
  const parameters = { pull_number: number, state: 'closed' };
  const closed = await ask(attempt, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters, Anything);
  if (!closed.ok && closed.status !== 404) return closed.failure;
  await removeBranch(deleteBranch, attempt);
  return { kind: 'done', learned: { kind: 'nothing' } };
}
