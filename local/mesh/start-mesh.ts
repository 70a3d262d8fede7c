/**
 * Carries out what `route.ts` decides, over HTTP on this machine: a gateway, and for each caller the sidecar beside it. A
 * sidecar knows which Service a request is for by the address that it was sent to, as in a cluster; here each Service has
 * a port of its own at each caller.
 */
import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { changed } from './change-headers.ts';
import type { Met } from './request.ts';
import { type Backend, type Objects, type Routed, route } from './route.ts';

export type Mesh = {
  /** The port on 127.0.0.1 at which a request is met so; the same one each time. */
  readonly portOf: (met: Met) => Promise<number>;
  /** The same for a request that came in by other ways. */
  readonly take: (met: Met, incoming: IncomingMessage, answer: ServerResponse) => void;
  readonly close: () => Promise<void>;
};

export type MeshOptions = {
  readonly objects: Objects;
  /** The port of a pod of that Service; undefined: none is ready. */
  readonly podOf: (backend: Backend) => number | undefined;
  /** What became of each request. */
  readonly tell?: (met: Met, routed: Routed) => void;
  readonly draw?: () => number;
};

export async function startMesh({ objects, podOf, tell, draw = Math.random }: MeshOptions): Promise<Mesh> {
  const doors = new Map<string, Promise<Server>>();
  return {
    take,
    async portOf(met) {
      const key = JSON.stringify(met);
      const door = doors.get(key) ?? open(createServer((incoming, answer) => take(met, incoming, answer)));
      doors.set(key, door);
      return portAt(await door);
    },
    async close() {
      await Promise.all([...doors.values()].map(async (door) => shut(await door)));
    },
  };

  function take(met: Met, incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url = '/' } = incoming;
    const headers = new Headers(incoming.headersDistinct as Record<string, never>);
    const routed = route(objects, met, { method, url, host: incoming.headers.host ?? '', headers }, draw());
    tell?.(met, routed);
    if (routed.kind === 'unmatched') return void answer.writeHead(404).end('no route takes this\n');
    if (routed.kind === 'broken') return void answer.writeHead(500).end(`${routed.by}: ${routed.because}\n`);
    const port = podOf(routed.backend);
    if (port === undefined) return void answer.writeHead(503).end('no pod is ready\n');
    forward(port, routed.kind === 'backend' ? routed.filters : [], incoming, answer);
  }
}

type Filters = Extract<Routed, { kind: 'backend' }>['filters'];

/** Names and order of the headers stay as they came, the Host header too. */
function forward(port: number, filters: Filters, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, url: path, rawHeaders } = incoming;
  const headers = filters.reduce((all, filter) => changed(all, filter.requestHeaderModifier), rawHeaders);
  const onward = ask({ host: '127.0.0.1', port, method, path, headers, setHost: false, agent: false }, (response) => {
    const back = filters.reduce((all, filter) => changed(all, filter.responseHeaderModifier), response.rawHeaders);
    answer.writeHead(response.statusCode ?? 502, response.statusMessage, back);
    response.pipe(answer);
    response.once('error', () => answer.destroy());
  });
  onward.once('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(503).end('no pod answers\n')));
  answer.once('close', () => onward.destroy());
  incoming.pipe(onward);
}

async function open(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portAt(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mesh listens nowhere');
  return address.port;
}

async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
