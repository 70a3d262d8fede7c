/** What passes through the router in workerd comes out as it went in: bodies, streams, sockets, codes and headers. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bundle, type Module } from '../../local/bundle.ts';
import { type Edge, startEdge } from '../../local/edge.ts';
import { answerTo, ask, begin, FOO, FOO_API } from './asking.ts';
import { type Origin, startOrigin } from './origin.ts';

const MIB = 1024 * 1024;
/** What workerd's memory may move by while a body many times as large goes through it. */
const FLAT = 48 * MIB;

let modules: readonly Module[];
let origin: Origin;
let edge: Edge;

beforeAll(async () => {
  modules = await bundle(await mkdtemp(join(tmpdir(), 'hawser-router-')), 'router');
  origin = await startOrigin();
  edge = await startEdge({
    modules,
    origin: origin.address,
    variables: {
      ROUTER: {
        zone: 'example-preview.dev',
        entry: 'shop',
        apps: [{ name: 'api', origin: 'https://api.example.com' }],
      },
    },
  });
}, 60_000);

afterAll(async () => {
  await edge.close();
  await origin.close();
});

/** In MiB-large pieces that differ. */
function* pieces(count: number): Generator<Buffer> {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(MIB, `${index}-`);
}

function digestOf(count: number): string {
  const hash = createHash('sha256');
  for (const piece of pieces(count)) hash.update(piece);
  return hash.digest('hex');
}

/** Reads all of it, and how far workerd's memory went meanwhile. */
async function drained(stream: IncomingMessage): Promise<{ readonly digest: string; readonly most: number }> {
  let most = memory();
  let heard = 0;
  const hash = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    heard += chunk.length;
    if (heard > MIB) {
      most = Math.max(most, memory());
      heard = 0;
    }
  }
  return { digest: hash.digest('hex'), most };
}

