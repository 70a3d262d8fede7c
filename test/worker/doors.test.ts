/**
 * Every answer that a door gives, asked for over HTTP as Argo CD and an operator would. A number before a name is its row of
 * docs/reliability.md.
 */
import { createScheduledController, reset } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../functions/app.ts';
import worker from '../../functions/index.ts';
import type { Accepted } from '../../schemas/ledger.ts';
import { annotated, capturedApplication } from '../security/captured-application.ts';

const MAIN = 'main-token-0123456789abcdef';
const OTHER = 'other-token-0123456789abcdef';
const OPERATOR = 'operator-token-0123456789abcdef';
const OURS = { v: 1, app: capturedApplication() };

/** The door knows for minutes what a ledger has committed, and tests share it: each has bytes of its own for the same words. */
let spaces = '';

beforeEach(() => {
  spaces += ' ';
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  return reset();
});

describe('POST /argocd/notifications', () => {
  it('is 202 when the ledger committed something new, and 200 for the same again', async () => {
    const first = await notify(OURS);
    const second = await notify(OURS);

    const { event } = await bodyOf<{ event: string }>(first);
    expect(event).toMatch(/^[0-9a-f]{64}$/);
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(await second.json()).toEqual({ event, duplicate: true });
  });

  it('is taken with the token that comes next, and with a charset', async () => {
    const headers = {
      authorization: 'bearer main-token-next-0123456789abcdef',
      'content-type': 'Application/JSON; charset=utf-8',
    };

    expect((await notify(OURS, headers)).status).toBe(202);
  });

  it.each([
    ['none of the annotations', { v: 1, app: capturedApplication({}) }, 'not annotated'],
    ['no annotations at all', { v: 1, app: capturedApplication(null) }, 'not annotated'],
  ])('is 200 with the reason for %s', async (_, body, why) => {
    const answer = await notify(body);

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: why }]);
  });

  it.each([
    ['stale', [changed({ generation: 264 }), changed({ generation: 262 })]],
    ['partial', [operating({ resources: [{ kind: 'Deployment', name: 'test-lla' }] })]],
    ['dry-run', [operating({ dryRun: true })]],
    ['deleted', [changed({ deletionTimestamp: '2024-03-05T08:00:00Z' }), changed({ generation: 265 })]],
  ])('is 200 where the ledger learns nothing: %s', async (why, applications) => {
    let answer = new Response();
    for (const application of applications) answer = await notify({ v: 1, app: application });

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: why }]);
  });

  it('is 200 where the slot is closed', async () => {
    const answer = await notifyWith(ledgerThat(async () => ({ kind: 'ignored', why: 'closed' })));

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'closed' }]);
  });

  it.each([
    ['no JSON', 'hello', undefined],
    ['half of it', '{"v":1,', undefined],
    ['nothing', '', undefined],
    ['wrong UTF-8', Uint8Array.of(0x22, 0xc3, 0x28, 0x22), undefined],
    ['JSON nested without end', '[{"a":'.repeat(80_000), undefined],
    ['JSON nested too deep', `{"v":1,"app":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, undefined],
    ['an operation on resources nested too deep', deepResources(), undefined],
    ['another version', { ...OURS, v: 2 }, 'v'],
    [
      'a missing field',
      { v: 1, app: { metadata: { name: 'a', namespace: 'b', uid: 'c' } } },
      'app.metadata.generation',
    ],
    [
      'a missing annotation',
      { v: 1, app: capturedApplication(annotated('')) },
      'app.metadata.annotations["github.com/repo"]',
    ],
  ])('5 · truncated or deep JSON, wrong UTF-8: is 400 for %s', async (_, body, path) => {
    const answer = await notify(body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.any(String), ...(path === undefined ? {} : { path }) });
  });

  it('9 · unknown event, action, extra fields: is 202 for a notification with fields of a later Argo CD', async () => {
    const application = { ...changed({ managedFields: [{}] }), apiVersion: 'argoproj.io/v2' };

    expect((await notify({ ...OURS, app: application, sentBy: 'a later template' })).status).toBe(202);
  });

  it('10 · prototype keys: count for nothing, and nothing inherits them', async () => {
    const stolen = await notify('{"__proto__":{"v":1},"constructor":1}');
    const planted = JSON.stringify(OURS).replace('"annotations":{', '"annotations":{"__proto__":{"polluted":true},');

    expect([stolen.status, await stolen.json()]).toEqual([400, { error: expect.any(String), path: 'v' }]);
    expect((await notify(planted)).status).toBe(202);
    expect(Reflect.has({}, 'polluted')).toBe(false);
  });

  it.each([
    ['no credential', undefined],
    ['an empty one', 'Bearer '],
    ['a wrong one', 'Bearer wrong-token-0123456789abcdef'],
    ['another scheme', `Basic ${btoa(`main:${MAIN}`)}`],
    ["the operator's", `Bearer ${OPERATOR}`],
  ])('is 401 for %s, before anything of the body is read', async (_, authorization) => {
    const { request, read } = unread(authorization === undefined ? {} : { authorization });

    const answer = await app.fetch(request, env);

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.json()).toEqual({ error: expect.any(String) });
    expect(read()).toBe(false);
  });

  it.each([
    ['another instance than the credential', MAIN, { ...OURS, instance: 'other' }],
    ["a repository that is not the instance's", OTHER, OURS],
    ['an owner that begins alike', MAIN, { v: 1, app: capturedApplication(annotated('shop', 'production', 'acme-x')) }],
  ])('16 · token A names repository B: is 403 for %s, and the log says who wanted what', async (_, token, body) => {
    const lines = vi.spyOn(console, 'log');

    const answer = await app.fetch(asNotification(body, { authorization: `Bearer ${token}` }), env);

    expect([answer.status, await answer.json()]).toEqual([403, { error: 'this credential may not speak for that' }]);
    expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      expect.objectContaining({
        outcome: 'forbidden',
        instance: token === MAIN ? 'main' : 'other',
        repository: expect.stringMatching(/^acme/),
        environment: 'production',
      }),
    ]);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('6 · wrong method: is 405 for %s', async (method) => {
    const answer = await exports.default.fetch('https://hawser.test/argocd/notifications', { method });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('says with 405 why Argo CD sends GET, and where to look', async () => {
    const answer = await exports.default.fetch('https://hawser.test/argocd/notifications');

    expect((await bodyOf<{ error: string }>(answer)).error).toMatch(
      /Argo CD sends GET.*webhook.*argocd-notifications-cm/,
    );
  });

  it('7 · oversize: is 413 from the first byte beyond a mebibyte on', async () => {
    const fits = JSON.stringify({ ...OURS, filling: '' });
    const filling = 'x'.repeat(1_048_576 - fits.length - spaces.length);

    expect((await notify({ ...OURS, filling })).status).toBe(202);
    expect((await notify({ ...OURS, filling: `${filling}x` })).status).toBe(413);
  });

  it.each([
    ['lying', { 'content-length': '10' }],
    ['absent', {}],
    ['NaN', { 'content-length': 'NaN' }],
  ])('7 · oversize with %s length: is 413 for a stream that does not end', async (_, headers) => {
    const answer = await app.fetch(streamed(headers), env);

    expect([answer.status, await answer.json()]).toEqual([413, { error: 'a body here has at most 1048576 bytes' }]);
  });

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/application/json'])(
    '6 · wrong content type: is 415 for %s',
    async (type) => {
      const { request, read } = unread({
        authorization: `Bearer ${MAIN}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      });

      expect((await app.fetch(request, env)).status).toBe(415);
      expect(read()).toBe(false);
    },
  );

  it.each([
    ['missing', { ARGOCD_MAIN_TOKEN: undefined }],
    ['empty', { ARGOCD_MAIN_TOKEN: '' }],
    ['unexpanded', { ARGOCD_MAIN_TOKEN: '$argocd-main' }],
    ["also the other instance's", { ARGOCD_OTHER_TOKEN: MAIN }],
  ])('4 · secret unset: is 503 where it is %s', async (_, secrets) => {
    const answer = await notifyWith(secrets);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it('is still open to an instance whose own secret is in order', async () => {
    expect((await notifyWith({ ARGOCD_OTHER_TOKEN: '' })).status).toBe(202);
  });

  it('is 503 where the configuration is not valid', async () => {
    const answer = await notifyWith({ HAWSER: '{"argocd":[{"name":"main"}]}' });

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it.each([
    ['42 · DO .overloaded: is 503 with Retry-After, and no hot retry', { overloaded: true, retryable: true }, 1],
    ['is 503 where the ledger is restarting, twice', { retryable: true }, 2],
    ['is 503 where the ledger fails', {}, 1],
  ])('%s', async (_, flags, calls) => {
    const accept = vi.fn(() => Promise.reject(Object.assign(new Error('no'), flags)));

    const answer = await notifyWith(ledgerThat(accept));

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(accept).toHaveBeenCalledTimes(calls);
  });

  it('is 202 where the ledger was restarting and a fresh stub finds it well', async () => {
    const accept = vi
      .fn<() => Promise<Accepted>>()
      .mockRejectedValueOnce(Object.assign(new Error('no'), { retryable: true }))
      .mockResolvedValueOnce({ kind: 'committed', duplicate: false });

    expect((await notifyWith(ledgerThat(accept))).status).toBe(202);
  });

  it('is logged in one line, without payload and secret', async () => {
    const lines = vi.spyOn(console, 'log');

    await app.fetch(asNotification(OURS, { authorization: `Bearer ${MAIN}` }), env);

    const ours = lines.mock.calls.map(String).filter((line) => line.includes('notification answered'));
    expect(ours.map((line) => JSON.parse(line))).toEqual([
      {
        message: 'notification answered',
        outcome: 'accepted',
        status: 202,
        instance: 'main',
        repository: 'acme/shop',
        environment: 'production',
        milliseconds: expect.any(Number),
      },
    ]);
    expect(ours.join()).not.toMatch(/token|velero/);
  });
});

describe('a repeat', () => {
  const COMMITTED: Accepted = { kind: 'committed', duplicate: false };
  const REPEATED: Accepted = { kind: 'committed', duplicate: true };
  const CONFINED = JSON.stringify({
    argocd: [{ name: 'main', repositories: ['acme/elsewhere'], environments: ['*'] }],
  });

  it('of what was committed is known by its bytes: the ledger is not asked again', async () => {
    const accept = vi.fn(async () => COMMITTED);

    const first = await notifyWith(ledgerThat(accept));
    const second = await notifyWith(ledgerThat(accept));

    const { event } = await bodyOf<{ event: string }>(first);
    expect([second.status, await second.json()]).toEqual([200, { event, duplicate: true }]);
    expect(accept).toHaveBeenCalledTimes(1);
  });

  it('is logged like the first, with what it was about', async () => {
    const accept = async () => COMMITTED;
    await notifyWith(ledgerThat(accept));
    const lines = vi.spyOn(console, 'log').mockClear();

    await notifyWith(ledgerThat(accept));

    expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      {
        message: 'notification answered',
        outcome: 'duplicate',
        status: 200,
        instance: 'main',
        repository: 'acme/shop',
        environment: 'production',
        milliseconds: expect.any(Number),
      },
    ]);
  });

  it.each<[string, Accepted, number]>([
    ['that the ledger knew as one', REPEATED, 1],
    ['of what it ignored, which may count another time', { kind: 'ignored', why: 'stale' }, 2],
  ])('%s', async (_, accepted, calls) => {
    const accept = vi.fn(async () => accepted);

    for (const time of [1, 2]) expect([time, (await notifyWith(ledgerThat(accept))).status]).toEqual([time, 200]);

    expect(accept).toHaveBeenCalledTimes(calls);
  });

  it('of what could not be committed goes to the ledger', async () => {
    const accept = vi.fn<() => Promise<Accepted>>().mockRejectedValueOnce(new Error('no')).mockResolvedValue(COMMITTED);

    const statuses = [await notifyWith(ledgerThat(accept)), await notifyWith(ledgerThat(accept))];

    expect(statuses.map(({ status }) => status)).toEqual([503, 202]);
  });

  type Otherwise = { body?: string; token?: string; type?: string; bindings?: object; after?: number };

  it.each<[string, Otherwise, number]>([
    ['in other bytes', { body: `\n${JSON.stringify(OURS)}` }, 202],
    ['from another instance', { token: 'east-token-0123456789abcdef' }, 202],
    ['from one that may not speak for it', { token: OTHER }, 403],
    ['under a configuration that no longer allows it', { bindings: { HAWSER: CONFINED } }, 403],
    ['without the credential', { token: 'nobody' }, 401],
    ['as another content type', { type: 'text/plain' }, 415],
    ['after ten minutes', { after: 10 * 60_000 }, 202],
  ])('is none %s', async (_, otherwise, status) => {
    const { body = OURS, token = MAIN, type = 'application/json', bindings = {}, after = 0 } = otherwise;
    const { LEDGER } = ledgerThat(async () => COMMITTED);
    expect((await notifyWith({ LEDGER })).status).toBe(202);
    expect((await notifyWith({ LEDGER })).status).toBe(200);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + after);

    const request = asNotification(body, { authorization: `Bearer ${token}`, 'content-type': type });

    expect((await app.fetch(request, Object.assign({ ...env }, { LEDGER }, bindings))).status).toBe(status);
  });
});

