/** A refresher in workerd, with a stand-in for Argo CD's ApplicationSet controller: what it is called with, when, and what becomes of it. */
import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApplicationSetWebhook } from '../../local/argocd/applicationset-webhook.ts';
import { Repository } from '../../src/words/repository.ts';

const SHOP = Repository.parse('acme/shop');
const MOBILE = Repository.parse('acme/mobile');
const URL_OF_ARGOCD = 'https://appsets.example.com/api/webhook';
const SECRET = 'appset-secret-0123456789abcdef';
const BY_WEBHOOK = { mode: 'webhook', url: URL_OF_ARGOCD };

type Call = { readonly second: number; readonly repository: string; readonly request: Request; readonly body: string };

let start: number;
let argocd: ApplicationSetWebhook;
let calls: Call[];
/** What answers in Argo CD's place next; Argo CD itself where nothing is said. */
let answers: (number | 'broken')[];
/** Awaited before each answer. */
let held: Promise<void> | undefined;

/** A clock far ahead of the real one: alarms ring by hand alone. */
beforeEach(async () => {
  start = Math.ceil(Date.now() / 1_000) * 1_000 + 86_400_000;
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  argocd = new ApplicationSetWebhook({ secret: SECRET, api: env.GITHUB_API_URL });
  [calls, answers, held] = [[], [], undefined];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => take(new Request(input, init)));
  await configure(BY_WEBHOOK);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

async function take(request: Request): Promise<Response> {
  if (request.url !== URL_OF_ARGOCD) throw new Error(`unexpected ${request.method} ${request.url}`);
  const body = await request.clone().text();
  const { owner, name } = JSON.parse(body).repository;
  calls.push({ second: (Date.now() - start) / 1_000, repository: `${owner.login}/${name}`, request, body });
  const answer = answers.shift() ?? argocd.answer({ method: request.method, headers: request.headers, body });
  await held;
  if (answer === 'broken') throw new TypeError('connection reset');
  return new Response(null, { status: answer, headers: { location: 'https://elsewhere.example.com/' } });
}

const refresher = () => env.REFRESHER.get(env.REFRESHER.idFromName('main'));

async function configure(refresh: object | undefined, secret = SECRET, url?: string): Promise<void> {
  const config = { argocd: [{ name: 'main', url, repositories: ['acme/*'], environments: ['*'], refresh }] };
  await runInDurableObject(refresher(), (object) => {
    const given = {
      HAWSER: JSON.stringify(config),
      ARGOCD_MAIN_WEBHOOK_SECRET: secret,
      ARGOCD_MAIN_API_TOKEN: 'api-token',
    };
    Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), ...given });
  });
}

/** Until nothing is under way. Not `vi.waitFor`, which moves the clock. */
async function settled(): Promise<void> {
  await expect.poll(isCalling, { interval: 1 }).toBe(false);
}

function isCalling(): Promise<boolean> {
  return runInDurableObject(
    refresher(),
    (_, { storage }) => storage.sql.exec('SELECT 1 FROM target WHERE calling_at IS NOT NULL').toArray().length > 0,
  );
}

async function ask(repository = SHOP): Promise<void> {
  await refresher().ask(repository);
  if (held === undefined) await settled();
}

/** Moves the clock to this second; each alarm before it rings at its time. */
async function pass(second: number): Promise<void> {
  for (;;) {
    const alarm = await alarmAt();
    if (alarm === undefined || alarm > second) break;
    vi.setSystemTime(Math.max(Date.now(), start + alarm * 1_000));
    await runDurableObjectAlarm(refresher());
    await settled();
  }
  vi.setSystemTime(start + second * 1_000);
}

async function alarmAt(): Promise<number | undefined> {
  const alarm = await runInDurableObject(refresher(), (_, { storage }) => storage.getAlarm());
  return alarm === null ? undefined : (alarm - start) / 1_000;
}

const seconds = (repository = SHOP) =>
  calls.filter((call) => call.repository === repository).map(({ second }) => second);

