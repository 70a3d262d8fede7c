/** Opens the emulator's own handles over HTTP, for tests that run where they cannot hold it: see control.ts for the list. */
import { Hono } from 'hono';
import * as z from 'zod';
import type { GitHub } from './handles.ts';
import { InstallationChange } from './orders.ts';

const Advance = z.strictObject({ ms: z.number().nonnegative() });
const Hook = z.strictObject({ url: z.url().optional(), secret: z.string().optional() });
const As = z.strictObject({ method: z.string(), path: z.string(), body: z.unknown().optional() });

function routesOf(github: GitHub): Hono {
  const routes = new Hono().basePath('/_emulator');
  routes.get('/calls', (c) => c.json(github.calls));
  routes.delete('/calls', (c) => {
    github.clear();
    return c.body(null, 204);
  });
  routes.get('/deployments', (c) => c.json(github.deployments(c.req.query('repository') ?? '')));
  routes.get('/deliveries', (c) => c.json(github.deliveries()));
  routes.post('/deliveries/:id/attempts', (c) => {
    github.redeliver(Number(c.req.param('id')));
    return c.body(null, 204);
  });
  routes.get('/complaints', (c) => c.json(github.complaints()));
  routes.post('/faults', async (c) => {
    github.fault(await c.req.json());
    return c.body(null, 204);
  });
  routes.delete('/faults', (c) => {
    github.clearFaults();
    return c.body(null, 204);
  });
  routes.post('/advance', async (c) => {
    github.advance(Advance.parse(await c.req.json()).ms);
    return c.body(null, 204);
  });
  routes.post('/reset', async (c) => {
    await github.reset();
    return c.body(null, 204);
  });
  routes.post('/settled', async (c) => {
    await github.settled();
    return c.body(null, 204);
  });
  routes.post('/commits', async (c) => c.json({ sha: await github.commit(await c.req.json()) }, 201));
  routes.post('/tags', async (c) => c.json({ sha: await github.tag(await c.req.json()) }, 201));
  routes.post('/webhook', async (c) => {
    const { url, secret } = Hook.parse(await c.req.json());
    github.webhook({ ...(url ? { url } : {}), ...(secret ? { secret } : {}) });
    return c.body(null, 204);
  });
  routes.post('/installations/:id', async (c) => {
    github.installation(Number(c.req.param('id')), InstallationChange.parse(await c.req.json()));
    return c.body(null, 204);
  });
  routes.post('/as/:login', async (c) => {
    const { method, path, body } = As.parse(await c.req.json());
    return c.json(await github.as(c.req.param('login'))(method, path, body));
  });
  routes.onError((error, c) => c.json({ error: error.message }, 400));
  return routes;
}

const known = new WeakMap<GitHub, Hono>();

export async function answerControl(github: GitHub, request: Request): Promise<Response> {
  const routes = known.get(github) ?? routesOf(github);
  known.set(github, routes);
  return routes.fetch(request);
}