/** 0 where the system does not tell. */
function memory(): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${edge.pid}/status`, 'utf8'))?.[1]) * 1024;
}

describe.each([
  ['a preview', FOO],
  ['another application, behind its own origin', FOO_API],
])('to %s', (_, host) => {
  it.each([
    ['with its length said before', String(200 * MIB)],
    ['in chunks', undefined],
  ])('an answer of 200 MiB comes %s, and is not held', { timeout: 60_000 }, async (_, length) => {
    origin.does(async (_request, response) => {
      response.writeHead(200, length === undefined ? {} : { 'content-length': length });
      await pipeline(pieces(200), response);
    });
    const before = memory();
    const begun = begin(edge.port, { host });
    begun.end();

    const response = await answerTo(begun);
    const { digest, most } = await drained(response);

    expect(response.headers['content-length']).toBe(length);
    expect(digest).toBe(digestOf(200));
    expect(most - before).toBeLessThan(FLAT);
  });

  it.each([
    ['with its length said before', { 'content-length': String(90 * MIB) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('an upload of 90 MiB goes %s, and is not held', { timeout: 60_000 }, async (_, headers) => {
    origin.does(async (request, response) => void response.end(JSON.stringify(await drained(request))));
    const before = memory();
    const begun = begin(edge.port, { host, method: 'POST', headers });
    const answer = answerTo(begun);
    await pipeline(pieces(90), begun);

    const { digest, most } = JSON.parse((await read(await answer)).toString());

    expect(origin.asked[0]?.headers).toMatchObject(headers);
    expect(digest).toBe(digestOf(90));
    expect(most - before).toBeLessThan(FLAT);
  });
});

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a stream', () => {
  it('of events is heard while it is written: the second is sent when the first was heard', async () => {
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    origin.does(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      await heard;
      response.end('data: second\n\n');
    });
    const begun = begin(edge.port, { headers: { accept: 'text/event-stream' } });
    begun.end();
    const response = await answerTo(begun);
    const [first] = (await once(response, 'data')) as [Buffer];
    hear();

    expect(String(first)).toBe('data: first\n\n');
    expect(String(await read(response))).toBe('data: second\n\n');
  });

  it('goes both ways at once: each word is answered before the next is said', async () => {
    origin.does(async (request, response) => {
      response.writeHead(200);
      for await (const chunk of request as AsyncIterable<Buffer>) response.write(`heard ${chunk.toString()}`);
      response.end();
    });
    const begun = begin(edge.port, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    const answer = answerTo(begun);
    const said: string[] = [];
    begun.write('one');
    const response = await answer;
    for (const next of ['two', 'three']) {
      said.push(String((await once(response, 'data'))[0]));
      begun.write(next);
    }
    said.push(String((await once(response, 'data'))[0]));
    begun.end();

    expect(said).toEqual(['heard one', 'heard two', 'heard three']);
  });

  it('that is left by its reader is left by the router', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    origin.does((_, response) => {
      const beat = setInterval(() => response.write('beat'), 10);
      response.on('close', () => {
        clearInterval(beat);
        resolve();
      });
    });
    const begun = begin(edge.port, {});
    begun.end();
    await answerTo(begun);
    begun.destroy();

    await left;
  });

  it('that breaks off does not look like its end', async () => {
    origin.does((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this', () => response.destroy());
    });
    const begun = begin(edge.port, {});
    begun.end();
    const response = await answerTo(begun);

    await expect(read(response)).rejects.toThrow('aborted');
  });
});

describe('a WebSocket', () => {
  const open = async (path: string, protocols: readonly string[] = []) => {
    const socket = new WebSocket(`ws://127.0.0.1:${edge.port}${path}`, [...protocols], { headers: { host: FOO } });
    const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>;
    const [[response]] = await Promise.all([upgraded, once(socket, 'open')]);
    return { socket, response };
  };

  it.each(['/socket', '/socket-with-cookie'])('says again what was said, and how it ends: %s', async (path) => {
    const { socket } = await open(path);
    const binary = Buffer.alloc(MIB - 1, 'ab');
    const heard: (readonly [Buffer, boolean])[] = [];
    for (const said of ['text with 😀', binary, '']) {
      socket.send(said);
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
      heard.push([data, isBinary]);
    }
    socket.send('bye');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];

    expect(heard.map(([data, isBinary]) => [isBinary, isBinary ? data.equals(binary) : String(data)])).toEqual([
      [false, 'text with 😀'],
      [true, true],
      [false, ''],
    ]);
    expect([code, String(reason)]).toEqual([4001, 'as you wish']);
  });

  it('is opened with its protocol, and for the preview that its host names', async () => {
    const { socket } = await open('/socket?a=b', ['chat']);
    socket.terminate();

    expect(socket.protocol).toBe('chat');
    expect(origin.asked.at(-1)).toMatchObject({
      url: '/socket?a=b',
      headers: { host: FOO, upgrade: 'websocket', baggage: 'preview=foo' },
    });
  });

  it('that is opened with a cookie for the whole zone sets it for its host', async () => {
    const { socket, response } = await open('/socket-with-cookie');
    socket.terminate();

    expect(response.headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect(response.headers['x-kept']).toBe('yes');
  });
});

describe('a method', () => {
  const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'QUERY', 'GET'] as const;
  it.each(WITH_BODY)('%s goes on with its body', async (method) => {
    origin.does(async (request, response) => void response.end(await read(request)));

    const { status, body } = await ask(edge.port, { method, body: 'a body', headers: { 'content-length': '6' } });

    expect([status, String(body), origin.asked[0]?.method]).toEqual([200, 'a body', method]);
  });

  const BARE = [
    'GET',
    'POST',
    'DELETE',
    'TRACE',
    'MKCOL',
    'COPY',
    'MOVE',
    'LOCK',
    'SEARCH',
    'PURGE',
    'SUBSCRIBE',
  ] as const;
  it.each(BARE)('%s goes on without one', async (method) => {
    origin.does((_, response) => void response.end('here'));

    const { status } = await ask(edge.port, { method });

    expect([status, origin.asked[0]?.method]).toEqual([200, method]);
  });

  it('HEAD is answered with the length of what GET would bring', async () => {
    origin.does((_, response) => void response.writeHead(200, { 'content-length': '1234' }).end());

    const { status, headers, body } = await ask(edge.port, { method: 'HEAD' });

    expect([status, headers['content-length'], body.length]).toEqual([200, '1234', 0]);
  });
});

