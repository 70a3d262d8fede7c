/** Asks the router as a browser's connection would: under a name of the zone, with whatever headers, and nothing done to the answer. */
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type Asking = {
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
};

export const FOO = 'foo.example-preview.dev';
export const FOO_API = 'foo--api.example-preview.dev';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Begun, and not ended. */
export function begin(port: number, { path = '/', method = 'GET', host = FOO, headers = {} }: Asking): ClientRequest {
  return request({ host: '127.0.0.1', port, path, method, agent, headers: { host, ...headers } });
}

export async function answerTo(begun: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(begun, 'response')) as [IncomingMessage];
  return response;
}

export async function ask(port: number, asking: Asking) {
  const begun = begin(port, asking);
  begun.end(asking.body);
  const response = await answerTo(begun);
  const { statusCode: status = 0, statusMessage, headers, headersDistinct } = response;
  return { status, statusMessage, headers, headersDistinct, body: await buffer(response) };
}
