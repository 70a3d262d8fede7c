/** A thousand previews of one repository are looked at, and what is stale of them removed: counted in calls. */
import { reset, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { HOUR, TICK } from './cron.ts';
import { type Call, Crowd } from './crowd.ts';
import { ledger, stage } from './stage.ts';

const CROWD = 'acme/crowd';
const PREVIEWS = 1_000;
/** Their writes are twice what may go at once. */
const STALE = 40;
/** `github.writesPerMinute` of the account. */
const PER_MINUTE = 60;
const MINUTE = 60_000;
const installation = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

vi.setConfig({ testTimeout: 60_000 });

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

async function crowded(sweep: 'remove' | 'report', stale: number): Promise<Crowd> {
  await stage(CROWD, {
    argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
    previews: { sweep, staleAfter: '72h', warnBefore: '24h' },
  });
  const crowd = new Crowd(CROWD);
  await crowd.open(1);
  await crowd.pass(73 * HOUR);
  await crowd.multiply(1, stale);
  await crowd.open(1 + stale);
  await crowd.multiply(1 + stale, PREVIEWS - stale);
  crowd.calls.length = 0;
  return crowd;
}

function counted(calls: readonly Call[]): Readonly<Record<string, number>> {
  const kinds = Map.groupBy(
    calls,
    ({ method, path }) => `${method} ${path.replace(/\d+/g, '*').split('/').slice(4).join('/')}`,
  );
  return Object.fromEntries([...kinds].map(([kind, { length }]) => [kind, length]));
}

it('a thousand previews are compared with ten pages; forty stale ones go by three writes each, within the budget', async () => {
  const crowd = await crowded('remove', STALE);

  expect(await installation().sweep()).toMatchObject({ looking: 1 });
  await crowd.pass(TICK);
  expect(counted(crowd.calls)).toEqual({ 'GET pulls': 10 });
  expect(await installation().sweep()).toMatchObject({ removing: 1, held: 0 });
  await crowd.pass(10 * MINUTE);

  expect(counted(crowd.calls)).toEqual({
    'GET pulls': 10,
    'DELETE issues/*/labels/preview': STALE,
    'POST deployments/*/statuses': STALE,
    'PATCH issues/comments/*': STALE,
  });
  const writes = crowd.calls.filter(({ method }) => method !== 'GET').map(({ at }) => at);
  // A minute's writes may go at once, and the rest as the budget refills.
  for (const [index, at] of writes.entries()) {
    expect(index + 1).toBeLessThanOrEqual(PER_MINUTE + ((at - (writes[0] ?? 0)) * PER_MINUTE) / MINUTE + 1);
  }
});

it('where sweep is report, a thousand previews are compared with ten pages, and nothing is written', async () => {
  const crowd = await crowded('report', 100);

  expect(await installation().sweep()).toMatchObject({ looking: 1 });
  await crowd.pass(TICK);
  expect(await installation().sweep()).toMatchObject({ removing: 0, held: 0 });
  await crowd.pass(TICK);

  expect(counted(crowd.calls)).toEqual({ 'GET pulls': 10 });
  const found = await runInDurableObject(ledger(CROWD), (_, { storage }) =>
    storage.sql
      .exec('SELECT count(*) FILTER (WHERE live) AS live, count(*) FILTER (WHERE doomed) AS doomed FROM previews')
      .one(),
  );
  expect(found).toEqual({ live: PREVIEWS, doomed: 100 });
});
