/** Keeps commit statuses, and says how each context of a commit (statuses and check runs) stands. */
import type { Context } from 'hono';
import * as z from 'zod';
import { readBody, textOf } from './body.ts';
import { timestamp } from './clock.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { pageOf } from './pages.ts';
import { invalid, missing, Refusal } from './refusal.ts';
import { findCommit, readInner } from './resolve.ts';
import type { CommitStatus } from './state.ts';
import { type Env, loginOf, type Routes, userOf, type World } from './world.ts';

const states = ['error', 'failure', 'pending', 'success'];
const Creator = z.looseObject({ avatar_url: z.string() }).nullable();
const CheckRuns = z.object({
  check_runs: z.array(
    z.object({ id: z.number(), name: z.string(), status: z.string(), conclusion: z.string().nullable() }),
  ),
});

export function routeCommitStatuses(routes: Routes, world: World): void {
  routes.post('/repos/:owner/:repo/statuses/:sha', async (c) => {
    const repository = c.get('repository');
    const sha = await findCommit(world, repository, c.req.param('sha'));
    if (sha !== c.req.param('sha')) throw new Refusal(422, `No commit found for SHA: ${c.req.param('sha')}`);
    const body = await readBody(c);
    const state = textOf(body, 'state');
    if (state === undefined) throw missing('state');
    if (!states.includes(state)) throw invalid('Status', 'state', 'state is not included in the list', state);
    const status: CommitStatus = {
      id: world.state.id(),
      repository: repository.id,
      sha,
      context: textOf(body, 'context') ?? 'default',
      state,
      description: textOf(body, 'description') ?? null,
      target_url: textOf(body, 'target_url') ?? null,
      creator: loginOf(world, c.env.caller),
      created_at: timestamp(world.clock.now()),
    };
    world.state.commitStatuses.push(status);
    world.changed();
    const view = await statusView(world, repository, status);
    world.announce({
      event: 'status',
      action: null,
      payload: { ...view, sha, name: repository.full_name },
      repository,
      sender: status.creator,
    });
    return c.json(view, 201);
  });
  // A ref may have slashes, which a path parameter in the middle of a route cannot.
  routes.get('/repos/:owner/:repo/commits/:path{.+/statuses}', async (c) => {
    const statuses = statusesOf(world, c.get('repository'), await readCommit(world, c)).reverse();
    return c.json(await views(world, c.get('repository'), pageOf(c, statuses)));
  });
  routes.get('/repos/:owner/:repo/commits/:path{.+/status}', async (c) => {
    const repository = c.get('repository');
    const sha = await readCommit(world, c);
    const latest = [...latestOf(statusesOf(world, repository, sha)).values()];
    const statuses = await views(world, repository, pageOf(c, latest));
    const url = `${world.url}/repos/${repository.full_name}/commits/${sha}`;
    return c.json({
      state: combined(latest),
      sha,
      total_count: latest.length,
      statuses,
      repository: await readInner(world, repository, ''),
      commit_url: url,
      url: `${url}/status`,
    });
  });
}

function views(world: World, repository: InnerRepository, statuses: readonly CommitStatus[]): Promise<unknown[]> {
  return Promise.all(statuses.map((status) => statusView(world, repository, status)));
}

async function readCommit(world: World, c: Context<Env>): Promise<string> {
  const ref = c.req.param('path')?.replace(/\/status(es)?$/, '') ?? '';
  const sha = await findCommit(world, c.get('repository'), ref);
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

function statusesOf(world: World, repository: InnerRepository, sha: string): CommitStatus[] {
  return world.state.commitStatuses.filter((status) => status.repository === repository.id && status.sha === sha);
}

function latestOf(statuses: readonly CommitStatus[]): Map<string, CommitStatus> {
  return new Map(statuses.map((status) => [status.context, status]));
}

/** GitHub Docs, "Get the combined status for a specific reference". */
function combined(statuses: readonly CommitStatus[]): string {
  if (statuses.some(({ state }) => state === 'error' || state === 'failure')) return 'failure';
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success';
}

/** Context to state; a check run counts under its name. */
export async function contextsOf(world: World, repository: InnerRepository, sha: string): Promise<Map<string, string>> {
  const contexts = new Map<string, string>();
  const { check_runs } = CheckRuns.parse(
    (await readInner(world, repository, `/commits/${sha}/check-runs?per_page=100`)) ?? { check_runs: [] },
  );
  for (const run of check_runs.sort((a, b) => a.id - b.id)) contexts.set(run.name, stateOf(run));
  for (const [context, { state }] of latestOf(statusesOf(world, repository, sha))) contexts.set(context, state);
  return contexts;
}

function stateOf(run: { status: string; conclusion: string | null }): string {
  if (run.status !== 'completed') return 'pending';
  return ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '') ? 'success' : 'failure';
}

async function statusView(world: World, repository: InnerRepository, status: CommitStatus) {
  const { id, state, context, description, target_url, created_at } = status;
  const url = `${world.url}/repos/${repository.full_name}/statuses/${status.sha}`;
  const creator = Creator.parse(await userOf(world, status.creator));
  return {
    url,
    id,
    node_id: Buffer.from(`SC_${id}`).toString('base64'),
    avatar_url: creator?.avatar_url ?? null,
    state,
    context,
    description,
    target_url,
    created_at,
    updated_at: created_at,
    creator,
  };
}
