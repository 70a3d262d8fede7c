/** What stands behind the router: answers every request with the same bytes, and takes as little of the machine as can be. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** As an application that is asked for something takes for it at the least. */
export const TAKES = 5;

export type Gateway = { readonly address: string; readonly close: () => Promise<void> };

/** Answers with 2 KiB, and at once; where the path says `/large`, with a MiB; where it says `/later`, as an application would. */
export async function startGateway(): Promise<Gateway> {
  const [small, large] = [answer(2_048), answer(1_048_576)];
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      heard += String(chunk);
      // No request here has a body.
      for (let end = heard.indexOf('\r\n\r\n'); end !== -1; end = heard.indexOf('\r\n\r\n')) {
        if (heard.startsWith('GET /later')) setTimeout(() => socket.write(small), TAKES);
        else socket.write(heard.startsWith('GET /large') ? large : small);
        heard = heard.slice(end + 4);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    open.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return {
    address: `127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(length: number): Buffer {
  const lines = [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    'Cache-Control: private, max-age=0',
    'ETag: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
    'Vary: Accept-Encoding',
    'Set-Cookie: session=4f5a; Path=/; HttpOnly; Secure; SameSite=Lax',
    'X-Request-Id: 7b1f1f0e-2f0a-4d51-8c3e-0a5f6d1c9f11',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.alloc(length, '{"a":1}')]);
}
