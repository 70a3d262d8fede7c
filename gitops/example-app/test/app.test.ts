import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createApp } from '../src/app.ts';

const settings = {
  service: 'example-app',
  downstream: undefined,
  version: '1.4.2',
  revision: '3f0384b',
  isStopping: () => false,
};

test('it is alive and ready', async () => {
  const app = createApp(settings);

  assert.equal((await app.request('/healthz')).status, 200);
  assert.equal((await app.request('/readyz')).status, 200);
});

test('while it stops it is alive, and not ready', async () => {
  const app = createApp({ ...settings, isStopping: () => true });

  assert.equal((await app.request('/healthz')).status, 200);
  assert.equal((await app.request('/readyz')).status, 503);
});

test('it says which version it is', async () => {
  const response = await createApp(settings).request('/version');

  assert.deepEqual(await response.json(), { version: '1.4.2', revision: '3f0384b' });
});

test('with nobody behind it, it answers for itself', async () => {
  const response = await createApp(settings).request('/');

  assert.deepEqual(await response.json(), {
    service: 'example-app',
    revision: '3f0384b',
    preview: null,
    downstream: null,
  });
});

test('what is behind it fails: 502, and why', async () => {
  const failing = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => failing.once('listening', resolve));
  const { port } = failing.address() as AddressInfo;

  const failed = await createApp({ ...settings, downstream: new URL(`http://127.0.0.1:${port}`) }).request('/');
  await new Promise((resolve) => failing.close(resolve));
  const gone = await createApp({ ...settings, downstream: new URL(`http://127.0.0.1:${port}`) }).request('/');

  assert.deepEqual([failed.status, gone.status], [502, 502]);
  assert.match(await failed.text(), /"error":"downstream answered 500"/);
  assert.match(await gone.text(), /"error":"downstream gave no answer"/);
});
