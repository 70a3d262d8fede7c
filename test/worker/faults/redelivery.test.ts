/**
 * What GitHub could not deliver, and never delivers again by itself: the cron finds it and asks for it. Each name begins with
 * its row of docs/reliability.md.
 */
import { reset, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { sweep } from '../../../functions/sweep.ts';
import { github, moveTo } from '../stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIST = '/app/hook/deliveries$';
const ASK = '/app/hook/deliveries/\\d+/attempts$';

const hook = () => env.HOOK.get(env.HOOK.idFromName(env.GITHUB_APP_ID));

beforeEach(async () => {
  const answer = await fetch(inject('githubUrl'));
  await answer.body?.cancel();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(answer.headers.get('date') ?? '') });
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  // What earlier tests had delivered is no longer listed.
  await pass(4 * DAY);
  await github.clear();
  await answering(503);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await github.clearFaults();
  await github.webhook({});
  await reset();
});

afterAll(() => github.clear());

const pass = (milliseconds: number) => moveTo(Date.now() + milliseconds);
const answering = (status: number) => github.webhook({ url: `${inject('hookUrl')}/${status}`, secret: 'sealed' });

async function tick(): Promise<void> {
  await sweep(env);
  await github.settled();
}

/** So many deliveries, each of another guid. */
async function happens(times = 1): Promise<void> {
  for (let made = 0; made < times; made += 1) {
    await github.tag({ repository: 'acme/mobile', name: `v${Date.now()}-${made}` });
  }
  await github.settled();
}

/** What became of each delivery, attempt by attempt. */
async function attempts(): Promise<readonly (readonly number[])[]> {
  const since = Date.now() - 4 * DAY + HOUR;
  const recent = (await github.deliveries()).filter(({ deliveredAt }) => deliveredAt >= since);
  const byGuid = Map.groupBy(recent, ({ guid }) => guid);
  return [...byGuid.values()].map((each) => each.map(({ status_code }) => status_code));
}

async function asked(): Promise<number> {
  return (await github.calls()).filter(({ method, path }) => method === 'POST' && new RegExp(ASK).test(path)).length;
}

async function pages(): Promise<number> {
  return (await github.calls()).filter(({ path }) => new RegExp(LIST).test(path)).length;
}

async function health() {
  const answer = await exports.default.fetch('https://hawser.test/healthz');
  const { checks } = await answer.json<{ checks: Record<string, { ok: boolean; message?: string }> }>();
  return checks['github deliveries'];
}

async function told() {
  const headers = { authorization: `Bearer ${inject('secrets')['HAWSER_OPERATOR_TOKEN']}` };
  const answer = await exports.default.fetch('https://hawser.example.com/api/repositories', { headers });
  return (await answer.json<{ deliveries: Record<string, unknown> }>()).deliveries;
}

describe('a delivery that did not come through', () => {
  it('is asked for once the next tick finds it, and no more once it came through', async () => {
    await happens();
    const [first] = await attempts();
    await answering(200);

    await tick();
    await pass(5 * MINUTE);
    await tick();
    await pass(DAY);
    await tick();

    expect(first).toEqual([503]);
    expect(new Set((await attempts()).map(String))).toEqual(new Set(['503,200']));
    expect(await told()).toMatchObject({ missed: 0, givenUp: 0, lost: [], isUnfinished: false, trouble: null });
  });

  it('is asked for five times, then given up; and says so, with what to do, until somebody has it repeated', async () => {
    await happens();
    const made = (await attempts()).length;

    for (let minutes = 0; minutes < 34 * 60; minutes += 30) {
      await sweepDeliveries();
      await pass(30 * MINUTE);
    }
    await github.settled();

    expect(await attempts()).toEqual(Array.from({ length: made }, () => Array(6).fill(503)));
    expect(await health()).toMatchObject({ ok: false, message: expect.stringContaining('Recent Deliveries') });
    expect(await told()).toMatchObject({
      missed: 0,
      givenUp: made,
      lost: expect.arrayContaining([
        { delivery: expect.any(String), event: 'push', action: null, answered: 503, at: expect.any(String), tries: 5 },
      ]),
    });

    await answering(200);
    for (const id of await failedIds()) await github.redeliver(id);
    await github.settled();
    await pass(5 * MINUTE);
    await tick();

    expect(await health()).toEqual({ ok: true });
    expect(await told()).toMatchObject({ givenUp: 0, lost: [] });
  }, 30_000);

  it('is not asked for while the door itself is closed: there are only five tries', async () => {
    await happens();

    await sweep({ ...env, GITHUB_WEBHOOK_SECRET: '' });
    await sweep({ ...env, HAWSER: '{"argocd":[{"name":"main"}]}' });

    expect([await pages(), await asked()]).toEqual([0, 0]);
  });

  it('that GitHub no longer repeats is given up at once', async () => {
    await happens();
    await github.fault({ kind: 'refuse', status: 422, message: 'Too old', method: 'POST', path: ASK });

    await tick();

    expect(await told()).toMatchObject({ givenUp: 1 });
  });

  it('costs no try where GitHub asks to wait, and the others wait as well', async () => {
    await happens(3);
    const { length } = await attempts();
    await answering(200);
    await github.fault({ kind: 'too-many-requests', method: 'POST', path: ASK });

    await tick();
    const early = await asked();
    expect(await told()).toMatchObject({ missed: length, trouble: { code: 'rate-limit' } });
    await pass(5 * MINUTE);
    await tick();

    expect([early, await asked()]).toEqual([1, 1 + length]);
  });
});