describe('the call', () => {
  it('is a pull request event that Argo CD accepts, and that names the repository', async () => {
    await ask();

    expect([argocd.answers, argocd.refreshed.map(({ repository }) => repository)]).toEqual([[200], [SHOP]]);
    const [call] = calls;
    expect(call?.request.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(call?.body ?? '')).toEqual({
      action: 'synchronize',
      repository: {
        name: 'shop',
        full_name: 'acme/shop',
        url: `${env.GITHUB_API_URL}/repos/acme/shop`,
        owner: { login: 'acme' },
      },
    });
  });

  it('is made at once for the first event, and once more for what comes after it', async () => {
    await ask();
    await pass(3);
    await ask();
    await pass(8);
    await ask();
    await pass(100);

    expect(seconds()).toEqual([0, 10]);
    expect(await alarmAt()).toBeUndefined();
    expect(await refresher().view()).toEqual([]);
  });

  it('is made twice for 1,000 events in a few seconds', async () => {
    for (let event = 0; event < 1_000; event += 1) {
      await refresher().ask(SHOP);
      vi.setSystemTime(start + event * 5);
    }
    await settled();
    await pass(600);

    expect(seconds()).toEqual([0, 10]);
  });

  it('is made again for an event that came while one was under way', async () => {
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    await ask();
    await expect.poll(() => calls.length, { interval: 1 }).toBe(1);
    await ask();
    gate.resolve();
    held = undefined;
    await settled();
    await pass(100);

    expect(seconds()).toEqual([0, 10]);
  });

  it('is counted per repository', async () => {
    await ask(SHOP);
    await ask(MOBILE);

    expect([seconds(SHOP), seconds(MOBILE)]).toEqual([[0], [0]]);
  });

  it('is made at most 120 times an hour, and once there is room again', async () => {
    await runInDurableObject(refresher(), (_, { storage }) => {
      for (let call = 0; call < 120; call += 1) {
        storage.sql.exec('INSERT INTO call (target, at) VALUES (?, ?)', SHOP, start - 3_000_000 + call * 20_000);
      }
    });
    await ask();
    await pass(500);
    await ask();
    await pass(1_000);

    expect(seconds()).toEqual([600]);
  });

  it('that has failed is made again by the object that comes after', async () => {
    answers = [503];
    await ask();
    await evictDurableObject(refresher());
    await configure(BY_WEBHOOK);
    await pass(100);

    expect(seconds()).toEqual([0, 10]);
  });

  it('that died with its object is made again', async () => {
    held = new Promise(() => {});
    await ask();
    await expect.poll(() => calls.length, { interval: 1 }).toBe(1);
    await runInDurableObject(refresher(), (_, state) => state.abort('dies')).catch(() => undefined);
    held = undefined;
    await configure(BY_WEBHOOK);
    await pass(100);

    expect(seconds()).toEqual([0, 60]);
    expect(await refresher().view()).toEqual([]);
  });
});

describe('while a fork’s label has to come off', () => {
  it('nothing is called, and what was wanted meanwhile goes out once when it is off', async () => {
    await refresher().hold(SHOP);
    await ask();
    await pass(30);
    await ask();
    await pass(60);
    expect(seconds()).toEqual([]);
    expect(await refresher().view()).toMatchObject([{ repository: SHOP, wantedAt: start, heldSince: start }]);

    await refresher().release(SHOP);
    await settled();
    await pass(1_000);
    expect(seconds()).toEqual([60]);
    expect(await refresher().view()).toEqual([]);
  });

  it('no trailing call goes out that an earlier event has caused', async () => {
    await ask();
    await ask();
    await refresher().hold(SHOP);
    await pass(100);
    expect(seconds()).toEqual([0]);

    await refresher().release(SHOP);
    await settled();
    expect(seconds()).toEqual([0, 100]);
  });

  it('no call is tried again that Argo CD was too busy for, nor what was refused', async () => {
    answers = [503, 400];
    await ask(SHOP);
    await ask(MOBILE);
    await refresher().hold(SHOP);
    await refresher().hold(MOBILE);
    await pass(3_700);
    await refresher().wake();
    await settled();

    expect([seconds(SHOP), seconds(MOBILE)]).toEqual([[0], [0]]);
  });

  it('another repository’s calls go out', async () => {
    await refresher().hold(SHOP);
    await ask(MOBILE);

    expect(seconds(MOBILE)).toEqual([0]);
  });

  it('a fresh object goes on waiting', async () => {
    await refresher().hold(SHOP);
    await evictDurableObject(refresher());
    await configure(BY_WEBHOOK);
    await ask();
    await pass(100);

    expect(seconds()).toEqual([]);
  });

  it('for so long that its release must be lost, it is called again after two hours', async () => {
    await refresher().hold(SHOP);
    await ask();
    await pass(10_000);

    expect(seconds()).toEqual([7_200]);
    expect(await refresher().view()).toEqual([]);
  });

  it('and a sweep says so every hour, it waits on, which is a trouble after the first hour', async () => {
    const troubles: (string | undefined)[] = [];
    await refresher().hold(SHOP);
    await ask();
    for (const second of [3_500, 3_700, 7_300, 10_900]) {
      await pass(second);
      troubles.push((await refresher().trouble())?.code);
      await refresher().hold(SHOP);
    }
    await pass(12_000);
    expect([seconds(), troubles]).toEqual([[], [undefined, 'held', 'held', 'held']]);
    expect(await refresher().view()).toMatchObject([{ repository: SHOP, heldSince: start }]);

    await refresher().release(SHOP);
    await settled();
    expect([seconds(), await refresher().trouble()]).toEqual([[12_000], null]);
  });

  it('that came back after a hold had lapsed, the hour is counted anew', async () => {
    await refresher().hold(SHOP);
    await pass(8_000);
    await refresher().hold(SHOP);

    expect(await refresher().view()).toMatchObject([
      { repository: SHOP, wantedAt: null, heldSince: start + 8_000_000 },
    ]);
    expect(await refresher().trouble()).toBeNull();
  });
});

