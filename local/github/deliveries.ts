/** Shows the App its webhook's deliveries, and repeats one on request. */
import type { Context } from 'hono';
import { readBody, textOf } from './body.ts';
import { timestamp } from './clock.ts';
import { requireApp } from './credentials.ts';
import { link, sizeOf } from './pages.ts';
import { notFound } from './refusal.ts';
import type { Delivery } from './state.ts';
import type { Env, Routes, World } from './world.ts';

// GitHub Docs, "Redelivering webhooks": from the past 3 days.
const kept = 3 * 24 * 60 * 60 * 1000;

export function routeDeliveries(routes: Routes, world: World): void {
  routes.get('/app/hook/deliveries', (c) => {
    requireApp(c.env.caller);
    const size = sizeOf(c);
    const before = Number(c.req.query('cursor')?.replace(/^v1_/, '') ?? Number.POSITIVE_INFINITY);
    const older = keptOf(world).filter(({ id }) => id < before);
    const page = older.slice(0, size);
    const last = page.at(-1);
    if (last && older.length > size) c.header('link', link(c, 'next', { per_page: size, cursor: `v1_${last.id}` }));
    return c.json(page.map(summaryView));
  });
  routes.get('/app/hook/deliveries/:id', (c) => {
    requireApp(c.env.caller);
    const delivery = readDelivery(world, c);
    return c.json({
      ...summaryView(delivery),
      url: delivery.url,
      request: { headers: delivery.headers, payload: JSON.parse(delivery.payload) },
      response: delivery.answer,
    });
  });
  routes.post('/app/hook/deliveries/:id/attempts', (c) => {
    requireApp(c.env.caller);
    world.redeliver(readDelivery(world, c).id);
    return c.json({}, 202);
  });
  routes.get('/app/hook/config', (c) => {
    requireApp(c.env.caller);
    return c.json(configView(world));
  });
  routes.patch('/app/hook/config', async (c) => {
    requireApp(c.env.caller);
    const body = await readBody(c);
    const [url, secret] = [textOf(body, 'url'), textOf(body, 'secret')];
    world.state.hook = { url: url ?? world.state.hook.url, secret: secret ?? world.state.hook.secret };
    world.changed();
    return c.json(configView(world));
  });
}

/** Newest first. */
function keptOf(world: World): Delivery[] {
  const oldest = world.clock.now() - kept;
  return world.state.deliveries.filter(({ deliveredAt }) => deliveredAt >= oldest).sort((a, b) => b.id - a.id);
}

function readDelivery(world: World, c: Context<Env>): Delivery {
  const delivery = keptOf(world).find(({ id }) => String(id) === c.req.param('id'));
  if (!delivery) throw notFound();
  return delivery;
}

function summaryView({
  id,
  guid,
  redelivery,
  duration,
  status,
  status_code,
  event,
  action,
  installation,
  repository,
  deliveredAt,
}: Delivery) {
  return {
    id,
    guid,
    delivered_at: timestamp(deliveredAt),
    redelivery,
    duration,
    status,
    status_code,
    event,
    action,
    installation_id: installation,
    repository_id: repository,
    throttled_at: null,
  };
}

function configView(world: World) {
  const { url, secret } = world.state.hook;
  return { content_type: 'json', insecure_ssl: '0', url: url ?? '', ...(secret ? { secret: '********' } : {}) };
}
