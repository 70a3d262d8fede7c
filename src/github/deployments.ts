/** Creates a rollout's deployment; after an uncertain end it first looks for its own earlier one. */
import * as z from 'zod';
import type { CreateDeployment, RetireDeployment } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { ok, type Result } from '../words/result.ts';
import { clipped, oneLine } from '../words/text.ts';
import { type Attempt, failed, named } from './attempt.ts';
import { LONGEST_DESCRIPTION, postStatus } from './deployment-statuses.ts';
import type { Failure } from './outcome.ts';
import { allPages } from './pages.ts';
import { hawserKeyIn, rolloutKey } from './payload.ts';

const TASK = 'deploy';

const Deployment = z.object({ id: z.number(), payload: z.unknown() });

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
  // GitHub filters by commit, task and environment, and not by payload.
  const { sha, environment } = effect;
  const route = 'GET /repos/{owner}/{repo}/deployments';
  const listed = await allPages(route, { sha, task: TASK, environment }, Deployment, attempt);
  if (!listed.ok) return listed;
  const ids = listed.value.filter(({ payload }) => hawserKeyIn(payload) === key).map(({ id }) => id);
  const [id, ...doubles] = [...new Set(ids)].sort((a, b) => a - b);
  return ok(id === undefined ? undefined : { id, doubles });
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

/** It was made by somebody else, who asked Hawser to go on with it where there is nothing left to do. */
export async function retireDeployment(
  { deployment, description }: RetireDeployment,
  attempt: Attempt,
): Promise<Outcome> {
  const answer = await postStatus(deployment, { state: 'inactive', description }, attempt);
  const isDone = answer.kind === 'answered' && (answer.status === 201 || answer.status === 404);
  return isDone ? { kind: 'done', learned: { kind: 'nothing' } } : failed(answer, attempt);
}