describe('any other way', () => {
  it.each(['/', '/argocd/notifications/', '/argocd', '/healthz/x', '/github'])(
    '%s is 404, never a redirect',
    async (path) => {
      const answer = await exports.default.fetch(`https://hawser.test${path}`, { redirect: 'manual' });

      expect([answer.status, await answer.json()]).toEqual([404, { error: 'nothing lives here' }]);
    },
  );

  it('is 500 without details when something breaks', async () => {
    const knows = () => Promise.reject(new Error('the secret is main-token'));
    const lines = vi.spyOn(console, 'log');

    const answer = await app.fetch(asOperator('/api/repositories/acme/shop'), {
      ...env,
      INSTALLATION: { idFromName: () => '', get: () => ({ knows }) },
    });

    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: 'something went wrong here; the log says what' },
    ]);
    expect(lines.mock.calls).toContainEqual(['{"message":"a route failed","error":"Error"}']);
    expect(lines.mock.calls.join()).not.toMatch(/main-token/);
  });
});

describe('/api', () => {
  it.each([
    ['no credential', undefined, 401],
    ['a wrong one', 'Bearer wrong', 401],
    ["an Argo CD instance's", `Bearer ${MAIN}`, 401],
  ])('is closed to %s, whatever is asked for', async (_, authorization, status) => {
    const headers = authorization === undefined ? {} : { authorization };
    const asked = ['/api/repositories', '/api/repositories/acme/shop', '/api/anything'];

    const answers = await Promise.all(
      asked.map((path) => exports.default.fetch(`https://hawser.test${path}`, { headers })),
    );

    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
  });

  it.each([undefined, '', '$operator'])('is 503 where its secret is %s', async (secret) => {
    const answer = await app.fetch(asOperator('/api/repositories'), { ...env, HAWSER_OPERATOR_TOKEN: secret });

    expect(answer.status).toBe(503);
  });

  it('lists the ledgers of every account', async () => {
    await notify(OURS);

    const answer = await exports.default.fetch(asOperator('/api/repositories'));

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      repositories: [
        {
          repository: 'acme/shop',
          dueAt: expect.toSatisfy((due) => due === null || isIso(due)),
          previews: { live: 0, over: 0 },
        },
      ],
      installations: [
        {
          owner: 'acme',
          pausedUntil: null,
          reason: null,
          waiting: 0,
          budget: { perMinute: 60, left: expect.any(Number), inFlight: expect.any(Number) },
          troubles: [],
          closed: [],
          previews: { live: 0, over: 0, held: null },
          notGranted: null,
        },
      ],
      deliveries: {
        lookedThroughUpTo: null,
        isUnfinished: false,
        trouble: null,
        gap: null,
        missed: 0,
        givenUp: 0,
        lost: [],
      },
      refreshes: expect.any(Array),
    });
  });

  it('says so where GitHub does not say whose there are', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('', { status: 500 }));

    const answer = await exports.default.fetch(asOperator('/api/repositories'));

    expect([answer.status, await answer.json()]).toEqual([
      503,
      { error: 'GitHub does not say now where the App is installed' },
    ]);
  });

  it('shows what a ledger knows, its instants as text', async () => {
    await notify(OURS);

    const view = await bodyOf<object>(await exports.default.fetch(asOperator('/api/repositories/Acme/Shop')));

    expect(Object.keys(view).sort()).toEqual([
      'deployments',
      'failures',
      'outbox',
      'previews',
      'promotions',
      'unresolved',
    ]);
    expect(JSON.stringify(view)).not.toMatch(/At":\d/);
  });

  it.each(['acme/unheard-of', 'nobody/shop', '-/shop', 'acme/..%2fshop'])(
    'has nothing to show of %s, and makes no ledger for it',
    async (repository) => {
      const LEDGER = { idFromName: () => '', get: () => expect.unreachable() };

      const answer = await app.fetch(asOperator(`/api/repositories/${repository}`), { ...env, LEDGER });

      expect([answer.status, await answer.json()]).toEqual([
        404,
        { error: 'no event of this repository was ever accepted' },
      ]);
    },
  );

  it.each(['7', '0', '-1', 'x', '99999999999999999999'])('knows no dead letter %s to replay', async (id) => {
    await notify(OURS);

    const answer = await exports.default.fetch(asOperator(`/api/repositories/acme/shop/dead/${id}/replay`, 'POST'));

    expect([answer.status, await answer.json()]).toEqual([404, { error: 'this repository has no such dead letter' }]);
  });

  it.each([
    ['owed', 202, { owed: true }],
    ['nothing', 200, { ignored: 'nothing is wanted any more' }],
  ])('answers a replay of what is %s', async (replayed, status, body) => {
    await notify(OURS);

    const LEDGER = { idFromName: () => '', get: () => ({ replay: async () => replayed }) };
    const answer = await app.fetch(asOperator('/api/repositories/acme/shop/dead/7/replay', 'POST'), { ...env, LEDGER });

    expect([answer.status, await answer.json()]).toEqual([status, body]);
  });
});

