/** How often the router, bound to KV and to the bridge, asks either of them: of what a page loads, the page alone, and once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchBundle } from '../../bench/bundles.ts';
import { type Gateway, startGateway } from '../../bench/gateway-stand-in.ts';
import { type Edge, startEdge } from '../../local/edge.ts';
import { type Asking, ask } from './asking.ts';

let gateway: Gateway;
let edge: Edge;
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hawser-counted-'));
  const modules = await benchBundle('counted-router-worker', directory);
  await rm(directory, { recursive: true });
  gateway = await startGateway();
  const apps = [{ name: 'api', origin: 'https://api.example-preview.dev' }];
  const variables = { ROUTER: { zone: 'example-preview.dev', entry: 'shop', apps } };
  edge = await startEdge({ modules, origin: gateway.address, variables });
}, 60_000);
afterAll(() => Promise.all([edge.close(), gateway.close()]));

async function timesAskedBy(asking: Asking, times: number): Promise<number> {
  const before = await timesAsked();
  for (let index = 0; index < times; index += 1) expect((await ask(edge.port, asking)).status).toBe(200);
  return (await timesAsked()) - before;
}

async function timesAsked(): Promise<number> {
  return Number((await ask(edge.port, { path: '/times-asked' })).body);
}

const GOES = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };

// Each under a name of its own: what was asked of one is remembered for seconds.
it.each([
  ['a script', 'one', { headers: { 'sec-fetch-mode': 'no-cors', accept: '*/*' } }, 0],
  ["a page's own request for data", 'two', { headers: { 'sec-fetch-mode': 'cors', accept: 'application/json' } }, 0],
  ['a socket', 'three', { headers: { 'sec-fetch-mode': 'websocket' } }, 0],
  ['a form that is sent', 'four', { method: 'POST', headers: GOES }, 0],
  ['curl', 'five', {}, 0],
  ["another application's data", 'six--api', {}, 0],
  ['the page of the shared environment', 'www', { headers: GOES }, 0],
  ["a preview's page, of KV and of the bridge", 'seven', { headers: GOES }, 2],
] as const)('one hundred times %s', async (_, name, asking, times) => {
  expect(await timesAskedBy({ ...asking, host: `${name}.example-preview.dev` }, 100)).toBe(times);
});
