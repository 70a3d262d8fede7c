/** Issuers of OIDC tokens: a test says with PUT what one of them answers for its keys; `/asked` below it says how often it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

export async function startIssuer(): Promise<{ readonly url: string; readonly close: () => void }> {
  const answers = new Map<string, Answer>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    if (request.method === 'PUT') {
      answers.set(name, JSON.parse(await textOf(request)));
      response.end();
      return;
    }
    if (rest.join('/') === 'asked') {
      response.end(String(asked.get(name) ?? 0));
      return;
    }
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const answer = rest.join('/') === '.well-known/jwks' ? answers.get(name) : undefined;
    const { status = 200, headers = {}, body = '' } = answer ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    close: () => server.close(),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
