/** Every way into the Worker over HTTP, in one table. */
import { Hono } from 'hono';
import { classOf, log } from '../src/log.ts';
import { respond } from './answer.ts';
import { listRepositories, refuseStranger, replayDead, showRepository } from './api.ts';
import { answerNotification } from './argocd-notifications.ts';
import { answerWebhook } from './github-webhooks.ts';
import { showHealth } from './healthz.ts';
import { answerImage } from './images.ts';
import { showMetrics } from './metrics.ts';

export const app = new Hono<{ Bindings: Cloudflare.Env }>();

app.all('/argocd/notifications', ({ req, env }) => answerNotification(req.raw, env));
app.all('/github/webhooks', ({ req, env }) => answerWebhook(req.raw, env));
app.all('/images', ({ req, env }) => answerImage(req.raw, env));
app.get('/healthz', ({ env }) => showHealth(env));

app.use('/metrics', async ({ req, env }, next) => (await refuseStranger(req.raw, env)) ?? next());
app.get('/metrics', ({ env }) => showMetrics(env));

app.use('/api/*', async ({ req, env }, next) => (await refuseStranger(req.raw, env)) ?? next());
app.get('/api/repositories', ({ env }) => listRepositories(env));
app.get('/api/repositories/:owner/:repo', ({ req, env }) =>
  showRepository(`${req.param('owner')}/${req.param('repo')}`, env),
);
app.post('/api/repositories/:owner/:repo/dead/:id/replay', ({ req, env }) =>
  replayDead(`${req.param('owner')}/${req.param('repo')}`, req.param('id'), env),
);

app.notFound(() => respond({ kind: 'not found', error: 'nothing lives here' }));
app.onError((error) => {
  log('a route failed', { error: classOf(error) });
  return respond({ kind: 'broken' });
});
