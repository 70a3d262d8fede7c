/** Reads pull requests as they are now. */
import type { ListPulls, ReadPull } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { GitHubPullRequest } from '../../schemas/pull-request.ts';
import { type Attempt, failed, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { allPages } from './pages.ts';

export async function readPull({ number, sweep }: ReadPull, attempt: Attempt): Promise<Outcome> {
  const answer = await attempt.github('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...named(attempt.repository),
    pull_number: number,
  });
  if (answer.kind === 'answered' && answer.status === 404) {
    return { kind: 'done', learned: { kind: 'pull', number, pull: null, sweep } };
  }
  const read =
    answer.kind === 'answered' && answer.status === 200 ? GitHubPullRequest.safeParse(answer.body) : undefined;
  if (read?.success !== true) return failed(answer, attempt);
  return { kind: 'done', learned: { kind: 'pull', number, pull: read.data, sweep } };
}

/** GitHub's list of pull requests can't be filtered by label. Where the App may not look, there is nothing to say. */
export async function listPulls({ label }: ListPulls, attempt: Attempt): Promise<Outcome> {
  const open = await allPages('GET /repos/{owner}/{repo}/pulls', { state: 'open' }, GitHubPullRequest, attempt);
  if (!open.ok) return isShut(open.failure) ? { kind: 'done', learned: { kind: 'nothing' } } : open.failure;
  const pulls = open.value.filter(({ labels }) => labels.includes(label));
  return { kind: 'done', learned: { kind: 'pulls', pulls } };
}

/** Without the permission for pull requests deployments go on alone; a repository may be gone. */
function isShut({ reason }: Failure): boolean {
  return reason.code === 'forbidden' || reason.code === 'not-found';
}
