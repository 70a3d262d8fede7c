import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { faultOf, previewOf, stationsOf } from '../src/smoke.ts';

const station = (service: string, preview: string | null) => ({ service, revision: '3f0384b', preview });

test('the stations are those of the answer, one behind the other', () => {
  const answer = { ...station('a', 'foo'), downstream: { ...station('b', 'foo'), downstream: null } };

  assert.deepEqual(stationsOf(answer), [station('a', 'foo'), station('b', 'foo')]);
  assert.equal(stationsOf({ hello: 'world' }), undefined);
  assert.equal(stationsOf('<html>'), undefined);
});

for (const [previews, fault] of [
  [['foo', 'foo', 'foo'], undefined],
  [['foo', null, null], /^b knows of none, and a of foo: a carries no baggage on, or b reads none/],
  [['foo', 'foo', null], /^c knows of none, and b of foo/],
  [['foo', 'bar', 'foo'], /^b knows of bar, and a of foo/],
  [[null, null, null], /^a knows of none, not of foo: it reads no baggage, or the edge sets none/],
  [[], /^nobody answered/],
] as const) {
  test(`where ${JSON.stringify(previews)} know of a preview, ${fault === undefined ? 'nothing' : fault.source} is said`, () => {
    const said = faultOf(
      previews.map((preview, index) => station('abc'[index] ?? '', preview)),
      'foo',
    );

    if (fault === undefined) assert.equal(said, undefined);
    else assert.match(said ?? '', fault);
  });
}

test('the preview is the one of the host', () => {
  assert.equal(previewOf(new URL('https://feat-a.example-preview.dev')), 'feat-a');
  assert.equal(previewOf(new URL('https://feat-a--api.example-preview.dev/x')), 'feat-a');
});

for (const [args, said] of [
  [[], /^npm run smoke -- URL \[--preview SLUG\] \[--at HOST:PORT\]: the URL is missing, or it is none\n$/],
  [['ftp://127.0.0.1'], /the URL is missing, or it is none\n$/],
  [['http://foo.example', '--at', '127.0.0.1:1'], /^http:\/\/foo\.example\/: no answer \(ECONNREFUSED\)\n$/],
  [['http://foo.example', '--at', '127.0.0.1'], /^--at 127\.0\.0\.1: it is no HOST:PORT\n$/],
  [['--all'], /^Unknown option '--all'/],
] as const) {
  test(`smoke ${args.join(' ')} is one line, and a 1`, async () => {
    const ran = await smoke(...args);

    assert.equal(ran.code, 1);
    assert.match(ran.said, said);
  });
}

for (const [preview, host, status, body, code, said] of [
  [
    'foo',
    'foo.example',
    200,
    { ...station('a', 'foo'), downstream: station('b', 'foo') },
    0,
    /^a 3f0384b → b 3f0384b\nok\n$/,
  ],
  ['foo', 'foo--a.example', 200, { ...station('a', 'foo'), downstream: station('b', null) }, 1, /\nb knows of none/],
  ['none', 'foo.example', 200, { hello: 'world' }, 1, /the answer tells of no services\n$/],
  ['none', 'foo.example', 503, 'being built', 1, /^http:\/\/foo\.example\/: 503 "being built"\n$/],
] as const) {
  test(`an answer of ${status} for ${preview} at ${host} is a ${code}`, async () => {
    const hosts: unknown[] = [];
    const server = createServer(({ headers }, response) => {
      hosts.push(headers.host);
      response.writeHead(status).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const ran = await smoke(`http://${host}`, '--at', `127.0.0.1:${port}`);
    server.close();

    assert.deepEqual([ran.code, hosts], [code, [host]]);
    assert.match(ran.said, said);
  });
}

async function smoke(...args: readonly string[]) {
  const running = spawn(process.execPath, ['src/smoke.ts', ...args], { cwd: new URL('..', import.meta.url) });
  const [said, [code]] = await Promise.all([text(running.stdout), once(running, 'exit')]);
  return { said, code: code as number };
}
