/** Previews that are over, or lost: what the cron finds, and what it dares to remove. Each name begins with its row of docs/reliability.md. */
import { createScheduledController, reset, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import worker from '../../../functions/index.ts';
import { Sweeps } from '../../../src/github/sweeps.ts';
import { Instant, later } from '../../../src/words/instant.ts';
import { account, cron, HOUR, health, TICK } from '../cron.ts';
import { github, ledger, moveTo, type Stage, stage } from '../stage.ts';

const GARDEN = 'acme/garden';
const PULLS = '/repos/acme/garden/pulls$';
const LABEL = '/labels/preview$';
const removing = {
  argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
  previews: { sweep: 'remove', staleAfter: '72h', warnBefore: '24h' },
};
const DAYS = 24 * HOUR;
const octo = github.as('octo');
const { open, previews, push, tell, label, unlabel, close, labelsOf, statesOf, tick, round, pass } = cron(GARDEN);
const installation = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));
let scene: Stage;

vi.setConfig({ testTimeout: 30_000 });

beforeAll(async () => {
  // A label that is only put on gets no description, and GitHub's own list has one.
  for (const name of ['preview', 'keep-preview']) {
    await octo('POST', `/repos/${GARDEN}/labels`, { name, color: 'ededed', description: 'A preview' });
  }
});

beforeEach(async () => {
  await setUp(removing);
});

async function setUp(config: object): Promise<void> {
  scene = await stage(GARDEN, { ...config });
  await github.clear();
}

