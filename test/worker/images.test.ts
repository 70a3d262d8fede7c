/**
 * Every answer of the door for publishers, asked for over HTTP as they would, with tokens of their own or of GitHub Actions.
 * A number before a name is its row of docs/reliability.md.
 */
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../functions/app.ts';
import { type Issuer, SHA, type Signed, startIssuing } from './issuer.ts';

const CI = 'ci-token-0123456789abcdef';
const NEXT = 'ci-token-next-0123456789abcdef';
const OTHER = 'other-publisher-0123456789abcdef';
const DIGEST = `sha256:${'89160c58'.repeat(8)}`;
const IMAGE = { v: 1, image: 'ghcr.io/acme/shop', tag: 'v1.2.3' };
const SOURCE = { repository: 'acme/shop', sha: SHA };
const FROM = { ...IMAGE, source: SOURCE };

let issuer: Issuer;
let heard: { readonly repository: string; readonly event: unknown }[] = [];

beforeEach(async () => {
  heard = [];
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  issuer = await startIssuing();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  return reset();
});

describe('a publisher', () => {
  it('is answered 202 once an image is committed, and 200 for the same again', async () => {
    const answers = [await publish(FROM, CI, { LEDGER: env.LEDGER }), await publish(FROM, CI, { LEDGER: env.LEDGER })];

    const [first] = await Promise.all(answers.map((answer) => answer.json()));
    expect(first).toEqual({ event: expect.stringMatching(/^[0-9a-f]{64}$/), duplicate: false });
    expect(answers.map(({ status }) => status)).toEqual([202, 200]);
  });

  it.each<[string, object, string, object]>([
    ['its source', FROM, 'acme/shop-deployment', { image: IMAGE.image, tag: 'v1.2.3', source: SOURCE }],
    [
      'the deployment repository alone',
      { ...IMAGE, deployment: 'Acme/Elsewhere' },
      'acme/elsewhere',
      { image: IMAGE.image, tag: 'v1.2.3' },
    ],
    [
      'the source repository without its commit',
      { ...IMAGE, source: { repository: 'acme/shop' } },
      'acme/shop-deployment',
      { image: IMAGE.image, tag: 'v1.2.3' },
    ],
    [
      'a digest and an environment',
      { ...FROM, tag: undefined, digest: DIGEST, environment: 'production' },
      'acme/shop-deployment',
      { image: IMAGE.image, digest: DIGEST, source: SOURCE, environment: 'production' },
    ],
    [
      'a repository whose images are pinned elsewhere',
      { ...FROM, source: { ...SOURCE, repository: 'acme/mono' } },
      'acme/gitops',
      { image: IMAGE.image, tag: 'v1.2.3', source: { ...SOURCE, repository: 'acme/mono' } },
    ],
    [
      'fields of a later version',
      { ...FROM, sbom: {} },
      'acme/shop-deployment',
      { image: IMAGE.image, tag: 'v1.2.3', source: SOURCE },
    ],
  ])('tells %s', async (_, body, repository, candidate) => {
    expect((await publish(body)).status).toBe(202);

    expect(heard).toEqual([
      { repository, event: image({ ...candidate, origin: 'publisher', firstSeen: expect.any(Number) }) },
    ]);
  });

  it('may have the token that comes next', async () => {
    expect((await publish(FROM, NEXT)).status).toBe(202);
  });

  it.each([
    ['that looks like one of GitHub Actions', 'ci.token.0123456789abcdef'],
    ['with a head as theirs have it', `${base64url({ alg: 'RS256', kid: 'one' })}.e30.0123456789abcdef`],
  ])('may have a token %s', async (_, token) => {
    const named = { PUBLISHER_CI_TOKEN: token };

    expect((await publish(FROM, token, named)).status).toBe(202);
    expect((await publish(FROM, `${token}0`, named)).status).toBe(401);
    expect((await publish(FROM, token, { PUBLISHER_CI_TOKEN: '' })).status).toBe(503);
    expect(heard.length).toBe(1);
  });

  it.each([
    ['another repository than it may propose to', { ...IMAGE, deployment: 'elsewhere/shop-deployment' }, CI],
    ['another by its source', { ...FROM, source: { ...SOURCE, repository: 'elsewhere/shop' } }, CI],
    ['an owner that begins alike', { ...IMAGE, deployment: 'acme-x/shop-deployment' }, CI],
    ["another publisher's", FROM, OTHER],
  ])('16 · token A names repository B: is 403 for %s, and nothing is done', async (_, body, token) => {
    const answer = await publish(body, token);

    expect([answer.status, await answer.json()]).toEqual([403, { error: 'this credential may not speak for that' }]);
    expect(heard).toEqual([]);
  });

  it.each<[string, unknown, string | undefined]>([
    ['no JSON', 'hello', undefined],
    ['nothing', '', undefined],
    ['another version', { ...FROM, v: 2 }, 'v'],
    ['no image', { v: 1, tag: 'v1', source: SOURCE }, 'image'],
    ['an image with its tag', { ...FROM, image: 'ghcr.io/acme/shop:v1' }, 'image'],
    ['neither tag nor digest', { v: 1, image: IMAGE.image, source: SOURCE }, 'tag'],
    ['an empty tag', { ...FROM, tag: '' }, 'tag'],
    ['a short digest', { ...FROM, digest: 'sha256:12' }, 'digest'],
    ['a commit that is short', { ...FROM, source: { ...SOURCE, sha: '3f0384b' } }, 'source.sha'],
    ['a source that is no repository', { ...FROM, source: { ...SOURCE, repository: 'shop' } }, 'source.repository'],
    ['neither source nor deployment', IMAGE, 'deployment'],
    ['an empty environment', { ...FROM, environment: '' }, 'environment'],
  ])('5 · truncated or deep JSON, wrong UTF-8: is 400 for %s', async (_, body, path) => {
    const answer = await publish(body);

    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringMatching(/./), ...(path === undefined ? {} : { path }) },
    ]);
    expect(heard).toEqual([]);
  });

  it.each([
    ['no credential', null],
    ['an unknown one', 'Bearer nobody'],
    ['another scheme', `Basic ${btoa(`ci:${CI}`)}`],
    ["Argo CD's", 'Bearer main-token-0123456789abcdef'],
  ])('is 401 for %s, before anything of the body is read', async (_, authorization) => {
    const { body, isRead } = unread();

    const answer = await app.fetch(request(body, authorization), bindings());

    expect([answer.status, answer.headers.get('www-authenticate'), isRead()]).toEqual([401, 'Bearer', false]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('6 · wrong method: is 405 for %s', async (method) => {
    const answer = await app.fetch(new Request('https://hawser.test/images', { method }), bindings());

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('7 · oversize: is 413 from the first byte beyond a mebibyte on', async () => {
    const filling = 'x'.repeat(1_048_576 - JSON.stringify({ ...FROM, filling: '' }).length);

    expect((await publish({ ...FROM, filling })).status).toBe(202);
    expect((await publish({ ...FROM, filling: `${filling}x` })).status).toBe(413);
  });

  it('6 · wrong content type: is 415', async () => {
    const answer = await app.fetch(request(JSON.stringify(FROM), `Bearer ${CI}`, 'text/plain'), bindings());

    expect(answer.status).toBe(415);
  });

  it.each([
    ['missing', { PUBLISHER_CI_TOKEN: undefined }],
    ['unexpanded', { PUBLISHER_CI_TOKEN: '$ci' }],
    ["another publisher's too", { PUBLISHER_OTHER_TOKEN: CI }],
    ['in order, but the configuration is not', { HAWSER: '{"publishers":[{"name":"ci"}]}' }],
  ])('4 · secret unset: is 503 where it is %s', async (_, changed) => {
    const answer = await publish(FROM, CI, changed);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(heard).toEqual([]);
  });

  it('is 503 where the ledger cannot commit', async () => {
    const answer = await publish(
      FROM,
      CI,
      ledgerThat(() => Promise.reject(new Error('no'))),
    );

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it('is logged in one line, without payload and secret', async () => {
    const lines = vi.spyOn(console, 'log').mockClear();

    await publish(FROM);

    expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      {
        message: 'image answered',
        outcome: 'accepted',
        status: 202,
        publisher: 'ci',
        repository: 'acme/shop-deployment',
        milliseconds: expect.any(Number),
      },
    ]);
  });
});

describe('a run of GitHub Actions', () => {
  const run = {
    ref: 'refs/heads/main',
    event: 'push',
    workflow: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
  };

  it.each<[string, object, Signed, string]>([
    ['says of itself what it was built from', IMAGE, {}, 'acme/shop-deployment'],
    ['may say it again', { ...FROM, source: { ...SOURCE, sha: SHA.toUpperCase() } }, {}, 'acme/shop-deployment'],
    [
      'may name its own deployment repository',
      { ...IMAGE, deployment: 'acme/shop-deployment' },
      {},
      'acme/shop-deployment',
    ],
    ['may have a clock that goes before', IMAGE, { issued: 20, starts: 20 }, 'acme/shop-deployment'],
    ['may come a little late', IMAGE, { expires: -20 }, 'acme/shop-deployment'],
  ])('%s', async (_, body, signed, repository) => {
    expect((await publish(body, await issuer.token(signed))).status).toBe(202);

    expect(heard).toEqual([
      {
        repository,
        event: image({
          image: IMAGE.image,
          tag: 'v1.2.3',
          source: SOURCE,
          origin: 'oidc',
          run,
          firstSeen: expect.any(Number),
        }),
      },
    ]);
  });

  it('proposes to the repository that is configured for its own', async () => {
    const token = await issuer.token({ claims: { repository: 'Acme/Mono' } });

    expect((await publish({ ...IMAGE, deployment: 'acme/gitops' }, token)).status).toBe(202);
    expect(heard).toMatchObject([
      { repository: 'acme/gitops', event: { candidate: { source: { repository: 'acme/mono' } } } },
    ]);
  });

  it('tells what it ran for, so that a pull request is never merged by itself', async () => {
    const token = await issuer.token({ claims: { event_name: 'pull_request', ref: 'refs/pull/7/merge' } });

    await publish(IMAGE, token);

    expect(heard).toMatchObject([
      { event: { candidate: { run: { event: 'pull_request', ref: 'refs/pull/7/merge' } } } },
    ]);
  });

  it.each<[string, object, Signed]>([
    ["another repository's source", { ...FROM, source: { repository: 'acme/mobile' } }, {}],
    ['another commit', { ...FROM, source: { sha: '0'.repeat(40) } }, {}],
    ["another repository's deployment repository", { ...IMAGE, deployment: 'acme/mobile-deployment' }, {}],
    ['its own repository', { ...IMAGE, deployment: 'acme/shop' }, {}],
    ['whoever is not configured here', IMAGE, { claims: { repository: 'stranger/shop' } }],
    ['an owner that begins alike', IMAGE, { claims: { repository: 'acme-x/shop' } }],
  ])('16 · token A names repository B: is 403 for %s, and nothing is done', async (_, body, signed) => {
    expect((await publish(body, await issuer.token(signed))).status).toBe(403);
    expect(heard).toEqual([]);
  });

  it('is 403 where only others may publish', async () => {
    const oidc = { issuer: issuer.url, repositories: ['acme/mobile'] };

    expect((await publish(IMAGE, await issuer.token(), configured({ oidc }))).status).toBe(403);
  });

  it.each<[string, Signed]>([
    ['another issuer', { issuer: 'https://token.actions.githubusercontent.com' }],
    ['another audience', { audience: 'https://github.com/acme' }],
    ['that has expired', { expires: -40 }],
    ['that never expires', { expires: null }],
    ['that does not count yet', { starts: 60 }],
    ['under a key that nobody has', { kid: 'two' }],
    ['of another kind of run', { claims: { repository: undefined } }],
    ['without its commit', { claims: { sha: 'main' } }],
  ])('is 401 with a token %s', async (_, signed) => {
    const answer = await publish(IMAGE, await issuer.token(signed));

    expect([answer.status, await answer.json()]).toEqual([401, { error: 'no credential that is known here' }]);
    expect(heard).toEqual([]);
  });

  it('is 401 under a key of the same name', async () => {
    const { privateKey } = await generateKeyPair('RS256');

    expect((await publish(IMAGE, await issuer.token({ key: privateKey }))).status).toBe(401);
  });

  it.each(['PS256', 'RS384'])('is 401 where it is signed by %s', async (alg) => {
    const { privateKey } = await generateKeyPair(alg);

    expect((await publish(IMAGE, await issuer.token({ alg, key: privateKey }))).status).toBe(401);
  });

  it('is 401 unsigned, and with the public key as a password', async () => {
    const [header, payload] = [
      { alg: 'none', kid: 'one' },
      { iss: issuer.url, aud: 'hawser' },
    ].map(base64url);
    const secret = new TextEncoder().encode(JSON.stringify(issuer.jwk));
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

    expect((await publish(IMAGE, `${header}.${payload}.`)).status).toBe(401);
    expect((await publish(IMAGE, `${header}.${payload}.AAAA`)).status).toBe(401);
    expect((await publish(IMAGE, await issuer.token({ alg: 'HS256', key }))).status).toBe(401);
  });

  it('is 401 where no issuer is configured', async () => {
    expect((await publish(IMAGE, await issuer.token(), configured({ oidc: undefined }))).status).toBe(401);
    expect(await issuer.asked()).toBe(0);
  });

  it('is let in whatever is wrong with the secrets of others', async () => {
    expect((await publish(IMAGE, await issuer.token(), { PUBLISHER_CI_TOKEN: '' })).status).toBe(202);
  });
});

describe("the issuer's keys", () => {
  it('are read once', async () => {
    for (const tag of ['v1', 'v2', 'v3']) await publish({ ...IMAGE, tag }, await issuer.token());

    expect([heard.length, await issuer.asked()]).toEqual([3, 1]);
  });

  it('are read once for all who come at once', async () => {
    const tokens = await Promise.all(['one', 'one', 'two', 'three'].map((kid) => issuer.token({ kid })));

    const answers = await Promise.all(tokens.map((token, at) => publish({ ...IMAGE, tag: `v${at}` }, token)));

    expect([answers.map(({ status }) => status), await issuer.asked()]).toEqual([[202, 202, 401, 401], 1]);
  });

  it('are read again for one that is new, but not for every one that nobody has', async () => {
    await publish(IMAGE, await issuer.token());
    await issuer.answer({ body: { keys: [{ ...issuer.jwk, kid: 'two' }] } });

    const soon = await publish(IMAGE, await issuer.token({ kid: 'two' }));
    pass(30_000);
    const later = await publish(IMAGE, await issuer.token({ kid: 'two' }));
    for (const kid of ['three', 'four', 'five']) await publish(IMAGE, await issuer.token({ kid }));

    expect([soon.status, later.status, await issuer.asked()]).toEqual([401, 202, 2]);
  });

  it('no longer count an hour after they were taken out', async () => {
    await publish(IMAGE, await issuer.token());
    await issuer.answer({ body: { keys: [] } });

    const before = await publish(IMAGE, await issuer.token());
    pass(3_600_000);
    const after = await publish(IMAGE, await issuer.token());

    expect([before.status, after.status]).toEqual([202, 401]);
  });

  it('still count for a day where the issuer cannot be reached', async () => {
    await publish(IMAGE, await issuer.token());
    await issuer.answer({ status: 502 });

    pass(23 * 3_600_000);
    const within = await publish(IMAGE, await issuer.token());
    pass(3_600_000);
    const beyond = await publish(IMAGE, await issuer.token());

    expect([within.status, beyond.status]).toEqual([202, 503]);
  });

  it.each<[string, object]>([
    ['are refused', { status: 500 }],
    ['lie elsewhere', { status: 302, headers: { location: 'https://elsewhere.example.com' } }],
    ['are no JSON', { body: '<html>' }],
    ['are no keys', { body: { keys: 'none' } }],
    ['never end', { body: `"${'x'.repeat(300_000)}"` }],
  ])('make it 503 with Retry-After where they %s, and right afterwards without asking again', async (_, answer) => {
    await issuer.answer(answer);

    const answers = [await publish(IMAGE, await issuer.token()), await publish(IMAGE, await issuer.token())];

    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [503, '2'],
      [503, '2'],
    ]);
    expect([heard, await issuer.asked()]).toEqual([[], 1]);
  });

  it('are asked for again two seconds after they could not be read', async () => {
    await issuer.answer({ status: 500 });
    await publish(IMAGE, await issuer.token());
    await issuer.answer({ body: { keys: [issuer.jwk] } });
    pass(2_000);

    expect((await publish(IMAGE, await issuer.token())).status).toBe(202);
  });

  it('may stand beside others that are not understood', async () => {
    await issuer.answer({ body: { keys: [null, { kty: 'EC', kid: 'one' }, { kid: 'one' }, issuer.jwk] } });

    expect((await publish(IMAGE, await issuer.token())).status).toBe(202);
  });
});

describe('/healthz', () => {
  it.each<[string, object, string]>([
    ['publisher ci', { PUBLISHER_CI_TOKEN: '' }, 'PUBLISHER_CI_TOKEN is not set'],
    ['publisher other', { PUBLISHER_OTHER_TOKEN: CI }, 'PUBLISHER_OTHER_TOKEN holds a token of another one too'],
    ['image updater main', { IMAGE_UPDATER_MAIN_SECRET: '$x' }, 'IMAGE_UPDATER_MAIN_SECRET is unexpanded'],
    ['oidc', { HAWSER: '{"oidc":{}}' }, 'no repository may publish: set oidc.repositories'],
  ])('is red at %s', async (check, changed, message) => {
    const answer = await app.fetch(new Request('https://hawser.test/healthz'), bindings(changed));

    expect(await answer.json()).toMatchObject({ status: 'degraded', checks: { [check]: { ok: false, message } } });
  });

  it('is green where all is set', async () => {
    const answer = await app.fetch(new Request('https://hawser.test/healthz'), bindings());

    expect(await answer.json()).toMatchObject({
      checks: { 'publisher ci': { ok: true }, oidc: { ok: true }, 'image updater main': { ok: true } },
    });
  });
});

function image(candidate: object) {
  return { kind: 'image', id: expect.stringMatching(/^[0-9a-f]{64}$/), candidate };
}

function publish(body: unknown, token = CI, changed: object = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Promise.resolve(app.fetch(request(text, `Bearer ${token}`), bindings(changed)));
}

function request(body: string | ReadableStream, authorization: string | null, type = 'application/json'): Request {
  const headers = { 'content-type': type, ...(authorization === null ? {} : { authorization }) };
  return new Request('https://hawser.test/images', { method: 'POST', headers, body });
}

/** The Worker's, with publishers and an issuer, and with a ledger that only listens. */
function bindings(changed: object = {}): Cloudflare.Env {
  const secrets = {
    PUBLISHER_CI_TOKEN: `${CI} ${NEXT}`,
    PUBLISHER_OTHER_TOKEN: OTHER,
    IMAGE_UPDATER_MAIN_SECRET: 'updater-secret-0123456789abcdef',
  };
  const listening = ledgerThat(async (repository, event) => {
    heard.push({ repository, event });
    return { kind: 'committed', duplicate: false };
  });
  return Object.assign({ ...env }, secrets, listening, configured({}), changed);
}

function configured(changed: object) {
  const config = {
    argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
    publishers: [
      { name: 'ci', repositories: ['Acme/*'] },
      { name: 'other', repositories: ['acme/mobile-deployment'] },
    ],
    oidc: { issuer: issuer.url },
    deploymentRepositories: { 'Acme/Mono': 'Acme/GitOps' },
    imageUpdaters: [{ name: 'main', url: 'https://image-updater.example.com/webhook' }],
  };
  return { HAWSER: JSON.stringify({ ...config, ...changed }) };
}

function ledgerThat(accept: (repository: string, event: unknown) => Promise<unknown>) {
  return { LEDGER: { idFromName: (name: string) => name, get: () => ({ accept }) } };
}

/** So much time passes by the door's clock, the token's being issued by it too. */
function pass(milliseconds: number): void {
  const now = Date.now() + milliseconds;
  vi.spyOn(Date, 'now').mockReturnValue(now);
}

function base64url(value: object): string {
  return btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function unread(): { readonly body: ReadableStream; readonly isRead: () => boolean } {
  let pulled = false;
  const body = new ReadableStream(
    {
      pull(controller) {
        pulled = true;
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, isRead: () => pulled };
}
