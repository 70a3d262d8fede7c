/**
 * Takes a label off a pull request. That it is not there any more is as good as having taken it off; but GitHub says 404 as
 * well where the App may no longer look, or where there is no such pull request, so the labels themselves are read then.
 */
import * as z from 'zod';
import type { RemoveLabel } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { type Attempt, failed, named } from './attempt.ts';
import { allPages } from './pages.ts';

/** Put on anew meanwhile, or GitHub's answers lag behind each other. */
const STILL_ON: Outcome = {
  kind: 'later',
  certain: true,
  reason: { code: 'label-still-on', message: 'GitHub finds no such label to take off, and lists it all the same' },
};

const Label = z.object({ name: z.string() });

/** What no further attempt mends: it is shown, so that a person takes it off. */
const STUCK = new Set([403, 410, 422]);

export async function removeLabel({ number, label, seen }: RemoveLabel, attempt: Attempt): Promise<Outcome> {
  const answer = await attempt.github('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
    ...named(attempt.repository),
    issue_number: number,
    name: label,
  });
  const status = answer.kind === 'answered' ? answer.status : undefined;
  if (status === 200) return removed(number, null, seen);
  if (status === 404) return lookedFor({ number, label, seen }, attempt);
  const failure = failed(answer, attempt);
  const isLimit = failure.kind === 'later' && failure.pause !== undefined;
  const isStuck = status !== undefined && STUCK.has(status) && !isLimit;
  return isStuck ? removed(number, failure.reason.message, seen) : failure;
}

async function lookedFor(
  { number, label, seen }: Omit<RemoveLabel, 'kind' | 'at'>,
  attempt: Attempt,
): Promise<Outcome> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/labels';
  const labels = await allPages(route, { issue_number: number }, Label, attempt);
  if (!labels.ok) return labels.failure;
  // GitHub tells labels apart without case.
  const isOn = labels.value.some(({ name }) => name.toLowerCase() === label.toLowerCase());
  return isOn ? STILL_ON : removed(number, null, seen);
}

function removed(number: number, stuck: string | null, seen: RemoveLabel['seen']): Outcome {
  return { kind: 'done', learned: { kind: 'label-removed', number, stuck, seen } };
}
