/** Writes a deployment's status; after an uncertain end it first looks whether the newest one says so already. */
import * as z from 'zod';
import type { WriteStatus } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { failed as failedWith, ok, type Result } from '../words/result.ts';
import { clipped, oneLine } from '../words/text.ts';
import { type Attempt, failed, named } from './attempt.ts';
import type { Failure } from './outcome.ts';

/** GitHub refuses more with 422. */
export const LONGEST_DESCRIPTION = 140;
const PAGE = 100;

export async function writeStatus(effect: WriteStatus, attempt: Attempt): Promise<Outcome> {
  const { rollout, deployment, status } = effect;
  const wanted = {
    state: status.state,
    description: clipped(oneLine(status.description), LONGEST_DESCRIPTION),
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
  };
  const done = { kind: 'done', learned: { kind: 'status', rollout, status } } as const;
  if (attempt.look) {
    const newest = await newestStatus(deployment, attempt);
    if (!newest.ok) return newest.failure;
    if (newest.value !== undefined && isSame(newest.value, wanted)) return done;
  }
  const answer = await postStatus(deployment, wanted, attempt);
  return answer.kind === 'answered' && answer.status === 201 ? done : failed(answer, attempt);
}

export function postStatus(deployment: number, status: Readonly<Record<string, string | undefined>>, attempt: Attempt) {
  return attempt.github('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...named(attempt.repository),
    deployment_id: deployment,
    ...status,
    // Hawser supersedes its own; GitHub's way would retire another application's deployment of the same environment.
    auto_inactive: false,
  });
}

/** An absent URL comes back as an empty text. */
const Link = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text));
const WrittenStatus = z.object({
  id: z.number(),
  state: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
  log_url: Link,
  environment_url: Link,
});
type WrittenStatus = z.infer<typeof WrittenStatus>;

/** GitHub lists the newest first, which its documentation does not promise: the highest id decides. */
async function newestStatus(deployment: number, attempt: Attempt): Promise<Result<WrittenStatus | undefined, Failure>> {
  const answer = await attempt.github('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...named(attempt.repository),
    deployment_id: deployment,
    per_page: PAGE,
  });
  const statuses =
    answer.kind === 'answered' && answer.status === 200 ? z.array(WrittenStatus).safeParse(answer.body) : undefined;
  if (statuses?.success !== true) return failedWith(failed(answer, attempt));
  return ok(statuses.data.toSorted((a, b) => b.id - a.id)[0]);
}

function isSame(
  written: WrittenStatus,
  wanted: { state: string; description: string; log_url: string | undefined; environment_url: string | undefined },
): boolean {
  return (
    written.state === wanted.state &&
    written.description === wanted.description &&
    written.log_url === wanted.log_url &&
    written.environment_url === wanted.environment_url
  );
}
