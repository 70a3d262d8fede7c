/** The service as it runs in its container: a process of its own, with the real OpenTelemetry, over HTTP. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

/** Stands where the collector would, and counts what it is sent. */
const received: Record<string, number> = {};
const collector = createServer((incoming, response) => {
  received[incoming.url ?? ''] = (received[incoming.url ?? ''] ?? 0) + 1;
  incoming.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
}).listen(0, '127.0.0.1');
await once(collector, 'listening');
const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };
after(() => collector.close());

const running = new Set<ReturnType<typeof spawn>>();
after(() => running.forEach((each) => each.kill('SIGKILL')));

async function start(environment: Readonly<Record<string, string>>) {
  const service = spawn(process.execPath, ['--import', './src/telemetry.ts', 'src/main.ts'], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, PORT: '0', ...OTLP, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(service);
  const ended = once(service, 'exit');
  for await (const line of createInterface({ input: service.stdout })) {
    const { message, port } = JSON.parse(line) as { message: string; port: number };
    if (message === 'listening') return { service, ended, url: `http://127.0.0.1:${port}` };
  }
  throw new Error('it ended before it listened');
}

/** Stands where the next service would, and shows what reaches it. */
async function standIn(answer: (incoming: IncomingMessage) => Promise<unknown>) {
  const server = createServer(async (incoming, response) => {
    response.end(JSON.stringify(await answer(incoming)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('baggage and trace go on to the next service', async () => {
  const downstream = await standIn(async ({ headers }) => ({
    baggage: headers.baggage,
    traceparent: headers.traceparent,
  }));
  const { service, ended, url } = await start({ DOWNSTREAM_URL: downstream });
  const trace = '0af7651916cd43dd8448eb211c80319c';

  const response = await fetch(url, {
    headers: { baggage: 'preview=feat-basket,user=7', traceparent: `00-${trace}-b7ad6b7169203331-01` },
  });
  const answer = (await response.json()) as { preview: string; downstream: Record<string, string> };

  assert.equal(answer.preview, 'feat-basket');
  assert.equal(answer.downstream.baggage, 'preview=feat-basket,user=7');
  assert.match(answer.downstream.traceparent ?? '', new RegExp(`^00-${trace}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  service.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  assert.ok(received['/v1/traces'], 'the collector was sent no trace');
});

test('two services in a row carry it all the way', async () => {
  const last = await start({});
  const first = await start({ DOWNSTREAM_URL: last.url });

  const response = await fetch(first.url, { headers: { baggage: 'preview=foo' } });

  assert.deepEqual(await response.json(), {
    service: 'example-app',
    revision: 'unknown',
    preview: 'foo',
    downstream: { service: 'example-app', revision: 'unknown', preview: 'foo', downstream: null },
  });
  for (const { service, ended } of [first, last]) {
    service.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  }
});

test('told to stop, it finishes the request that it has begun, takes no more, and ends with 0', async () => {
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<string>();
  const downstream = await standIn(async () => {
    arrived.resolve();
    return finish.promise;
  });
  const { service, ended, url } = await start({ DOWNSTREAM_URL: downstream });
  // As a mesh holds them: kept alive, one in use and one idle.
  const agent = new Agent({ keepAlive: true });
  const answered = answer(url, agent);
  await arrived.promise;
  assert.equal((await answer(`${url}/healthz`, agent)).status, 200);

  service.kill('SIGTERM');
  await refused(url);
  finish.resolve('done');

  const { status, connection, body } = await answered;
  assert.deepEqual([status, connection], [200, 'close']);
  assert.equal((JSON.parse(body) as { downstream: string }).downstream, 'done');
  assert.deepEqual(await ended, [0, null]);
  agent.destroy();
});

test('a port that it cannot have is said in a line, and is exit 1', async () => {
  const { service, ended, url } = await start({});
  const second = spawn(process.execPath, ['--import', './src/telemetry.ts', 'src/main.ts'], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, PORT: new URL(url).port, ...OTLP },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(second);
  const [said] = (await once(second.stdout.setEncoding('utf8'), 'data')) as [string];

  assert.deepEqual(await once(second, 'exit'), [1, null]);
  assert.match(said, /^\{"message":"cannot listen","port":\d+,"error":".*EADDRINUSE.*"\}\n$/);
  service.kill('SIGTERM');
  await ended;
});

async function answer(url: string, agent: Agent) {
  const asked = request(url, { agent }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const part of response.setEncoding('utf8')) body += part;
  return { status: response.statusCode, connection: response.headers.connection, body };
}

/** Asks, each time on a connection of its own, until none is taken any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    try {
      await answer(`${url}/healthz`, new Agent());
    } catch {
      return;
    }
  }
}
