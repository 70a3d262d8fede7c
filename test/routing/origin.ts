/** A Gateway's stand-in: real HTTP on this machine, which does what the path says and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

export type Asked = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
};
type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export type Origin = {
  readonly address: string;
  readonly asked: readonly Asked[];
  /** What it does from now on. */
  readonly does: (handler: Handler) => void;
  readonly close: () => Promise<void>;
};

export async function startOrigin(): Promise<Origin> {
  const asked: Asked[] = [];
  let handler: Handler = (_, response) => void response.end();
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, headers });
    void handler(request, response);
  });
  const sockets = echoing();
  server.on('upgrade', (request, socket, head) => {
    const { method, url, headers } = request;
    asked.push({ method, url, headers });
    sockets.handleUpgrade(request, socket, head, (each) => sockets.emit('connection', each, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    does: (next) => {
      asked.length = 0;
      handler = next;
    },
    close: async () => {
      for (const each of sockets.clients) each.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const BYE = Buffer.from('bye');

/** Says every message again; `bye` ends the conversation from its side. Its cookies would be for the whole zone. */
function echoing(): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('headers', (lines, { url }) => {
    if (url === '/socket-with-cookie') lines.push('Set-Cookie: a=1; Domain=example-preview.dev; Path=/', 'X-Kept: yes');
  });
  sockets.on('connection', (each) => {
    each.on('message', (data, isBinary) => {
      if (!isBinary && data instanceof Buffer && data.equals(BYE)) each.close(4001, 'as you wish');
      else each.send(data, { binary: isBinary });
    });
  });
  return sockets;
}
