/**
 * Every answer of the door for GitHub, asked for over HTTP as GitHub would, and as those who are not GitHub would. A number
 * before a name is its row of docs/reliability.md.
 */
import { env, exports } from 'cloudflare:workers';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../functions/app.ts';

const SECRET = 'webhook-secret-0123456789abcdef';
const NEXT = 'webhook-secret-next-0123456789abcdef';
const URL = 'https://hawser.test/github/webhooks';
const MiB = 1_048_576;
const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('POST /github/webhooks', () => {
  it.each([
    ['ping', '{"zen":"Keep it logically awesome."}', 'ping'],
    ['star', '{"action":"created"}', 'star is not handled'],
    ['an_event_of_next_year', '{}', 'an_event_of_next_year is not handled'],
    ['projects_v2_item', '{}', 'projects_v2_item is not handled'],
    ['constructor', '{}', 'constructor is not handled'],
    ['deployment_status', '{"action":"created"}', 'deployment_status is not handled'],
  ])('9 · unknown event, action, extra fields: is 200 and says why it ignores %s', async (event, body, why) => {
    const answer = await deliver(body, { 'x-github-event': event });

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: why }]);
  });

  it('68 · own deployment_status echoes back: ignored', async () => {
    const echo = JSON.stringify({
      action: 'created',
      deployment_status: { state: 'success' },
      sender: { type: 'Bot' },
    });

    const answer = await deliver(echo, { 'x-github-event': 'deployment_status' });

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'deployment_status is not handled' }]);
  });

  it.each([SECRET, NEXT])('3 · previous secret during rotation: is taken under either', async (secret) => {
    expect((await deliver('{}', {}, secret)).status).toBe(200);
  });

  it('never parses what it does not handle', async () => {
    const answer = await deliver('not { JSON', { 'x-github-event': 'star' });

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'star is not handled' }]);
  });

  it.each([
    ['no JSON', 'not { JSON', 'not JSON'],
    ['half of it', '{"zen":"Keep it', 'not JSON'],
    ['half a million levels', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'too deep'],
    ['half a character', Uint8Array.of(0x22, 0xe2, 0x82), 'not UTF-8'],
  ])('5 · truncated or deep JSON, wrong UTF-8: is 400 for %s that is signed', async (_, body, why) => {
    const answer = await deliver(body);

    expect([answer.status, await answer.json()]).toEqual([400, { error: `the body is ${why}` }]);
  });

  it('10 · prototype keys: nothing inherits them', async () => {
    const answer = await deliver('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');

    expect(answer.status).toBe(200);
    expect(Reflect.has({}, 'polluted')).toBe(false);
  });

  it.each([
    ['no signature', { 'x-hub-signature-256': undefined }],
    ['an empty one', { 'x-hub-signature-256': '' }],
    ['one in capitals', { 'x-hub-signature-256': `sha256=${'A'.repeat(64)}` }],
    ['one that is not hex', { 'x-hub-signature-256': `sha256=${'g'.repeat(64)}` }],
    ['a short one', { 'x-hub-signature-256': `sha256=${'a'.repeat(63)}` }],
    ['two of them', { 'x-hub-signature-256': `${signed('{}', SECRET)}, ${signed('{}', SECRET)}` }],
    ['only the old kind', { 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${'a'.repeat(40)}` }],
    ['a bearer token', { 'x-hub-signature-256': undefined, authorization: `Bearer ${SECRET}` }],
  ])(
    '2 · missing, non-hex, short, duplicate signature header: is 401 for %s, with the body unread',
    async (_, headers) => {
      const { body, read } = unread();

      const answer = await app.fetch(asDelivery(body, headers), env);

      expect([answer.status, read()]).toEqual([401, false]);
    },
  );

  it.each([
    ["another secret's", signed('{}', 'another-secret'), '{}'],
    ["another body's", signed('{ }', SECRET), '{}'],
    ['both secrets together', signed('{}', `${NEXT} ${SECRET}`), '{}'],
  ])('1 · bad signature: is 401 for one that is %s', async (_, signature, body) => {
    for (const event of ['ping', 'star']) {
      const answer = await deliver(body, { 'x-hub-signature-256': signature, 'x-github-event': event });

      expect(answer.status).toBe(401);
    }
  });

  it.each([undefined, 'application/x-www-form-urlencoded', 'text/plain', 'application/jsonp'])(
    '6 · wrong content type: is 415 for %s, with the body unread, and says where it is set',
    async (type) => {
      const { body, read } = unread();

      const answer = await app.fetch(asDelivery(body, { 'content-type': type }), env);

      expect([answer.status, await answer.json(), read()]).toEqual([
        415,
        { error: 'the content type here is application/json: set it in the webhook of the GitHub App' },
        false,
      ]);
    },
  );

  it.each([
    ['X-GitHub-Event', undefined],
    ['X-GitHub-Event', ''],
    ['X-GitHub-Event', 'Pull Request'],
    ['X-GitHub-Event', 'a'.repeat(65)],
    ['X-GitHub-Delivery', undefined],
    ['X-GitHub-Delivery', 'one\ttwo'],
    ['X-GitHub-Delivery', '0'.repeat(65)],
  ])('is 400 and names the header where %s is %o, with the body unread', async (name, value) => {
    const { body, read } = unread();

    const answer = await app.fetch(asDelivery(body, { [name]: value }), env);

    expect([answer.status, await answer.json(), read()]).toEqual([
      400,
      { error: `the header ${name} is missing, or not as GitHub writes it` },
      false,
    ]);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('6 · wrong method: is 405 for %s', async (method) => {
    const answer = await exports.default.fetch(URL, { method });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each([
    ['missing', { GITHUB_WEBHOOK_SECRET: undefined }],
    ['empty', { GITHUB_WEBHOOK_SECRET: ' ' }],
    ['unexpanded', { GITHUB_WEBHOOK_SECRET: '$github-webhook' }],
    ['three', { GITHUB_WEBHOOK_SECRET: `a b ${SECRET}` }],
    ['in order, but the configuration is not', { HAWSER: '{"argocd":[{"name":"main"}]}' }],
  ])('4 · secret unset: is 503 for whatever comes where the secret is %s', async (_, changed) => {
    const requests = [asDelivery('{}'), asDelivery('{}', { 'x-hub-signature-256': undefined })];

    const answers = await Promise.all(requests.map(async (request) => app.fetch(request, { ...env, ...changed })));

    expect(answers.map((answer) => [answer.status, answer.headers.get('retry-after')])).toEqual([
      [503, '2'],
      [503, '2'],
    ]);
  });

  it.each([
    ['is handled and has 5 MiB', 'ping', 5 * MiB, 200, { ignored: 'ping' }],
    ['is handled and has a byte more', 'ping', 5 * MiB + 1, 200, { ignored: 'larger than 5 MiB' }],
    ['is not handled and has 25 MiB', 'star', 25 * MiB, 200, { ignored: 'star is not handled' }],
    ['has a byte more than that', 'star', 25 * MiB + 1, 413, { error: 'a body here has at most 26214400 bytes' }],
    ['is handled and has as many', 'ping', 25 * MiB + 1, 413, { error: 'a body here has at most 26214400 bytes' }],
  ])(
    '7 · oversize with absent length: counts what arrives, an event that %s',
    async (_, event, bytes, status, body) => {
      const text = `"${'x'.repeat(bytes - 2)}"`;

      const answer = await deliver(inChunks(text), {
        'x-github-event': event,
        'x-hub-signature-256': signed(text, SECRET),
      });

      expect([answer.status, await answer.json()]).toEqual([status, body]);
    },
  );

  it('is 401 for a body above 5 MiB that nobody signed', async () => {
    expect((await deliver(inChunks('x'.repeat(6 * MiB)))).status).toBe(401);
  });

  it('8 · slow-drip body: is 503 when patience ends, and no more is read', async () => {
    const patience = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(Uint8Array.of(0x7b));
        patience.abort();
        return new Promise(() => undefined);
      },
      cancel() {
        cancelled = true;
      },
    });

    const answer = await app.fetch(asDelivery(body), env);

    expect([answer.status, answer.headers.get('retry-after'), cancelled]).toEqual([503, '2', true]);
  });

  it.each(['3', 'NaN', '-1'])('7 · oversize with lying or NaN length: is 413 at the bound for %s', async (length) => {
    const body = inChunks('x'.repeat(25 * MiB + 1));

    expect((await app.fetch(asDelivery(body, { 'content-length': length }), env)).status).toBe(413);
  });

  it('7 · oversize: is 413 for a declared length above the bound, with the body unread', async () => {
    const { body, read } = unread();

    const answer = await app.fetch(asDelivery(body, { 'content-length': String(25 * MiB + 1) }), env);

    expect([answer.status, read()]).toEqual([413, false]);
  });

  it('is logged in one line, without payload and secret', async () => {
    const lines = vi.spyOn(console, 'log');

    await app.fetch(asDelivery('{"zen":"planted"}'), env);
    await app.fetch(asDelivery('{"zen":"planted"}', { 'x-hub-signature-256': signed('{}', 'x') }), env);

    expect(lines.mock.calls.map(String).map((line) => JSON.parse(line))).toEqual([
      {
        message: 'webhook answered',
        outcome: 'ignored',
        why: 'ping',
        status: 200,
        event: 'ping',
        delivery: GUID,
        milliseconds: expect.any(Number),
      },
      // What a stranger writes into its headers is not logged.
      { message: 'webhook answered', outcome: 'unsigned', status: 401, milliseconds: expect.any(Number) },
    ]);
  });
});

type Headers = Readonly<Record<string, string | undefined>>;
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

function deliver(body: Body, headers: Headers = {}, secret = SECRET): Promise<Response> {
  return exports.default.fetch(asDelivery(body, headers, secret));
}

/** As GitHub sends it; a header that is undefined is left out. */
function asDelivery(body: Body, changed: Headers = {}, secret = SECRET): Request {
  const sent: Headers = {
    'content-type': 'application/json',
    'x-github-event': 'ping',
    'x-github-delivery': GUID,
    'x-hub-signature-256': signed(body instanceof ReadableStream ? '' : body, secret),
    ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [name.toLowerCase(), value])),
  };
  const headers = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // A body that is text brings a type of its own.
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new Request(URL, { method: 'POST', headers, body: bytes });
}

function signed(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Without a declared length. */
function inChunks(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close();
      controller.enqueue(bytes.slice(at, at + 65_536));
      at += 65_536;
    },
  });
}

function unread(): { readonly body: ReadableStream<Uint8Array>; readonly read: () => boolean } {
  let pulled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled = true;
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, read: () => pulled };
}
