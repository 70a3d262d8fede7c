/** What GitHub's events make of Argo CD's webhook, through the door and the ledger. Each name begins with its row of docs/reliability.md. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../../functions/app.ts';
import { sweep } from '../../../functions/sweep.ts';
import { ApplicationSetWebhook } from '../../../local/argocd/applicationset-webhook.ts';
import { Sha } from '../../../src/words/sha.ts';
import { deliver, openPull } from '../hook.ts';
import { HOUR, REPOSITORY, shop } from '../shop.ts';
import { github, ledger, moveTo, ring } from '../stage.ts';

const SECRET = 'appset-secret-0123456789abcdef';
const tenant = { repositories: ['acme/*'], environments: ['*'] };
const url = (name: string) => `https://${name}.example.com/api/webhook`;
const config = {
  argocd: [
    { name: 'east', ...tenant, refresh: { mode: 'webhook', url: url('east') } },
    { name: 'west', ...tenant, refresh: { mode: 'webhook', url: url('west') } },
    { name: 'main', ...tenant, repositories: ['globex/*'], refresh: { mode: 'webhook', url: url('main') } },
    { name: 'other', ...tenant },
  ],
};
const given = {
  HAWSER: JSON.stringify(config),
  ARGOCD_EAST_WEBHOOK_SECRET: SECRET,
  ARGOCD_WEST_WEBHOOK_SECRET: SECRET,
  ARGOCD_MAIN_WEBHOOK_SECRET: SECRET,
};

shop(config);
let clusters: Record<'east' | 'west' | 'main', ApplicationSetWebhook>;

beforeEach(async () => {
  const cluster = () => new ApplicationSetWebhook({ secret: SECRET, api: env.GITHUB_API_URL });
  clusters = { east: cluster(), west: cluster(), main: cluster() };
  const outside = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const [name = ''] = new URL(request.url).hostname.split('.');
    if (request.url !== url(name)) return outside(request);
    const { method, headers } = request;
    const cluster = name === 'east' || name === 'west' ? clusters[name] : clusters.main;
    return new Response(null, { status: cluster.answer({ method, headers, body: await request.text() }) });
  });
  for (const name of ['east', 'west', 'main']) {
    await runInDurableObject(refresher(name), (object) => {
      Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), ...given });
    });
  }
});
afterEach(() => vi.useRealTimers());

const refresher = (name: string) => env.REFRESHER.get(env.REFRESHER.idFromName(name));

/** GitHub tells that somebody put the label on. `from`: the repository of its branch; a fork's is another than 1. */
async function labelled(number: number, from = 1): Promise<void> {
  const pull = {
    number,
    title: `pull ${number}`,
    open: true,
    merged: false,
    head: { sha: Sha.parse(number.toString(16).padStart(40, '0')), ref: `branch-${number}`, repository: from },
    base: { ref: 'main', repository: 1 },
    labels: ['preview'],
    comments: 0,
  };
  const sha = pull.head.sha;
  const told = { ...pull, sha, updatedAt: Math.floor(Date.now() / 1_000) * 1_000, by: 'octo' };
  expect((await deliver(REPOSITORY, told, `delivery-${number}`)).status).toBe(202);
}

/** Rings the refreshers' alarms until they have nothing to do. */
async function pass(seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  for (const name of ['east', 'west']) {
    for (;;) {
      const alarm = await runInDurableObject(refresher(name), (_, { storage }) => storage.getAlarm());
      if (alarm === null || alarm > end) break;
      vi.setSystemTime(Math.max(Date.now(), alarm));
      await runDurableObjectAlarm(refresher(name));
      await settled(name);
    }
  }
  vi.setSystemTime(end);
}

function settled(name: string) {
  const calling = () =>
    runInDurableObject(
      refresher(name),
      (_, { storage }) => storage.sql.exec('SELECT 1 FROM target WHERE calling_at IS NOT NULL').toArray().length,
    );
  return expect.poll(calling, { interval: 1 }).toBe(0);
}

async function said(number: number): Promise<void> {
  await labelled(number);
  await ring(REPOSITORY);
  await settled('east');
  await settled('west');
}

const health = async () => {
  const answer = await app.request('/healthz', {}, { ...env, ...given });
  const { checks } = await answer.json<{ checks: Record<string, { ok: boolean; message?: string }> }>();
  return checks['refresh east'];
};

