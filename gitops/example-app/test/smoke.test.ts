import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { faultOf, ownOf, previewOf, sharedOf, stationsOf } from '../src/smoke.ts';

const station = (service: string, preview: string | null, revision = '3f0384b') => ({ service, revision, preview });

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

test('the shared environment is at the same place under another name', () => {
  assert.equal(sharedOf(new URL('https://feat-a.example/x'), 'www').href, 'https://www.example/x');
  assert.equal(sharedOf(new URL('http://feat-a--api.example:81'), 'sandbox').href, 'http://sandbox--api.example:81/');
});

test('of a preview is who answers otherwise than in the shared environment', () => {
  const shared = [station('a', null), station('b', null), station('c', null)];

  assert.deepEqual(ownOf([station('a', 'foo', '1a'), station('b', 'foo'), station('c', 'foo', '2b')], shared), [
    'a',
    'c',
  ]);
  assert.deepEqual(ownOf([station('a', 'foo'), station('b', 'foo')], shared), []);
});

for (const [args, said] of [
  [
    [],
    /^npm run smoke -- URL \[--preview SLUG\] \[--shared NAME\] \[--at HOST:PORT\]: the URL is missing, or it is none\n$/,
  ],
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

const shared = { ...station('a', null), downstream: station('b', null) };
const well = { ...station('a', 'foo', '1a2b3c4'), downstream: station('b', 'foo') };

for (const [what, host, answers, code, said] of [
  ['a preview of a', 'foo.example', [well, shared], 0, /^a 1a2b3c4 → b 3f0384b\nok: of foo is a\n$/],
  [
    'a preview that no route leads to',
    'foo.example',
    [{ ...station('a', 'foo'), downstream: station('b', 'foo') }, shared],
    1,
    /\nall know of foo, and nobody is its own: its routes match nothing, or it runs what is shared\n$/,
  ],
  [
    'a service that reads nothing',
    'foo--a.example',
    [{ ...well, downstream: station('b', null) }],
    1,
    /\nb knows of none/,
  ],
  ['another application', 'foo.example', [{ hello: 'world' }], 1, /the answer tells of no services\n$/],
  ['a page', 'foo.example', [503], 1, /^http:\/\/foo\.example\/: 503 "being built"\n$/],
  [
    'a shared environment that does not answer',
    'foo.example',
    [well, 503],
    1,
    /http:\/\/sandbox\.example\/: 503 "being built"\n$/,
  ],
] as const) {
  test(`${what} at ${host} is a ${code}`, async () => {
    const hosts: unknown[] = [];
    const server = createServer(({ headers }, response) => {
      const answer = answers[hosts.push(headers.host) - 1];
      response.writeHead(answer === 503 ? 503 : 200).end(JSON.stringify(answer === 503 ? 'being built' : answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const ran = await smoke(`http://${host}`, '--at', `127.0.0.1:${port}`);
    server.close();

    assert.deepEqual([ran.code, hosts], [code, [host, 'sandbox.example'].slice(0, answers.length)]);
    assert.match(ran.said, said);
  });
}

async function smoke(...args: readonly string[]) {
  const running = spawn(process.execPath, ['src/smoke.ts', ...args], { cwd: new URL('..', import.meta.url) });
  const [said, [code]] = await Promise.all([text(running.stdout), once(running, 'exit')]);
  return { said, code: code as number };
}