describe('GET /healthz', () => {
  it('is 200 and green where every door can open', async () => {
    const HAWSER = JSON.stringify({
      argocd: ['main', 'other'].map((name) => ({ name, repositories: ['*'], environments: ['*'] })),
    });

    const answer = await app.request('/healthz', {}, { ...env, HAWSER });

    expect(await answer.json()).toEqual({
      status: 'ok',
      checks: {
        configuration: { ok: true },
        'argocd main': { ok: true },
        'argocd other': { ok: true },
        'github app id': { ok: true },
        'github app key': { ok: true },
        'github webhook': { ok: true },
        'github installations': { ok: true },
        'github deliveries': { ok: true },
        'preview cleanup': { ok: true },
        operator: { ok: true },
      },
    });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['argocd main', { ARGOCD_MAIN_TOKEN: undefined }, 'ARGOCD_MAIN_TOKEN is not set'],
    [
      'argocd main',
      { ARGOCD_MAIN_TOKEN: '$x' },
      'ARGOCD_MAIN_TOKEN begins with $: the name of a secret stands where its value should',
    ],
    ['argocd main', { ARGOCD_MAIN_TOKEN: 'a b c' }, 'ARGOCD_MAIN_TOKEN holds more than two tokens'],
    ['argocd main', { ARGOCD_MAIN_TOKEN: OTHER }, 'ARGOCD_MAIN_TOKEN holds a token of another one too'],
    ['argocd other', { ARGOCD_MAIN_TOKEN: OTHER }, 'ARGOCD_OTHER_TOKEN holds a token of another one too'],
    ['github app id', { GITHUB_APP_ID: '' }, 'GITHUB_APP_ID is not set'],
    ['github app key', { GITHUB_APP_PRIVATE_KEY: undefined }, 'GITHUB_APP_PRIVATE_KEY is not set'],
    ['github app key', { GITHUB_APP_PRIVATE_KEY: 'hello' }, 'GITHUB_APP_PRIVATE_KEY is not an RSA private key in PEM'],
    ['github webhook', { GITHUB_WEBHOOK_SECRET: undefined }, 'GITHUB_WEBHOOK_SECRET is not set'],
    [
      'github webhook',
      { GITHUB_WEBHOOK_SECRET: '$x' },
      'GITHUB_WEBHOOK_SECRET begins with $: the name of a secret stands where its value should',
    ],
    ['operator', { HAWSER_OPERATOR_TOKEN: '' }, 'HAWSER_OPERATOR_TOKEN is not set'],
  ])('4 · secret unset: is 503 and red at %s for %o', async (check, secrets, message) => {
    const answer = await app.fetch(new Request('https://hawser.test/healthz'), { ...env, ...secrets });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ status: 'degraded', checks: { [check]: { ok: false, message } } });
  });

  it('names the path where the configuration is not valid', async () => {
    const HAWSER = '{"argocd":[{"name":"main","environments":["*"]}]}';

    const answer = await app.fetch(new Request('https://hawser.test/healthz'), { ...env, HAWSER });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      checks: { configuration: { ok: false, path: 'argocd[0].repositories', message: 'HAWSER, line 1: is required' } },
    });
  });

  it('names no secret and no repository', async () => {
    const HAWSER = '{"argocd":[{"name":"main","environments":["*"],"repositories":["acme/*"]]}';

    const answers = await Promise.all([
      exports.default.fetch('https://hawser.test/healthz'),
      app.request('/healthz', {}, { ...env, HAWSER, ARGOCD_MAIN_TOKEN: `$${MAIN}` }),
    ]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));

    expect(texts.join()).not.toMatch(/acme|0123456789abcdef/);
  });
});

