/** Creates, lists and deletes deployments by the rules of GitHub's REST API. */
import type { Context } from 'hono';
import { type Fields, flagOf, isFields, readBody, textOf } from './body.ts';
import { timestamp } from './clock.ts';
import { contextsOf } from './commit-statuses.ts';
import { deploymentView } from './deployment-view.ts';
import { enterEnvironment } from './environments.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { mergeBranches } from './merges.ts';
import { pageOf } from './pages.ts';
import { invalid, missing, notFound, Refusal, requireShort } from './refusal.ts';
import { compare, findCommit, isBranch } from './resolve.ts';
import type { Deployment } from './state.ts';
import { type Env, loginOf, type Routes, type World } from './world.ts';

const filters = ['sha', 'ref', 'task', 'environment'] as const;

export function routeDeployments(routes: Routes, world: World): void {
  routes.post('/repos/:owner/:repo/deployments', async (c) => {
    const outcome = await create(world, c, await readBody(c));
    if ('merged' in outcome) return c.json({ message: outcome.merged }, 202);
    const view = await deploymentView(world, c.get('repository'), outcome.deployment);
    world.announce({
      event: 'deployment',
      action: 'created',
      payload: { deployment: view, workflow: null, workflow_run: null },
      repository: c.get('repository'),
      sender: outcome.deployment.creator,
    });
    return c.json(view, 201);
  });
  routes.get('/repos/:owner/:repo/deployments', async (c) => {
    const wanted = deploymentsOf(world, c.get('repository')).filter((deployment) =>
      filters.every((name) => matches(c, deployment, name)),
    );
    return c.json(
      await Promise.all(pageOf(c, wanted.reverse()).map((one) => deploymentView(world, c.get('repository'), one))),
    );
  });
  routes.get('/repos/:owner/:repo/deployments/:id', async (c) => {
    return c.json(await deploymentView(world, c.get('repository'), readDeployment(world, c)));
  });
  routes.delete('/repos/:owner/:repo/deployments/:id', (c) => {
    const deployment = readDeployment(world, c);
    // GitHub Docs, "Delete a deployment": the only one may go at any time, any other must not be active, and
    // "any non-successful deployment status" makes it inactive. The text of the refusal is ours.
    const active = ['success', undefined].includes(deployment.statuses.at(-1)?.state);
    if (active && deploymentsOf(world, c.get('repository')).length > 1) {
      throw new Refusal(
        422,
        'We cannot delete an active deployment unless it is the only deployment in a given repository.',
      );
    }
    world.state.deployments.delete(deployment.id);
    world.changed();
    return c.body(null, 204);
  });
}

/** Oldest first. */
export function deploymentsOf(world: World, repository: InnerRepository): Deployment[] {
  return [...world.state.deployments.values()].filter((deployment) => deployment.repository === repository.id);
}

export function readDeployment(world: World, c: Context<Env>): Deployment {
  const deployment = world.state.deployments.get(Number(c.req.param('id')));
  if (!deployment || deployment.repository !== c.get('repository').id) throw notFound();
  return deployment;
}

function matches(c: Context<Env>, deployment: Deployment, name: (typeof filters)[number]): boolean {
  const wanted = c.req.query(name);
  if (wanted === undefined || wanted === 'none') return true;
  return name === 'environment' ? same(deployment.environment, wanted) : deployment[name] === wanted;
}

/** Environment names are case-insensitive (GitHub Docs, "Managing environments for deployment"). */
export function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function create(
  world: World,
  c: Context<Env>,
  body: Fields,
): Promise<{ deployment: Deployment } | { merged: string }> {
  const repository = c.get('repository');
  const ref = textOf(body, 'ref');
  if (ref === undefined) throw missing('ref');
  const description = textOf(body, 'description') ?? null;
  requireShort('Deployment', description);
  const wished = textOf(body, 'environment') ?? 'production';
  if (wished.length > 255)
    throw invalid('Deployment', 'environment', 'environment is too long (maximum is 255 characters)');
  const payload = body['payload'] ?? {};
  if (typeof payload !== 'string' && !isFields(payload))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/payload', it is not an object or a string.");
  const flags = {
    transient_environment: flagOf(body, 'transient_environment') ?? false,
    production_environment: flagOf(body, 'production_environment') ?? wished === 'production',
  };
  const sha = await findCommit(world, repository, ref);
  if (!sha) throw new Refusal(422, `No ref found for: ${ref}`);
  if (flagOf(body, 'auto_merge') ?? true) {
    const merged = await catchUp(world, c, ref);
    if (merged) return { merged };
  }
  await requireContexts(world, repository, ref, sha, body['required_contexts']);
  const at = timestamp(world.clock.now());
  const deployment: Deployment = {
    id: world.state.id(),
    repository: repository.id,
    sha,
    ref,
    task: textOf(body, 'task') ?? 'deploy',
    environment: wished,
    payload,
    description,
    ...flags,
    creator: loginOf(world, c.env.caller),
    viaApp: c.env.caller.role === 'installation',
    created_at: at,
    updated_at: at,
    statuses: [],
  };
  world.state.deployments.set(deployment.id, deployment);
  enterEnvironment(world, repository, wished);
  world.changed();
  return { deployment };
}

/** Only a branch can be merged into; for a tag or a SHA we take it that GitHub lets the wish be. */
async function catchUp(world: World, c: Context<Env>, ref: string): Promise<string | undefined> {
  const repository = c.get('repository');
  const base = repository.default_branch;
  if (ref === base || !(await isBranch(world, repository, ref))) return undefined;
  const { behind_by } = await compare(world, repository, base, ref);
  if (behind_by === 0) return undefined;
  const outcome = await mergeBranches(world, c.env.caller, repository, {
    into: ref,
    from: base,
    message: `Merge ${base} into ${ref}`,
  });
  if (outcome.kind === 'conflict') throw new Refusal(409, `Conflict merging ${base} into ${ref}.`);
  return `Auto-merged ${base} into ${ref} on deployment.`;
}

async function requireContexts(
  world: World,
  repository: InnerRepository,
  ref: string,
  sha: string,
  wish: unknown,
): Promise<void> {
  const contexts = await contextsOf(world, repository, sha);
  const required = Array.isArray(wish) ? wish.map(String) : [...contexts.keys()];
  const failed = required
    .map((context) => ({ context, state: contexts.get(context) ?? 'missing' }))
    .filter(({ state }) => state !== 'success');
  if (failed.length === 0) return;
  throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`, [
    { contexts: failed, resource: 'Deployment', field: 'required_contexts', code: 'invalid' },
  ]);
}
