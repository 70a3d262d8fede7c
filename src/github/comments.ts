/** Writes the one comment of a pull request: edits the one whose id is known, or that carries the marker, or makes it. */
import * as z from 'zod';
import type { WriteComment } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { failed as failedWith, ok, type Result } from '../words/result.ts';
import { type Attempt, failed, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { allPages } from './pages.ts';

const Comment = z.object({
  id: z.number(),
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ''),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
});

export async function writeComment(effect: WriteComment, attempt: Attempt): Promise<Outcome> {
  if (effect.id !== null) {
    const edited = await edit(effect, effect.id, attempt);
    if (edited !== undefined) return edited;
  }
  // After an uncertain end, and where the known one is gone, one of ours may be there.
  if (effect.look || effect.id !== null || attempt.look) {
    const own = await findOwn(effect, attempt);
    if (!own.ok) return own.failure;
    const edited = own.value === undefined ? undefined : await edit(effect, own.value, attempt);
    if (edited !== undefined) return edited;
  }
  const answer = await attempt.github('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...named(attempt.repository),
    issue_number: effect.number,
    body: effect.body,
  });
  const made = answer.kind === 'answered' && answer.status === 201 ? Comment.safeParse(answer.body) : undefined;
  return made?.success === true ? written(effect, made.data.id) : failed(answer, attempt);
}

/** Undefined: there is no such comment any more. */
async function edit(effect: WriteComment, id: number, attempt: Attempt): Promise<Outcome | undefined> {
  const answer = await attempt.github('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    ...named(attempt.repository),
    comment_id: id,
    body: effect.body,
  });
  if (answer.kind === 'answered' && answer.status === 404) return undefined;
  return answer.kind === 'answered' && answer.status === 200 ? written(effect, id) : failed(answer, attempt);
}

function written({ number, body }: WriteComment, id: number): Outcome {
  return { kind: 'done', learned: { kind: 'comment', number, id, body } };
}

/** The marker is the text's first line. Anybody can write it, and any App, so only what this App has written counts. */
async function findOwn({ number, body }: WriteComment, attempt: Attempt): Promise<Result<number | undefined, Failure>> {
  const [marker = ''] = body.split('\n', 1);
  const comments = await allPages(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { issue_number: number },
    Comment,
    attempt,
  );
  if (!comments.ok) return failedWith(comments.failure);
  const own = comments.value.find(
    (comment) => comment.body.startsWith(marker) && String(comment.performed_via_github_app?.id) === attempt.app,
  );
  return ok(own?.id);
}