it('every code from 200 on comes back with its reason and its body', async () => {
  origin.does((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, `Reason ${status}`, { 'x-code': status });
    response.end(isBare(status) ? undefined : `body ${status}`);
  });
  const codes = Array.from({ length: 400 }, (_, index) => 200 + index);

  for (const code of codes) {
    const { status, statusMessage, headers, body } = await ask(edge.port, { path: `/${code}` });
    expect([status, statusMessage, headers['x-code'], String(body)]).toEqual([
      code,
      `Reason ${code}`,
      String(code),
      isBare(code) ? '' : `body ${code}`,
    ]);
  }
});

it.each([600, 799, 999])('%i is no code: its body comes back with a 502, and as clean as any', async (code) => {
  origin.does((_, response) => {
    response.writeHead(code, { 'x-code': code, 'set-cookie': 'a=1; Domain=example-preview.dev; Path=/' }).end('body');
  });

  const { status, headers, body } = await ask(edge.port, {});

  expect([status, headers['x-code'], String(body)]).toEqual([502, String(code), 'body']);
  expect([headers['set-cookie'], headers['x-robots-tag']]).toEqual([['a=1; Path=/'], 'noindex']);
});

function isBare(status: number): boolean {
  return [204, 205, 304].includes(status);
}

it.each([301, 302, 303, 307, 308])('a redirect %i is handed back and not followed', async (code) => {
  const location = 'https://accounts.example.com/login?next=%2F';
  origin.does((_, response) => void response.writeHead(code, { location }).end());

  const { status, headers } = await ask(edge.port, { path: '/' });

  expect({ status, location: headers.location, asked: origin.asked.length }).toEqual({
    status: code,
    location,
    asked: 1,
  });
});

