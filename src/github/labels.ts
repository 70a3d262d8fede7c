/** Takes a label off a pull request. That it is not there any more is as good as having taken it off. */
import type { RemoveLabel } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { type Attempt, failed, named } from './attempt.ts';

/** What no further attempt mends: it is shown, so that a person takes it off. */
const STUCK = new Set([403, 410, 422]);

export async function removeLabel({ number, label, seen }: RemoveLabel, attempt: Attempt): Promise<Outcome> {
  const answer = await attempt.github('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
    ...named(attempt.repository),
    issue_number: number,
    name: label,
  });
  const status = answer.kind === 'answered' ? answer.status : undefined;
  if (status === 200 || status === 404) return removed(number, null, seen);
  const failure = failed(answer, attempt);
  const isLimit = failure.kind === 'later' && failure.pause !== undefined;
  const isStuck = status !== undefined && STUCK.has(status) && !isLimit;
  return isStuck ? removed(number, failure.reason.message, seen) : failure;
}

function removed(number: number, stuck: string | null, seen: RemoveLabel['seen']): Outcome {
  return { kind: 'done', learned: { kind: 'label-removed', number, stuck, seen } };
}
