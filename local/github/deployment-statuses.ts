/** Adds and lists a deployment's statuses, and retires the deployments that a success replaces. */
import type { Context } from 'hono';
import { type Fields, flagOf, readBody, textOf } from './body.ts';
import { timestamp } from './clock.ts';
import { deploymentView, statusView } from './deployment-view.ts';
import { deploymentsOf, readDeployment, same } from './deployments.ts';
import { enterEnvironment } from './environments.ts';
import { pageOf } from './pages.ts';
import { invalid, missing, notFound, Refusal, requireShort } from './refusal.ts';
import type { Deployment, Status } from './state.ts';
import { type Env, loginOf, type Routes, type World } from './world.ts';

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];
const path = '/repos/:owner/:repo/deployments/:id/statuses';

export function routeDeploymentStatuses(routes: Routes, world: World): void {
  routes.post(path, async (c) => {
    const deployment = readDeployment(world, c);
    const body = await readBody(c);
    const status = add(world, deployment, parseStatus(world, c, deployment, body));
    if (status.state === 'success' && (flagOf(body, 'auto_inactive') ?? true)) retireOthers(world, c, deployment);
    world.changed();
    const view = await statusView(world, c.get('repository'), deployment, status);
    await announce(world, c, deployment, status, view);
    return c.json(view, 201);
  });
  routes.get(path, async (c) => {
    const deployment = readDeployment(world, c);
    const newestFirst = [...deployment.statuses].reverse();
    return c.json(
      await Promise.all(
        pageOf(c, newestFirst).map((status) => statusView(world, c.get('repository'), deployment, status)),
      ),
    );
  });
  routes.get(`${path}/:status`, async (c) => {
    const deployment = readDeployment(world, c);
    const status = deployment.statuses.find(({ id }) => String(id) === c.req.param('status'));
    if (!status) throw notFound();
    return c.json(await statusView(world, c.get('repository'), deployment, status));
  });
}

function parseStatus(
  world: World,
  c: Context<Env>,
  deployment: Deployment,
  body: Fields,
): Omit<Status, 'id' | 'created_at'> {
  const state = textOf(body, 'state');
  if (state === undefined) throw missing('state');
  if (!states.includes(state)) throw invalid('DeploymentStatus', 'state', 'state is not included in the list', state);
  const description = textOf(body, 'description') ?? '';
  requireShort('DeploymentStatus', description);
  const environment = textOf(body, 'environment') ?? deployment.environment;
  if (!same(environment, deployment.environment)) {
    enterEnvironment(world, c.get('repository'), environment);
    deployment.environment = environment;
  }
  return {
    state,
    description,
    log_url: urlOf(body, 'log_url') ?? urlOf(body, 'target_url') ?? '',
    environment_url: urlOf(body, 'environment_url') ?? '',
    environment,
    creator: loginOf(world, c.env.caller),
    viaApp: c.env.caller.role === 'installation',
  };
}

function urlOf(body: Fields, field: string): string | undefined {
  const url = textOf(body, field);
  if (url && !/^https?:\/\//.test(url))
    throw invalid('DeploymentStatus', field, `${field} must use http(s) scheme`, url);
  return url;
}

function add(world: World, deployment: Deployment, fields: Omit<Status, 'id' | 'created_at'>): Status {
  // The number is not documented; the message was reported by users who met it.
  if (deployment.statuses.length >= world.limits.statusesPerDeployment) {
    throw new Refusal(422, 'Validation Failed', [
      {
        resource: 'DeploymentStatus',
        code: 'custom',
        field: 'deployment',
        message: 'This deployment has reached the maximum number of statuses.',
      },
    ]);
  }
  const at = timestamp(world.clock.now());
  const status = { ...fields, id: world.state.id(), created_at: at };
  deployment.statuses.push(status);
  deployment.updated_at = at;
  return status;
}

/**
 * GitHub Docs, "Create a deployment status": `inactive` is added to all prior non-transient, non-production deployments of
 * the same repository and environment name that had a success state.
 */
function retireOthers(world: World, c: Context<Env>, winner: Deployment): void {
  for (const other of deploymentsOf(world, c.get('repository'))) {
    if (other.id >= winner.id || other.transient_environment || other.production_environment) continue;
    const last = other.statuses.at(-1);
    if (last?.state !== 'success' || !same(other.environment, winner.environment)) continue;
    if (other.statuses.length >= world.limits.statusesPerDeployment) continue;
    add(world, other, { ...last, state: 'inactive', description: '', creator: loginOf(world, c.env.caller) });
  }
}

/** GitHub Docs, "Webhook events and payloads": no event is created when the state is set to inactive. */
async function announce(
  world: World,
  c: Context<Env>,
  deployment: Deployment,
  status: Status,
  view: unknown,
): Promise<void> {
  if (status.state === 'inactive') return;
  const shown = await deploymentView(world, c.get('repository'), deployment);
  world.announce({
    event: 'deployment_status',
    action: 'created',
    payload: { deployment_status: view, deployment: shown, check_run: null, workflow: null, workflow_run: null },
    repository: c.get('repository'),
    sender: status.creator,
  });
}