describe('the look through the list', () => {
  it('44 · cron overlaps or skips: two ticks at once are one, and the next catches up', async () => {
    await happens();
    const made = (await attempts()).length;
    await answering(200);

    await Promise.all([tick(), tick(), tick()]);
    await github.settled();
    const [listed, repeated] = [await pages(), await asked()];
    await pass(9 * HOUR);
    await answering(503);
    await happens();
    await pass(9 * HOUR);
    await answering(200);
    await tick();

    expect([listed, repeated]).toEqual([1, made]);
    expect(new Set((await attempts()).map(String))).toEqual(new Set(['503,200']));
  });

  it('45 · redelivery scan dies mid-page: watermark unmoved, nothing asked, and the next tick goes on', async () => {
    await answering(200);
    await tick();
    const before = (await told())['lookedThroughUpTo'];
    await pass(5 * MINUTE);
    await answering(503);
    await happens(60);
    const made = (await attempts()).length;
    expect(made).toBeGreaterThan(100);
    await answering(200);
    await github.fault({ kind: 'server-error', path: LIST, after: 1 });

    await tick();

    expect(await told()).toMatchObject({
      lookedThroughUpTo: before,
      isUnfinished: true,
      trouble: { code: 'unavailable' },
    });
    expect(await asked()).toBe(0);
    expect(await health()).toEqual({ ok: true });

    for (let ticks = 0; ticks < 3; ticks += 1) {
      await pass(5 * MINUTE);
      await tick();
    }

    expect(await told()).toMatchObject({ missed: 0, isUnfinished: false, trouble: null });
    expect(new Set((await attempts()).map(String))).toEqual(new Set(['503,200']));
    // A hundred a tick, and none of them twice.
    expect(await asked()).toBe(made);
  }, 30_000);

  it('45 · redelivery scan dies: after an hour /healthz says that nobody looks', async () => {
    await github.fault({ kind: 'server-error', path: LIST, times: 100 });
    await tick();

    expect(await health()).toMatchObject({ ok: false, message: expect.stringContaining('which of its deliveries') });
  });

  it('46 · bridge down 2 days: all failed guids recovered', async () => {
    await answering(200);
    await tick();
    await answering(503);
    await happens(3);
    await pass(DAY);
    await happens(3);
    await pass(DAY);
    const made = (await attempts()).length;
    await answering(200);

    await tick();

    expect(await attempts()).toEqual(Array.from({ length: made }, () => [503, 200]));
    expect(await told()).toMatchObject({ missed: made, gap: null });
    await pass(5 * MINUTE);
    await tick();
    expect(await told()).toMatchObject({ missed: 0 });
  });

  it('47 · down 4 days: what GitHub still repeats is recovered, and the gap is named', async () => {
    await answering(200);
    await tick();
    const from = new Date(Date.now()).toISOString();
    await answering(503);
    await happens();
    await pass(4 * DAY);
    await happens();
    await answering(200);

    await tick();

    const to = new Date(Date.now() - 3 * DAY).toISOString();
    expect(await told()).toMatchObject({ gap: { from, to } });
    expect(await health()).toMatchObject({ ok: true, message: expect.stringContaining(`between ${from} and ${to}`) });
    expect(await attempts()).toContainEqual([503, 200]);
  });
});

it('an id that no number holds is repeated as it was listed', async () => {
  const id = '9007199254740993';
  const listed = {
    guid: 'a',
    delivered_at: new Date().toISOString(),
    redelivery: false,
    duration: 1,
    status: 'failed',
  };
  const rest = { status_code: 0, event: 'ping', action: null, installation_id: null, repository_id: null };
  const calls: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { method, url } = new Request(input, init);
    calls.push(`${method} ${new URL(url).pathname}`);
    if (method === 'POST') return Response.json({}, { status: 202 });
    return new Response(`[${JSON.stringify({ ...listed, ...rest }).replace('{', `{"id":${id},`)}]`, {
      headers: { 'content-type': 'application/json' },
    });
  });

  await sweepDeliveries();

  expect(calls).toEqual(['GET /app/hook/deliveries', `POST /app/hook/deliveries/${id}/attempts`]);
});

it('outlives its object: tries are counted on from where they stood', async () => {
  await happens();
  await tick();
  const tries = await runInDurableObject(hook(), (_, { storage }) =>
    storage.sql.exec('SELECT tries, due_at FROM missed').toArray(),
  );

  expect(tries).toContainEqual({ tries: 1, due_at: Date.now() + 10 * MINUTE });
});

/** Without waiting for GitHub to have repeated anything. */
async function sweepDeliveries(): Promise<void> {
  await hook().tick();
}

/** The newest attempt at each delivery that never came through. */
async function failedIds(): Promise<readonly number[]> {
  const byGuid = Map.groupBy(await github.deliveries(), ({ guid }) => guid);
  const failed = [...byGuid.values()].filter((each) => each.every(({ status }) => status !== 'OK'));
  return failed.flatMap((each) => each.at(-1)?.id ?? []);
}
