/** Creates a rollout's deployment and writes its statuses; after an uncertain end it first looks for its own earlier work. */
import * as z from 'zod';
import type { CreateDeployment, WriteStatus } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { failed as failedWith, ok, type Result } from '../words/result.ts';
import { clipped, oneLine } from '../words/text.ts';
import { type Attempt, failed, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { hawserKeyIn, rolloutKey } from './payload.ts';

const TASK = 'deploy';
const PAGE = 100;
/** Ten thousand deployments of one commit in one environment: whoever has more has another problem. */
const MOST_PAGES = 100;
const LONGEST_DESCRIPTION = 140;

const Deployment = z.object({ id: z.number(), payload: z.unknown() });
const Deployments = z.array(Deployment);
type Deployment = z.infer<typeof Deployment>;

export async function createDeployment(effect: CreateDeployment, attempt: Attempt): Promise<Outcome> {
  const key = await rolloutKey(effect.rollout);
  if (attempt.look) {
    const own = await findOwn(effect, key, attempt);
    if (!own.ok) return own.failure;
    if (own.value !== undefined) return adopt(effect, own.value, attempt);
  }
  const answer = await attempt.github('POST /repos/{owner}/{repo}/deployments', {
    ...named(attempt.repository),
    ref: effect.sha,
    task: TASK,
    // Both default to something that makes GitHub merge or refuse instead of creating.
    auto_merge: false,
    required_contexts: [],
    environment: effect.environment,
    transient_environment: effect.transient,
    production_environment: effect.production,
    description: clipped(oneLine(effect.description), LONGEST_DESCRIPTION),
    payload: { hawser: { v: 1, key, app: effect.app, instance: effect.instance, pr: effect.pr } },
  });
  const created = answer.kind === 'answered' && answer.status === 201 ? Deployment.safeParse(answer.body) : undefined;
  return created?.success === true ? deployed(effect, created.data.id) : failed(answer, attempt);
}

function deployed(effect: CreateDeployment, id: number): Outcome {
  return { kind: 'done', learned: { kind: 'deployment', rollout: effect.rollout, id } };
}

type Own = { readonly id: number; readonly doubles: readonly number[] };

/** The lowest id is the deployment's own; what a lost race left beside it are doubles. */
async function findOwn(
  effect: CreateDeployment,
  key: string,
  attempt: Attempt,
): Promise<Result<Own | undefined, Failure>> {
  const listed = await listDeployments(effect, attempt);
  if (!listed.ok) return listed;
  const ids = listed.value.filter(({ payload }) => hawserKeyIn(payload) === key).map(({ id }) => id);
  const [id, ...doubles] = [...new Set(ids)].sort((a, b) => a - b);
  return ok(id === undefined ? undefined : { id, doubles });
}

/** GitHub filters by commit, task and environment, and not by payload. */
async function listDeployments(
  { sha, environment }: CreateDeployment,
  attempt: Attempt,
): Promise<Result<readonly Deployment[], Failure>> {
  const found: Deployment[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await attempt.github('GET /repos/{owner}/{repo}/deployments', {
      ...named(attempt.repository),
      sha,
      task: TASK,
      environment,
      per_page: PAGE,
      page,
    });
    const deployments =
      answer.kind === 'answered' && answer.status === 200 ? Deployments.safeParse(answer.body) : undefined;
    if (answer.kind === 'broken' || deployments?.success !== true) return failedWith(failed(answer, attempt));
    found.push(...deployments.data);
    if (!/\brel="next"/.test(answer.headers['link'] ?? '')) break;
  }
  return ok(found);
}

async function adopt(effect: CreateDeployment, { id, doubles }: Own, attempt: Attempt): Promise<Outcome> {
  for (const double of doubles) {
    const answer = await postStatus(
      double,
      { state: 'inactive', description: `A double of deployment ${id}` },
      attempt,
    );
    const failure = answer.kind === 'answered' && answer.status === 201 ? undefined : failed(answer, attempt);
    // A double that will not be marked must not keep the rollout from its deployment.
    if (failure?.kind === 'later') return failure;
  }
  return deployed(effect, id);
}

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

function postStatus(deployment: number, status: Readonly<Record<string, string | undefined>>, attempt: Attempt) {
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
