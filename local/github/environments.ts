/** Lists and deletes environments, which appear with the first deployment that names them. */
import { timestamp } from './clock.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { pageOf } from './pages.ts';
import { notFound } from './refusal.ts';
import type { Environment } from './state.ts';
import type { Routes, World } from './world.ts';

export function routeEnvironments(routes: Routes, world: World): void {
  routes.get('/repos/:owner/:repo/environments', (c) => {
    const environments = environmentsOf(world, c.get('repository'));
    const shown = pageOf(c, environments).map((environment) =>
      environmentView(world, c.get('repository'), environment),
    );
    return c.json({ total_count: environments.length, environments: shown });
  });
  routes.get('/repos/:owner/:repo/environments/:name', (c) => {
    return c.json(
      environmentView(world, c.get('repository'), readEnvironment(world, c.get('repository'), c.req.param('name'))),
    );
  });
  routes.put('/repos/:owner/:repo/environments/:name', (c) => {
    enterEnvironment(world, c.get('repository'), c.req.param('name'));
    world.changed();
    return c.json(
      environmentView(world, c.get('repository'), readEnvironment(world, c.get('repository'), c.req.param('name'))),
    );
  });
  routes.delete('/repos/:owner/:repo/environments/:name', (c) => {
    const gone = readEnvironment(world, c.get('repository'), c.req.param('name'));
    world.state.environments = world.state.environments.filter(({ id }) => id !== gone.id);
    world.changed();
    return c.body(null, 204);
  });
}

function environmentsOf(world: World, repository: InnerRepository): Environment[] {
  return world.state.environments.filter((environment) => environment.repository === repository.id);
}

function findEnvironment(world: World, repository: InnerRepository, name: string): Environment | undefined {
  return environmentsOf(world, repository).find((environment) => environment.name.toLowerCase() === name.toLowerCase());
}

function readEnvironment(world: World, repository: InnerRepository, name: string): Environment {
  const environment = findEnvironment(world, repository, name);
  if (!environment) throw notFound();
  return environment;
}

/** The first spelling stays; names are case-insensitive. */
export function enterEnvironment(world: World, repository: InnerRepository, name: string): void {
  if (findEnvironment(world, repository, name)) return;
  const created_at = timestamp(world.clock.now());
  world.state.environments.push({ id: world.state.id(), repository: repository.id, name, created_at });
}

function environmentView(world: World, repository: InnerRepository, { id, name, created_at }: Environment) {
  return {
    id,
    node_id: Buffer.from(`EN_${id}`).toString('base64'),
    name,
    url: `${world.url}/repos/${repository.full_name}/environments/${encodeURIComponent(name)}`,
    html_url: `${world.url}/${repository.full_name}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at,
    updated_at: created_at,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}
