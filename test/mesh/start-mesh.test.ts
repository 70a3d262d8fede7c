/** The mesh over HTTP: what is decided is carried out, and a request comes through as it was. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { readObjects } from '../../local/mesh/read-objects.ts';
import type { Met } from '../../local/mesh/request.ts';
import { startMesh } from '../../local/mesh/start-mesh.ts';

const OBJECTS = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop }
spec:
  parentRefs: [{ name: edge, namespace: gateway }]
  hostnames: [shop.example.com]
  rules:
    - backendRefs: [{ name: shop, port: 80 }]
      matches: [{ path: { value: /shop } }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            remove: [Baggage]
            set: [{ name: X-Set, value: set }]
            add: [{ name: X-Added, value: two }]
        - type: ResponseHeaderModifier
          responseHeaderModifier: { add: [{ name: x-by, value: mesh }], remove: [x-secret] }
    - backendRefs: [{ name: gone, port: 80 }]
      matches: [{ path: { value: /gone } }]
    - backendRefs: [{ name: idle, port: 80 }]
      matches: [{ path: { value: /idle } }]
    - backendRefs: [{ name: dead, port: 80 }]
      matches: [{ path: { value: /dead } }]
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: idle }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: dead }
spec: { ports: [{ port: 80 }] }
`;

type Seen = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'> & { body: string };
const seen: Seen[] = [];
const pod = createServer((incoming, answer) => {
  const { method, url, rawHeaders } = incoming;
  const one: Seen = { method, url, rawHeaders, body: '' };
  seen.push(one);
  incoming.on('data', (part: Buffer) => {
    one.body += part.toString();
  });
  incoming.once('end', () => {
    answerAs(answer);
  });
}).listen(0, '127.0.0.1');
await once(pod, 'listening');

function answerAs(answer: ServerResponse): void {
  answer.writeHead(418, 'Short And Stout', [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['x-secret', 'x'],
  ] as never);
  answer.end('from the pod');
}

const objects = readObjects(OBJECTS, 'mesh.yaml', 'shop-sandbox');
if (!objects.ok) throw new Error('the objects are not valid');
// Nobody listens at a port that has just been let go.
const dead = createServer().listen(0, '127.0.0.1');
await once(dead, 'listening');
const ports: Record<string, number | undefined> = { shop: portOf(pod), dead: portOf(dead) };
dead.close();
await once(dead, 'close');
const mesh = await startMesh({ objects: objects.value, podOf: ({ name }) => ports[name] });
afterAll(async () => {
  await mesh.close();
  pod.close();
});

const EDGE: Met = { kind: 'Gateway', namespace: 'gateway', name: 'edge' };

it('a request comes through with what the filters change, and nothing else', async () => {
  const answer = await ask(EDGE, {
    method: 'PUT',
    path: '/shop/%2e%2e//x?a=1&a=2',
    headers: [
      'Host',
      'shop.example.com',
      'X-MiXeD',
      'a',
      'x-set',
      'old',
      'X-Added',
      'one',
      'BAGGAGE',
      'preview=foo',
      'Content-Length',
      '4',
    ],
    body: 'body',
  });

  expect(seen.pop()).toEqual({
    method: 'PUT',
    url: '/shop/%2e%2e//x?a=1&a=2',
    rawHeaders: [
      'Host',
      'shop.example.com',
      'X-MiXeD',
      'a',
      'X-Added',
      'one',
      'Content-Length',
      '4',
      'Connection',
      'close',
      'X-Set',
      'set',
      'X-Added',
      'two',
    ],
    body: 'body',
  });
  expect(answer).toMatchObject({ status: 418, reason: 'Short And Stout', body: 'from the pod' });
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect([answer.headers['x-by'], answer.headers['x-secret']]).toEqual(['mesh', undefined]);
});

it.each([
  ['no route takes it', '/', 404, 'no route takes this\n'],
  ['the route leads to no Service', '/gone', 500, 'shop-sandbox/shop: there is no Service shop-sandbox/gone\n'],
  ['the Service has no pod', '/idle', 503, 'no pod is ready\n'],
  ['the pod does not answer', '/dead', 503, 'no pod answers\n'],
])('where %s, the answer is %s → %i', async (_, path, status, body) => {
  expect(await ask(EDGE, { path, headers: ['Host', 'shop.example.com'] })).toMatchObject({ status, body });
});

it('on the way to a Service without routes nothing is decided', async () => {
  const met: Met = { kind: 'Service', namespace: 'shop-sandbox', name: 'shop', port: 80 };
  expect(await ask(met, { path: '/any', headers: ['Host', 'shop.shop-sandbox', 'baggage', 'a=1'] })).toMatchObject({
    status: 418,
  });
  expect(seen.pop()?.rawHeaders).toContain('baggage');
});

it('where it is met has one port, each time', async () => {
  expect(await mesh.portOf({ ...EDGE })).toBe(await mesh.portOf(EDGE));
  expect(await mesh.portOf({ ...EDGE, name: 'other' })).not.toBe(await mesh.portOf(EDGE));
});

async function ask(met: Met, asked: { method?: string; path: string; headers: string[]; body?: string }) {
  const { body, ...options } = asked;
  const sent = request({ host: '127.0.0.1', port: await mesh.portOf(met), agent: false, ...options });
  sent.end(body);
  const [response]: IncomingMessage[] = await once(sent, 'response');
  if (response === undefined) throw new Error('no answer');
  const { statusCode: status, statusMessage: reason, headers } = response;
  return { status, reason, headers, body: await text(response) };
}

function portOf(server: ReturnType<typeof createServer>): number {
  return (server.address() as AddressInfo).port;
}