describe('the cron tick', () => {
  it('wakes what is overdue in every account, and says so in one line', async () => {
    expect(await swept(env)).toEqual([
      { message: 'sweep done', accounts: expect.any(Number), woken: 0, ...IDLE, failed: 0 },
    ]);
  });

  it('leaves no account out for the failure of another', async () => {
    gitHubListing(['first', 'second', 'third']);
    const wakeOverdue = (owner: string) =>
      owner === 'first' ? Promise.reject(new TypeError('no')) : Promise.resolve(2);
    const installations = {
      idFromName: String,
      get: (owner: string) => ({ wakeOverdue: () => wakeOverdue(owner), sweep: async () => IDLE }),
    };

    expect(await swept({ ...env, INSTALLATION: Object.create(installations) })).toEqual([
      { message: 'sweep done', accounts: 3, woken: 4, ...IDLE, failed: 1, error: 'TypeError' },
    ]);
  });

  it('waits for the next one where GitHub does not say whom there is to wake', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('', { status: 500 }));

    expect(await swept(env)).toEqual([
      { message: 'sweep could not list the accounts', reason: 'installations-unread' },
    ]);
  });
});

/** Of previews there is nothing to do. */
const IDLE = { looking: 0, removing: 0, held: 0 };

async function swept(bindings: Cloudflare.Env): Promise<unknown[]> {
  const lines = vi.spyOn(console, 'log');
  await worker.scheduled(createScheduledController(), bindings);
  const ours = lines.mock.calls.map(String).filter((line) => line.includes('sweep'));
  return ours.map((line) => JSON.parse(line));
}