describe('a thousand events', () => {
  it('of one repository in a few seconds make two calls to each Argo CD that serves it', {
    timeout: 60_000,
  }, async () => {
    await said(1);
    for (let first = 2; first <= 1_000; first += 37) {
      await Promise.all(Array.from({ length: 37 }, (_, index) => labelled(first + index)));
      vi.setSystemTime(Date.now() + 200);
    }
    await ring(REPOSITORY);
    await pass(3_600);

    const shops = ['acme/shop', 'acme/shop'];
    expect(clusters.east.refreshed.map(({ repository }) => repository)).toEqual(shops);
    expect(clusters.west.refreshed.map(({ repository }) => repository)).toEqual(shops);
    expect(clusters.main.answers).toEqual([]);
  });
});

describe('Argo CD does not take it', () => {
  it('49 · Argo 503 queue full: retried, and one call speaks for what came meanwhile', async () => {
    clusters.east.full = true;
    await said(1);
    await pass(15);
    clusters.east.full = false;
    await said(2);
    await pass(100);

    expect(clusters.east.answers).toEqual([503, 503, 200]);
    expect(await refresher('east').view()).toEqual([]);
  });

  it('50 · Argo 400 bad secret: not repeated, shown, health red', async () => {
    clusters.east = new ApplicationSetWebhook({ secret: 'another', api: env.GITHUB_API_URL });
    expect(await health()).toEqual({ ok: true });
    await said(1);
    await pass(3_000);

    expect(clusters.east.answers).toEqual([400]);
    expect(clusters.west.answers).toEqual([200]);
    expect(await refresher('east').view()).toMatchObject([
      { repository: REPOSITORY, wantedAt: null, refused: true, reason: { code: 'http-400' } },
    ]);
    expect(await health()).toMatchObject({ ok: false, message: expect.stringContaining('webhook.github.secret') });

    clusters.east = new ApplicationSetWebhook({ secret: SECRET, api: env.GITHUB_API_URL });
    await said(2);
    expect(await health()).toEqual({ ok: true });
  });
});

describe('a fork’s label that GitHub does not let be taken off', () => {
  const FORK = 2;
  const removals = { method: 'DELETE', path: '/labels/preview$' } as const;
  afterEach(() => github.clearFaults());

  it('65 · holds the call that earlier events have caused, and lets it go when it is off', async () => {
    const fork = await openPull(REPOSITORY, 'fork-late');
    await said(101);
    await labelled(102);
    await ring(REPOSITORY);
    await github.fault({ kind: 'server-error', status: 503, ...removals, times: 1_000 });
    await labelled(fork, FORK);
    await ring(REPOSITORY);
    await pass(15);
    await labelled(103);
    await ring(REPOSITORY);
    await pass(600);
    expect([clusters.east.answers, clusters.west.answers]).toEqual([[200], [200]]);

    await github.clearFaults();
    await pass(3_600);
    await ring(REPOSITORY);
    await settled('east');
    await settled('west');
    expect([clusters.east.answers, clusters.west.answers]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    await pass(3_600);
    expect(clusters.east.answers).toEqual([200, 200]);
    expect(await refresher('east').view()).toEqual([]);
  });

  it('65 · is a dead letter; health is red after an hour, and the next sweep tries again', async () => {
    const fork = await openPull(REPOSITORY, 'fork-dead');
    await github.fault({ kind: 'refuse', status: 451, message: 'unavailable for legal reasons', ...removals });
    await labelled(fork, FORK);
    await ring(REPOSITORY);
    expect((await ledger(REPOSITORY).read()).outbox.dead).toMatchObject([{ lane: `label ${fork}` }]);
    await said(104);
    expect([await health(), clusters.east.answers]).toEqual([{ ok: true }, []]);

    await moveTo(Date.now() + HOUR + 1_000);
    expect(await health()).toMatchObject({ ok: false, message: expect.stringContaining('fork') });
    expect(await refresher('east').view()).toMatchObject([{ repository: REPOSITORY, wantedAt: null }]);

    await ledger(REPOSITORY).sweep();
    await ring(REPOSITORY);
    await settled('east');
    expect([await health(), clusters.east.answers]).toEqual([{ ok: true }, [200]]);
    expect((await ledger(REPOSITORY).read()).outbox.dead).toEqual([]);
  });
});

describe('an alarm', () => {
  it('37 · that was lost is made up for by the cron', async () => {
    await said(1);
    await said(2);
    await runInDurableObject(refresher('east'), (_, { storage }) => storage.deleteAlarm());
    await pass(60);
    expect(clusters.east.answers).toEqual([200]);

    await sweep({ ...env, ...given });
    await settled('east');

    expect(clusters.east.answers).toEqual([200, 200]);
  });
});
