/**
 * What a caller can't do to the router in workerd, whatever it sends. `SEED=<seed> RUNS=100000 npx vitest run --project node
 * test/routing/abuse.test.ts` sends more.
 */
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../local/bundle.ts';
import { type Edge, startEdge } from '../../local/edge.ts';
import { CANARY, type Hostile, hostile } from './hostile.ts';
import { type Asked, type Origin, startOrigin } from './origin.ts';

const { RUNS, SEED } = process.env;
const SENDERS = 16;
const ZONE = 'example-preview.dev';
const API = 'api.example.com';
const SHARED = ['www', 'main'];

let origin: Origin;
let edge: Edge;

beforeAll(async () => {
  origin = await startOrigin();
  edge = await startEdge({
    modules: await bundle(await mkdtemp(join(tmpdir(), 'hawser-router-')), 'router'),
    origin: origin.address,
    variables: {
      ROUTER: {
        zone: ZONE,
        entry: 'shop',
        shared: SHARED,
        keep: ['tenant'],
        apps: [{ name: 'api', origin: `https://${API}` }],
      },
    },
  });
}, 60_000);

afterAll(async () => {
  await edge.close();
  await origin.close();
});

async function answerTo({ bytes }: Hostile): Promise<string> {
  const socket = connect({ port: edge.port, host: '127.0.0.1' });
  socket.on('error', () => socket.destroy());
  socket.end(bytes);
  return String(await buffer(socket));
}

/** The name of the zone that a request came to its origin for; undefined: it should not be there. */
function nameOf({ headers }: Asked): string | undefined {
  const asked = headers.host === API ? headers['x-forwarded-host'] : headers.host;
  const [, name, app] = new RegExp(`^([a-z0-9-]+?)(--api)?\\.${ZONE}$`).exec(String(asked)) ?? [];
  return (app === undefined) === (headers.host !== API) ? name : undefined;
}

/** What is wrong with what the origin was asked, judged by its host alone. */
function faultOf(asked: Asked): string | undefined {
  const { headers } = asked;
  const name = nameOf(asked);
  if (name === undefined) return `came to ${headers.host}`;
  const own = SHARED.includes(name) ? [] : [`preview=${name}`];
  const members = headers.baggage === undefined ? [] : String(headers.baggage).split(',');
  if (members[0] !== own[0] && own.length > 0) return `${name} is asked with ${String(headers.baggage)}`;
  const foreign = members.slice(own.length).filter((member) => !/^tenant=[^ ,]*$/.test(member));
  if (foreign.length > 0) return `${foreign.join()} came through`;
  const spoofed = Object.keys(headers).filter((each) => each === 'x-preview' || each.startsWith('x-hawser-'));
  if (spoofed.length > 0) return `${spoofed.join()} came through`;
  return headers.host !== API && headers['x-forwarded-host'] !== undefined
    ? 'x-forwarded-host came through'
    : undefined;
}

it('10,000 hostile requests: no other origin, no other preview, no value that comes back', {
  timeout: 600_000,
}, async () => {
  const cached = new Map<string, string>();
  const wrong: string[] = [];
  const arrived = new Map<string, number>();
  origin.does((request, response) => {
    const { method, url, headers } = request;
    const asked: Asked = { method, url, headers };
    const number = String(headers['x-number']);
    const fault = faultOf(asked);
    if (fault !== undefined) wrong.push(`${fault}: ${number}`);
    const name = nameOf(asked) ?? 'nobody';
    arrived.set(name, (arrived.get(name) ?? 0) + 1);
    // As Cloudflare's cache before an origin: by URL, unless it is told not to. workerd writes `Pragma` where a request says no-store.
    const key = `${headers.host}${url}`;
    const answer = headers.pragma === 'no-cache' ? name : (cached.get(key) ?? name);
    if (headers.pragma !== 'no-cache') cached.set(key, answer);
    if (answer !== name) wrong.push(`${name} got the answer of ${answer}: ${number}`);
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'public, max-age=600' }).end('constant');
  });
  const requests = hostile(Number(RUNS ?? 10_000), Number(SEED ?? 1));
  const statuses: Record<string, number> = {};
  const waiting = requests.map((each, index) => [index, each] as const);

  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [index, request] = next;
        const answer = await answerTo(request);
        const status = /^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 'none';
        statuses[status] = (statuses[status] ?? 0) + 1;
        // workerd itself refuses methods that it does not know; of CONNECT no Worker hears.
        if (status >= '500' && !/^(CONNECT|EVIL) /.test(request.text)) wrong.push(`${status}: ${index}`);
        if (answer.includes(CANARY) || answer.includes('evil.net')) wrong.push(`came back: ${index}`);
        if (/^location:/im.test(answer)) wrong.push(`a redirect: ${index}`);
      }
    }),
  );

  console.log(statuses, `${arrived.size} names`);
  expect(wrong.map((fault) => `${fault}\n${requests[Number(fault.split(': ').at(-1))]?.text}`)).toEqual([]);
  // What is sent gets through to each kind of place, and is refused in each way.
  expect([...arrived.keys()]).toEqual(
    expect.arrayContaining(['foo', 'bar', 'www', 'main', 'pr-7-shop', 'a'.repeat(50)]),
  );
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404']));
});
