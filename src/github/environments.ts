/** Removes an environment that one preview had to itself. It takes administration, which nobody has to grant: that it stays harms nobody. */
import type { DeleteEnvironment } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { log } from '../log.ts';
import { type Attempt, failed, named } from './attempt.ts';

const SOFT = new Set([204, 403, 404]);

export async function deleteEnvironment({ environment }: DeleteEnvironment, attempt: Attempt): Promise<Outcome> {
  const answer = await attempt.github('DELETE /repos/{owner}/{repo}/environments/{environment_name}', {
    ...named(attempt.repository),
    environment_name: environment,
  });
  const failure = failed(answer, attempt);
  const isLimit = failure.kind === 'later' && failure.pause !== undefined;
  const isOver = answer.kind === 'answered' && SOFT.has(answer.status) && !isLimit;
  if (isOver && answer.status === 403) {
    log('environment kept', { repository: attempt.repository, environment, needs: 'administration: write' });
  }
  return isOver ? { kind: 'done', learned: { kind: 'nothing' } } : failure;
}