it('every cookie comes back on a line of its own, for its host alone', async () => {
  const set = ['a=1; Domain=example-preview.dev; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'a=3'];
  origin.does((_, response) => void response.writeHead(200, { 'set-cookie': set }).end());

  const { headersDistinct } = await ask(edge.port, {});

  expect(headersDistinct['set-cookie']).toEqual(['a=1; Path=/', set[1], 'a=3']);
});

describe('a compressed answer', () => {
  const page = Buffer.from('<p>Hello, here is something to press together.</p>\n'.repeat(4_000));
  const ENCODED: readonly (readonly [string, Buffer])[] = [
    ['gzip', gzipSync(page, { level: 1 })],
    ['br', brotliCompressSync(page)],
    ['deflate', deflateSync(page)],
    ['zstd', zstdCompressSync(page)],
    ['x-unknown', page.subarray(0, 1_000)],
  ];
  const HOW = [
    ['with a length', (body: Buffer) => ({ 'content-length': String(body.length) })],
    ['in chunks', () => ({})],
  ] as const;
  const ACCEPTED = ['gzip, deflate, br, zstd', 'identity', undefined] as const;

  it.each(ENCODED.flatMap(([name, body]) => HOW.map(([how, framing]) => [name, how, body, framing] as const)))(
    'by %s, %s, comes back byte by byte, whatever was accepted',
    async (name, _, body, framing) => {
      const sent = { 'content-encoding': name, etag: '"of these bytes"', ...framing(body) };
      origin.does((_request, response) => void response.writeHead(200, sent).end(body));
      for (const accepted of ACCEPTED) {
        const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
        const answer = await ask(edge.port, { headers });

        expect(answer.headers).toMatchObject(sent);
        expect(answer.body.equals(body)).toBe(true);
        expect(origin.asked.at(-1)?.headers['accept-encoding']).toBe(accepted);
      }
    },
  );

  it('comes back in the part that was asked for', async () => {
    const whole = gzipSync(page);
    const range = {
      'content-encoding': 'gzip',
      'content-range': `bytes 10-99/${whole.length}`,
      'content-length': '90',
    };
    origin.does((_, response) => void response.writeHead(206, range).end(whole.subarray(10, 100)));

    const { status, headers, body } = await ask(edge.port, { headers: { range: 'bytes=10-99' } });

    expect(origin.asked[0]?.headers.range).toBe('bytes=10-99');
    expect({ status, headers }).toMatchObject({ status: 206, headers: range });
    expect(body.equals(whole.subarray(10, 100))).toBe(true);
  });
});

describe('a request reaches its origin', () => {
  it.each([
    ['encoded dots and slashes', '/a/%2e%2e/b%2Fc//d'],
    ['signs that need no code', "/x'y(z)!*;v=1,2:@$&+="],
    ['what decodes to nothing', '/%zz%?a=%&b=%ff'],
    ['a query with everything', '/?a=b&&c&d=%20+e?f/g'],
    ['a path of 8,000 signs', `/${'a'.repeat(8_000)}`],
  ])('with its path as it was written: %s', async (_, path) => {
    origin.does((_request, response) => void response.end());

    await ask(edge.port, { path });

    expect(origin.asked[0]?.url).toBe(path);
  });

  it('under the name that was asked for, without a port that the caller chose', async () => {
    origin.does((_request, response) => void response.end());

    for (const host of [FOO, 'FOO.example-preview.dev.', `${FOO}:22`]) await ask(edge.port, { host });

    expect(origin.asked.map(({ headers }) => headers.host)).toEqual([FOO, FOO, FOO]);
  });

  it('of another application under its own name, with the one that was asked for beside it', async () => {
    origin.does((_request, response) => void response.writeHead(302, { location: 'https://api.example.com/a' }).end());

    const { headers } = await ask(edge.port, {
      host: FOO_API,
      path: '/x?y',
      headers: { 'x-forwarded-host': 'evil.net' },
    });

    expect(origin.asked[0]).toMatchObject({
      url: '/x?y',
      headers: { host: 'api.example.com', 'x-forwarded-host': FOO_API, baggage: 'preview=foo' },
    });
    expect(headers.location).toBe(`http://${FOO_API}/a`);
  });

  it('with its headers, and no word of the router but that no cache may answer', async () => {
    origin.does((_request, response) => void response.end());
    const headers = {
      accept: 'text/html,*/*;q=0.8',
      authorization: 'Bearer abc',
      cookie: 'a=1; b="2"',
      'x-many': ['one', 'two'],
      'x-long': 'v'.repeat(1_000),
      'x-latin': 'caf\xe9',
      'if-none-match': '"a", W/"b"',
    };

    await ask(edge.port, { headers });

    expect(origin.asked[0]?.headers).toEqual({
      ...headers,
      'x-many': 'one, two',
      host: FOO,
      baggage: 'preview=foo',
      // workerd's own, for `no-store`.
      'cache-control': 'no-cache',
      pragma: 'no-cache',
    });
  });
});

it('an origin that is not there is 502, and does not bring the router down', async () => {
  const alone = await startEdge({
    modules,
    origin: `127.0.0.1:${await closedPort()}`,
    variables: { ROUTER: { zone: 'example-preview.dev', entry: 'shop' } },
  });
  try {
    const answers = [await ask(alone.port, {}), await ask(alone.port, { method: 'POST', body: 'x' })];

    expect(answers.map(({ status, body }) => [status, String(body)])).toEqual([
      [502, 'The environment behind this name gave no answer. It may be back in a moment.\n'],
      [502, 'The environment behind this name gave no answer. It may be back in a moment.\n'],
    ]);
  } finally {
    await alone.close();
  }
});

it('a configuration that is not valid is 503, and the log says where', async () => {
  const logged: string[] = [];
  const alone = await startEdge({
    modules,
    origin: origin.address,
    variables: { ROUTER: { zone: 'example-preview.dev', keeps: ['preview'] } },
    log: (line) => logged.push(line),
  });
  try {
    const answers = [await ask(alone.port, {}), await ask(alone.port, {})];

    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(logged.map((line) => JSON.parse(line).path)).toEqual(['vars.ROUTER.entry', 'vars.ROUTER']);
  } finally {
    await alone.close();
  }
});

async function closedPort(): Promise<number> {
  const other = await startOrigin();
  await other.close();
  const port = Number(other.address.split(':')[1]);
  await expect(once(createConnection(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  return port;
}
