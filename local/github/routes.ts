/** Lays GitHub's routes before emulate's: ours first, everything else passes through. */
import { Hono } from 'hono';
import { routeApp } from './app-routes.ts';
import { routeComments } from './comments.ts';
import { routeCommitStatuses } from './commit-statuses.ts';
import { complete } from './complete.ts';
import { routeDeliveries } from './deliveries.ts';
import { routeDeploymentStatuses } from './deployment-statuses.ts';
import { routeDeployments } from './deployments.ts';
import { routeEnvironments } from './environments.ts';
import { routeGit } from './git.ts';
import { routeNativeMerges } from './native-merges.ts';
import { passThrough } from './pass-through.ts';
import { guardOrganization, guardRepository } from './permissions.ts';
import { routePulls } from './pulls.ts';
import { Refusal } from './refusal.ts';
import type { Env, Routes, World } from './world.ts';

export function buildRoutes(world: World): Routes {
  const routes: Routes = new Hono<Env>();
  routes.use(async (c, next) => {
    await next();
    if (c.res.headers.get('content-type')?.startsWith('application/json') !== true) return;
    const { status, headers } = c.res;
    c.res = new Response(JSON.stringify(complete(await c.res.json(), world.url)), { status, headers });
  });
  routes.use('/repos/:owner/:repo', guardRepository(world));
  routes.use('/repos/:owner/:repo/*', guardRepository(world));
  for (const path of ['teams', 'teams/*', 'members', 'members/*', 'memberships/*']) {
    routes.use(`/orgs/:org/${path}`, guardOrganization());
  }
  routeNativeMerges(routes, world);
  routeApp(routes, world);
  routeDeliveries(routes, world);
  routeDeploymentStatuses(routes, world);
  routeDeployments(routes, world);
  routeEnvironments(routes, world);
  routeCommitStatuses(routes, world);
  routePulls(routes, world);
  routeComments(routes, world);
  routeGit(routes, world);
  routes.notFound((c) => passThrough(world, c));
  routes.onError((error) => {
    if (error instanceof Refusal) return error.response();
    console.error(error);
    return new Refusal(500, 'Server Error').response();
  });
  return routes;
}