afterEach(async () => {
  await github.clear();
  const { body } = await octo('GET', `/repos/${GARDEN}/pulls?per_page=100`);
  for (const { number } of body as readonly { readonly number: number }[]) await close(number);
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** How many calls Hawser has made that match. */
async function asked(method: string, path: RegExp): Promise<number> {
  const calls = await github.calls();
  return calls.filter((call) => call.method === method && path.test(call.path)).length;
}

const listings = () => asked('GET', new RegExp(PULLS));

async function live(): Promise<readonly number[]> {
  const view = await ledger(GARDEN).read();
  return view.previews.filter(({ stage }) => stage === 'live').map(({ number }) => number);
}

async function commentOf(number: number): Promise<string> {
  const { body } = await octo('GET', `/repos/${GARDEN}/issues/${number}/comments`);
  return (body as readonly { readonly body: string }[]).map((each) => each.body).join('\n');
}

describe('a preview that nobody touches', () => {
  it('is warned of a day before; then its label goes, and its deployment is inactive', async () => {
    const [number = 0, kept = 0] = await previews(2);
    await label(kept, 'keep-preview');
    await tell(kept);
    await pass(47 * HOUR);
    expect(await commentOf(number)).toMatch(/^Take the label .* It expires on/m);

    await pass(2 * HOUR);
    expect(await commentOf(number)).toMatch(/\*\*It expires on .*\*\*/);
    await round();
    expect(await labelsOf(number)).toEqual(['preview']);

    await pass(DAYS);
    await round();

    expect(await labelsOf(number)).toEqual([]);
    expect(await statesOf([number, kept])).toEqual(['inactive', 'error']);
    expect(await commentOf(number)).toContain('**The preview is removed**: nothing happened for 72h');
    expect(await labelsOf(kept)).toEqual(['preview', 'keep-preview']);
    expect(await commentOf(kept)).not.toContain('expires on');
  });

  it('is only told of where sweep is report: in its comment, and in /api', async () => {
    await setUp({ ...removing, previews: { staleAfter: '72h', warnBefore: '24h' } });
    const [number = 0] = await previews(1);

    await moveTo(Date.now() + 4 * DAYS);
    await worker.scheduled(createScheduledController(), env);
    await scene.pass(Date.now() + TICK);
    await worker.scheduled(createScheduledController(), env);
    await scene.pass(Date.now() + TICK);

    const shown = await (await scene.api(`/${GARDEN}`)).json<{ previews: readonly { touchedAt: string }[] }>();
    const since = new Date(Date.parse(shown.previews[0]?.touchedAt ?? '') + 72 * HOUR).toISOString();
    expect(shown.previews).toMatchObject([{ number, stage: 'live', over: { why: 'stale', since } }]);
    expect(await labelsOf(number)).toEqual(['preview']);
    expect(await commentOf(number)).toMatch(/\*\*It counts as stale on .*\*\*/);
    expect((await account()).installations[0]?.previews).toEqual({ live: 1, over: 0, held: null });
  });

  it('56 · archived repository: its label cannot be taken off, which is asked once, and a day later again', async () => {
    const [number = 0] = await previews(1);
    const message = 'Repository was archived so is read-only.';
    await github.fault({ kind: 'refuse', status: 403, message, method: 'DELETE', path: LABEL, times: 100 });
    await moveTo(Date.now() + 4 * DAYS);

    await tick();
    await tick();
    expect(await asked('DELETE', new RegExp(LABEL))).toBe(1);
    await pass(DAYS);
    await round();

    expect(await asked('DELETE', new RegExp(LABEL))).toBe(2);
    expect(await statesOf([number])).toEqual(['inactive']);
    expect(await live()).toEqual([]);
  });
});

describe('what got lost while Hawser was away', () => {
  it('47 · down 4 days: what was merged, unlabelled, pushed and labelled meanwhile is found, and mended', async () => {
    const [closed = 0, unlabelled = 0, pushed = 0] = await previews(3);
    // No alarm rings, and no delivery comes.
    await moveTo(Date.now() + 4 * DAYS);
    await close(closed);
    await unlabel(unlabelled);
    const head = await push(pushed);
    const labelled = await open();

    const looked = await tick();
    expect(looked).toMatchObject({ looking: 1, removing: 0 });
    expect(await statesOf([pushed, labelled])).toEqual(['queued', 'queued']);
    expect(await statesOf([closed, unlabelled])).not.toContain('inactive');
    const removed = await tick();

    expect(removed).toMatchObject({ looking: 0, removing: 1 });
    expect(await statesOf([closed, unlabelled])).toEqual(['inactive', 'inactive']);
    expect(await statesOf([pushed, labelled])).toEqual(['queued', 'queued']);
    expect((await github.deployments(GARDEN)).filter(({ sha }) => sha === head)).toHaveLength(1);
  });

  it('37 · alarm given up: what is owed goes out at the next tick', async () => {
    await github.fault({ kind: 'drop', method: 'POST', path: '/deployments$' });
    const [number = 0] = await previews(1);
    await runInDurableObject(ledger(GARDEN), (_, { storage }) => storage.deleteAlarm());
    await moveTo(Date.now() + HOUR);
    expect(await statesOf([number])).toEqual([undefined]);

    expect(await tick()).toMatchObject({ woken: 1 });
    await expect.poll(() => statesOf([number])).toEqual(['error']);
  });
});

describe('the cron', () => {
  it('44 · overlaps: two ticks at once make one look, and decide nothing before it has ended', async () => {
    const [number = 0] = await previews(1);
    await moveTo(Date.now() + 4 * DAYS);

    await Promise.all([1, 2].map(() => worker.scheduled(createScheduledController(), env)));
    await scene.drained();
    await worker.scheduled(createScheduledController(), env);
    expect(await listings()).toBe(1);
    expect(await labelsOf(number)).toEqual(['preview']);

    await pass(TICK);
    await tick();
    expect(await labelsOf(number)).toEqual([]);
    expect(await listings()).toBe(1);
  });

  it('44 · skips: what was looked at long ago is looked at anew before anything is decided; one hour needs one look', async () => {
    const [number = 0] = await previews(1);
    await pass(72 * HOUR);
    await tick();
    await pass(5 * HOUR);
    expect([await listings(), await labelsOf(number)]).toEqual([1, ['preview']]);

    await tick();
    expect([await listings(), await labelsOf(number)]).toEqual([2, ['preview']]);
    for (let minutes = 5; minutes < 60; minutes += 5) await tick();

    expect([await listings(), await labelsOf(number)]).toEqual([2, []]);
  });
});

describe('a look that cannot be believed', () => {
  it.each([
    ['gets no answer', { kind: 'server-error', status: 503 }],
    ['is refused', { kind: 'refuse', status: 404, message: 'Not Found' }],
    ['is not allowed', { kind: 'refuse', status: 403, message: 'Resource not accessible by integration' }],
    ['is cut off', { kind: 'drop' }],
  ] as const)(
    '69 · cleanup sees API error listing PRs: one that %s removes nothing, and is no illness',
    async (_, fault) => {
      const [stale = 0, closed = 0] = await previews(2);
      await moveTo(Date.now() + 4 * DAYS);
      await close(closed);
      await github.fault({ ...fault, method: 'GET', path: PULLS, times: 1_000 });

      await tick();
      await tick();
      await round();

      expect(await listings()).toBeGreaterThan(1);
      expect(await labelsOf(stale)).toEqual(['preview']);
      expect(await statesOf([stale, closed])).not.toContain('inactive');
      expect((await health()).status).toBe(200);
      await github.clearFaults();
      await round();
      expect(await labelsOf(stale)).toEqual([]);
      expect(await statesOf([stale, closed])).toEqual(['inactive', 'inactive']);
    },
  );

  it('69 · cleanup sees API error listing PRs: half a list is none', async () => {
    const [stale = 0, closed = 0] = await previews(2);
    await moveTo(Date.now() + 4 * DAYS);
    await close(closed);
    const restore = secondPageFails();

    await tick();
    await tick();
    expect(await labelsOf(stale)).toEqual(['preview']);
    expect(await statesOf([stale, closed])).not.toContain('inactive');

    restore();
    await round();
    expect(await statesOf([stale, closed])).toEqual(['inactive', 'inactive']);
  });

  it('69 · cleanup sees API error: what an earlier look has found is not removed where this one fails', async () => {
    const numbers = await previews(7);
    await moveTo(Date.now() + 4 * DAYS);
    await tick();
    await tick();
    expect((await health()).status).toBe(503);
    // A person has seen to all but two, and now GitHub does not list any more.
    for (const number of numbers.slice(2)) {
      await unlabel(number);
      await tell(number);
    }
    await github.fault({ kind: 'server-error', status: 503, method: 'GET', path: PULLS, times: 1_000 });

    await round();

    expect(await labelsOf(numbers[0] ?? 0)).toEqual(['preview']);
  });
});

describe('a look that finds too much', () => {
  it('70 · cleanup would remove more than 5 and more than 30 %: it stops, and says so until a person has acted', async () => {
    const numbers = await previews(7);
    await moveTo(Date.now() + 4 * DAYS);

    await tick();
    expect(await tick()).toMatchObject({ removing: 0, held: 7 });

    expect(await live()).toHaveLength(7);
    for (const number of numbers) expect(await labelsOf(number)).toEqual(['preview']);
    const { status, cleanup, text } = await health();
    expect([status, cleanup?.ok]).toEqual([503, false]);
    expect(cleanup?.message).toContain('take the label off them by hand');
    expect(text).not.toMatch(/acme|garden/);
    expect(await account()).toMatchObject({
      repositories: [{ repository: GARDEN, previews: { live: 7, over: 7 } }],
      installations: [{ previews: { live: 7, over: 7, held: { live: 7, over: 7 } } }],
    });
    await round();
    expect(await live()).toHaveLength(7);
    expect((await health()).status).toBe(503);

    for (const number of numbers.slice(5)) {
      await unlabel(number);
      await tell(number);
    }
    await round();

    expect((await health()).status).toBe(200);
    expect(await statesOf(numbers)).toEqual(numbers.map(() => 'inactive'));
    expect(await live()).toEqual([]);
  });

  it('70 · cleanup would remove less than that: it does', async () => {
    const numbers = await previews(5);
    await moveTo(Date.now() + 4 * DAYS);

    await tick();

    expect(await tick()).toMatchObject({ removing: 1, held: 0 });
    expect(await statesOf(numbers)).toEqual(numbers.map(() => 'inactive'));
  });
});

describe('an environment of one preview alone', () => {
  const numbered = { ...removing, previews: { ...removing.previews, environment: 'preview-{number}' } };

  const GRANTED = { deployments: 'write', contents: 'read', pull_requests: 'write' } as const;
  const mints = () => asked('POST', /access_tokens$/);

  afterEach(() => github.installation(1, { permissions: GRANTED }));

  async function environments(): Promise<readonly string[]> {
    const { body } = await octo('GET', `/repos/${GARDEN}/environments?per_page=100`);
    return (body as { readonly environments: readonly { readonly name: string }[] }).environments.map(
      ({ name }) => name,
    );
  }

  /** Previews that nobody touches, until they are removed. */
  async function removed(count: number): Promise<readonly number[]> {
    const numbers = await previews(count);
    expect(await environments()).toEqual(expect.arrayContaining(numbers.map((number) => `preview-${number}`)));
    await github.clear();
    await moveTo(Date.now() + 4 * DAYS);
    await tick();
    await tick();
    await round();
    expect(await statesOf(numbers)).toEqual(numbers.map(() => 'inactive'));
    expect((await ledger(GARDEN).read()).outbox).toEqual({ pending: [], dead: [] });
    expect((await health()).status).toBe(200);
    return numbers;
  }

  it('71 · environment delete with administration granted: it is gone, and no other call has that right', async () => {
    await setUp(numbered);
    await github.installation(1, { permissions: { ...GRANTED, administration: 'write' } });
    const [number = 0] = await removed(1);

    expect(await environments()).not.toContain(`preview-${number}`);
    const asking = (await github.calls()).filter(({ path }) => path.endsWith('/access_tokens'));
    const rights = asking.map(({ body }) => Object.keys((body as { readonly permissions: object }).permissions));
    expect(rights.filter((each) => each.includes('administration'))).toEqual([['administration']]);
    expect((await account()).installations[0]?.notGranted).toBeNull();
  });

  it('71 · environment delete without the permission: it is asked once, stays, and /api says what to grant', async () => {
    await setUp(numbered);
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const numbers = await previews(2);
    await github.clear();
    for (const number of numbers) {
      await close(number);
      await tell(number);
    }
    await pass(HOUR / 2);
    const kept = lines.mock.calls.map(String).filter((line) => line.includes('environment kept'));
    lines.mockRestore();

    expect(await asked('DELETE', /\/environments\/preview-\d+$/)).toBe(2);
    expect(await environments()).toEqual(expect.arrayContaining(numbers.map((number) => `preview-${number}`)));
    expect(new Set(kept.map((line) => JSON.parse(line).environment))).toEqual(
      new Set(numbers.map((number) => `preview-${number}`)),
    );
    expect(kept).toHaveLength(2);
    // Refused by the installation that was known, and by the same once it was found again: not for each environment.
    expect(await asked('GET', /\/installation$/)).toBeLessThanOrEqual(1);
    expect(await mints()).toBeLessThanOrEqual(3);
    expect((await account()).installations[0]?.notGranted).toMatch(/^administration: write/);
    expect(await statesOf(numbers)).toEqual(numbers.map(() => 'inactive'));
    expect((await ledger(GARDEN).read()).outbox).toEqual({ pending: [], dead: [] });
    expect((await health()).status).toBe(200);
  });

  it.each([
    ['403', { kind: 'refuse', status: 403, message: 'Resource not accessible by integration' }],
    ['404', { kind: 'refuse', status: 404, message: 'Not Found' }],
  ] as const)('71 · environment delete %s: it is asked once, and the preview remains inactive', async (_, fault) => {
    await setUp(numbered);
    await github.fault({ ...fault, method: 'DELETE', path: '/environments/', times: 100 });
    const [number = 0] = await previews(1);
    await moveTo(Date.now() + 4 * DAYS);

    await tick();
    await tick();
    await round();

    expect(await asked('DELETE', new RegExp(`/environments/preview-${number}$`))).toBe(1);
    expect(await statesOf([number])).toEqual(['inactive']);
    expect((await ledger(GARDEN).read()).outbox).toEqual({ pending: [], dead: [] });
    expect((await health()).status).toBe(200);
  });
});

describe('at an account', () => {
  it('39 · 5,000 ledgers due together: a hundred look at a tick, and nothing is decided before the last', async () => {
    await previews(1);
    await runInDurableObject(installation(), (_, { storage }) => {
      storage.sql.exec(`WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 4999)
        INSERT INTO ledger (name, live) SELECT 'acme/r' || n, 1 FROM counted`);
    });
    const steps = await runInDurableObject(installation(), (_, { storage }) => {
      const sweeps = new Sweeps(storage.sql);
      return Array.from({ length: 52 }, (__, tick) => sweeps.next(later(Instant.parse(Date.now()), tick * TICK)));
    });

    const looking = steps.slice(0, 50).map((step) => (step.kind === 'look' ? step.ledgers : []));
    expect(looking.map(({ length }) => length)).toEqual(Array.from({ length: 50 }, () => 100));
    expect(new Set(looking.flat()).size).toBe(5_000);
    expect(steps.slice(50).map(({ kind }) => kind)).toEqual(['rest', 'look']);
  });
});

/** GitHub's list goes on, and its second page is an error: until the end is called. */
function secondPageFails(): () => void {
  const fetch = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== 'GET' || !new RegExp(PULLS).test(pathname)) return fetch(request);
    if (searchParams.get('page') !== '1') return new Response('', { status: 502 });
    await (await fetch(request)).body?.cancel();
    return Response.json([], { headers: { link: '<https://api.github.com/next>; rel="next"' } });
  });
  return () => spy.mockRestore();
}
