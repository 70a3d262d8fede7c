/** The stand-in for the ApplicationSet webhook, listening on this machine. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { ApplicationSetWebhook } from './applicationset-webhook.ts';

export type ApplicationSets = {
  /** What `argocd[].refresh.url` is set to. */
  readonly url: string;
  readonly webhook: ApplicationSetWebhook;
  readonly close: () => Promise<void>;
};

/** `port` 0: a free one. */
export async function startApplicationSets(options: {
  readonly port: number;
  readonly secret: string;
  readonly api: string;
}): Promise<ApplicationSets> {
  const webhook = new ApplicationSetWebhook(options);
  const server = createServer((incoming, outgoing) => {
    const headers = { get: (name: string) => incoming.headersDistinct[name]?.[0] ?? null };
    text(incoming).then(
      (body) => {
        const isHere = incoming.url === '/api/webhook';
        const status = isHere ? webhook.answer({ method: incoming.method ?? '', headers, body }) : 404;
        outgoing.writeHead(status).end();
      },
      () => outgoing.destroy(),
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(options.port, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/api/webhook`,
    webhook,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