describe('what Argo CD does not take', () => {
  it.each([
    [503, 'http-503'],
    [500, 'http-500'],
    [429, 'http-429'],
    ['broken', 'unreachable'],
  ] as const)('with %s is tried again, ever later, and its reason is shown until it is taken', async (answer, code) => {
    answers = [answer, answer, answer];
    await ask();
    expect(await refresher().view()).toMatchObject([{ repository: SHOP, attempts: 1, reason: { code } }]);
    await pass(1_000);

    expect(seconds()).toEqual([0, 10, 30, 70]);
    expect(await refresher().view()).toEqual([]);
  });

  it.each([
    [400, 'http-400'],
    [404, 'http-404'],
    [302, 'http-302'],
  ])('with %i is not tried again before the next event', async (answer, code) => {
    answers = [answer];
    await ask();
    await pass(1_000);
    expect(seconds()).toEqual([0]);
    expect(await refresher().view()).toMatchObject([{ repository: SHOP, wantedAt: null, reason: { code } }]);

    await ask();
    expect(seconds()).toEqual([0, 1_000]);
    expect(await refresher().view()).toEqual([]);
  });
});

describe('what Argo CD takes again', () => {
  it('is told to all that it refused before: the mistake was not the repository’s', async () => {
    answers = [400, 400];
    await ask(SHOP);
    await ask(MOBILE);
    expect([argocd.refreshed, (await refresher().trouble())?.code]).toEqual([[], 'http-400']);
    await pass(100);
    await ask(MOBILE);
    await settled();

    expect(argocd.refreshed.map(({ repository }) => repository)).toEqual([MOBILE, SHOP]);
    expect([await refresher().view(), await refresher().trouble()]).toEqual([[], null]);
  });

  it('is found by the cron, which tries one refused repository an hour', async () => {
    answers = [400, 400, 400, 400];
    await ask(SHOP);
    await ask(MOBILE);
    for (let minute = 5; minute < 180; minute += 5) {
      await pass(minute * 60);
      await refresher().wake();
      await settled();
    }

    expect(calls.map(({ second }) => second)).toEqual([0, 0, 3_600, 7_200]);
  });
});

describe('what cannot be called', () => {
  it('is shown, and said once for the events of ten seconds', async () => {
    const said = vi.spyOn(console, 'log');
    await configure(BY_WEBHOOK, '');
    await ask();
    await ask();

    const message = "ARGOCD_MAIN_WEBHOOK_SECRET is not set: it is Argo CD's webhook.github.secret";
    expect(calls).toEqual([]);
    expect(await refresher().view()).toMatchObject([
      { repository: SHOP, refused: true, reason: { code: 'no-webhook-secret', message } },
    ]);
    expect(said.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      {
        message: 'refresh called',
        instance: 'main',
        target: SHOP,
        outcome: 'refused',
        reason: 'no-webhook-secret',
      },
    ]);
  });

  it('and is off, is forgotten', async () => {
    await configure({ mode: 'off' });
    await ask();

    expect([calls, await refresher().view(), await alarmAt()]).toEqual([[], [], undefined]);
  });
});

describe('in mode action', () => {
  it('the calls of all repositories are one: they speak for the whole instance', async () => {
    const posted: number[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      expect(request.headers.get('authorization')).toBe('Bearer api-token');
      if (request.method === 'POST') posted.push((Date.now() - start) / 1_000);
      const held = { group: 'argoproj.io', kind: 'ApplicationSet', version: 'v1alpha1', name: 'previews' };
      return Response.json({ status: { resources: [held] } });
    });
    await configure({ mode: 'action', application: 'apps' }, SECRET, 'https://argocd.example.com');
    await ask(SHOP);
    await ask(MOBILE);
    await ask(SHOP);
    await pass(100);

    expect(posted).toEqual([0, 10]);
    expect(await refresher().view()).toEqual([]);
  });

  it('one repository’s fork holds the calls of all, also one that is about to be made', async () => {
    const posted: number[] = [];
    let read = async () => {};
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'POST') posted.push((Date.now() - start) / 1_000);
      else await read();
      const resource = { group: 'argoproj.io', kind: 'ApplicationSet', version: 'v1alpha1', name: 'previews' };
      return Response.json({ status: { resources: [resource] } });
    });
    await configure({ mode: 'action', application: 'apps' }, SECRET, 'https://argocd.example.com');
    read = () => refresher().hold(MOBILE);
    await ask(SHOP);
    await pass(100);
    expect(posted).toEqual([]);
    expect(await refresher().view()).toMatchObject([
      { repository: null, wantedAt: start, heldSince: start },
      { repository: MOBILE, wantedAt: null, heldSince: start },
    ]);

    read = async () => {};
    await refresher().release(MOBILE);
    await settled();
    expect(posted).toEqual([100]);
  });

  it('what was wanted before is called in the new mode, and an unreachable Argo CD is shown', async () => {
    answers = ['broken'];
    await ask(SHOP);
    await configure({ mode: 'action', application: 'apps' }, SECRET);
    await pass(100);

    expect(await refresher().view()).toMatchObject([{ repository: SHOP, refused: true, reason: { code: 'no-url' } }]);
  });
});