function gitHubListing(logins: readonly string[]): void {
  const installations = logins.map((login) => ({ account: { login } }));
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(installations));
}

function changed(metadata: object) {
  const application = capturedApplication();
  return { ...application, metadata: { ...application.metadata, ...metadata } };
}

/** The last operation asked for something else than a whole sync. */
function operating(sync: object) {
  const application = capturedApplication();
  const { operationState } = application.status;
  const operation = { ...operationState.operation, sync: { ...operationState.operation.sync, ...sync } };
  return { ...application, status: { ...application.status, operationState: { ...operationState, operation } } };
}

type Headers = Readonly<Record<string, string>>;

function asNotification(body: unknown, headers: Headers = {}): Request {
  return new Request('https://hawser.test/argocd/notifications', {
    method: 'POST',
    headers: { authorization: `Bearer ${MAIN}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) + spaces,
  });
}

function notify(body: unknown, headers: Headers = {}): Promise<Response> {
  return exports.default.fetch(asNotification(body, headers));
}

/** With bindings other than those of the deployment. */
async function notifyWith(bindings: object): Promise<Response> {
  return app.fetch(asNotification(OURS), { ...env, ...bindings });
}

/** A ledger in a state that a real one is hard to bring into. */
function ledgerThat(accept: () => Promise<Accepted>) {
  return { LEDGER: { idFromName: () => '', get: () => ({ accept }) } };
}

function unread(headers: Headers) {
  const body = new ReadableStream<Uint8Array>({}, { highWaterMark: 0 });
  const request = new Request('https://hawser.test/argocd/notifications', { method: 'POST', headers, body });
  return { request, read: () => request.bodyUsed };
}

function streamed(headers: Headers): Request {
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
  return new Request('https://hawser.test/argocd/notifications', {
    method: 'POST',
    headers: { authorization: `Bearer ${MAIN}`, 'content-type': 'application/json', ...headers },
    body,
  });
}

function deepResources(): string {
  const app = JSON.stringify({ ...capturedApplication(), operation: { sync: { resources: ['deep'] } } });
  return `{"v":1,"app":${app.replace('"deep"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)}}`;
}

function asOperator(path: string, method = 'GET'): Request {
  return new Request(`https://hawser.test${path}`, { method, headers: { authorization: `Bearer ${OPERATOR}` } });
}

async function bodyOf<Body>(answer: Response): Promise<Body> {
  return answer.json<Body>();
}

function isIso(text: unknown): boolean {
  return typeof text === 'string' && new Date(text).toISOString() === text;
}
