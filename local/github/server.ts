/** Listens on loopback, and does to connections what only a server can: keep them waiting, and drop them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `gone`: the connection is dropped; `silent`: it stays open and nothing is ever said. */
export type Answer = Response | 'gone' | 'silent';

export async function listen(
  port: number,
  answer: (request: Request) => Promise<Answer>,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, answer).catch((error: unknown) => {
      // A client that has gone away is no fault of ours.
      if (!outgoing.destroyed) outgoing.destroy(error instanceof Error ? error : undefined);
    });
  });
  await bound(server, port);
  return {
    port: addressOf(server).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bound(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} is taken: choose another with GITHUB_PORT`) : error);
    });
    server.listen(port, '127.0.0.1');
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address === 'object' && address) return address;
  throw new Error('not listening');
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Request) => Promise<Answer>,
): Promise<void> {
  const said = await answer(await requestOf(incoming));
  if (said === 'gone') incoming.socket.destroy();
  if (said === 'gone' || said === 'silent') return;
  // A client that hung up early gets nothing, and needs nothing.
  if (outgoing.destroyed) return;
  const body = Buffer.from(await said.arrayBuffer());
  outgoing.sendDate = !said.headers.has('date');
  outgoing.writeHead(said.status, Object.fromEntries(said.headers));
  outgoing.end(body);
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  const method = incoming.method ?? 'GET';
  const body = parts.length > 0 && method !== 'GET' && method !== 'HEAD' ? { body: Buffer.concat(parts) } : {};
  return new Request(`http://${incoming.headers.host ?? '127.0.0.1'}${incoming.url ?? '/'}`, {
    method,
    headers,
    ...body,
  });
}
