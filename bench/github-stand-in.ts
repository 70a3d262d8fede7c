/** A GitHub that knows no more than how to answer: for figures in which its own work must not show. */
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';

export type Write = {
  /** When it was answered, in milliseconds of this process. */
  readonly at: number;
  /** What the Worker's own clock said when it left, where the Worker tells. */
  readonly clock: number;
  /** The deployment's id. */
  readonly deployment: number;
  /** Of a status; undefined: the deployment is created. */
  readonly state: string | undefined;
  readonly sha: string;
  readonly environment: string;
};

const Created = z.object({ ref: z.string(), environment: z.string() });
const Comment = z.object({ body: z.string() });
const Status = z.object({ state: z.string() });

export type StandIn = {
  readonly url: string;
  /** Every deployment and status that it took, in order. */
  readonly writes: readonly Write[];
  readonly close: () => Promise<void>;
};

/** `paused`: it asks to wait for an hour, whatever it is asked. */
export async function standIn(options: { readonly paused?: boolean; readonly latency?: number }): Promise<StandIn> {
  const writes: Write[] = [];
  const created: z.infer<typeof Created>[] = [];
  async function answer(incoming: IncomingMessage): Promise<{ status: number; body: object }> {
    const path = incoming.url ?? '';
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part);
    if (options.latency !== undefined) await wait(options.latency);
    if (options.paused === true) return { status: 429, body: { message: 'You have exceeded a secondary rate limit' } };
    if (path.endsWith('/installation')) return { status: 200, body: { id: 1 } };
    if (path.endsWith('/access_tokens')) {
      // Longer than any clock of the bench is ahead.
      const expires = new Date(Date.now() + 365 * 24 * 3_600_000).toISOString();
      return { status: 201, body: { token: 'ghs_bench', expires_at: expires } };
    }
    if (incoming.method !== 'POST') return { status: 200, body: [] };
    const body: unknown = JSON.parse(Buffer.concat(parts).toString());
    const clock = Number(incoming.headers['x-bench-clock']);
    const of = /\/deployments\/(\d+)\/statuses$/.exec(path)?.[1];
    if (path.endsWith('/comments')) return { status: 201, body: { id: 1, ...Comment.parse(body) } };
    if (of === undefined) {
      const { ref: sha, environment } = Created.parse(body);
      const deployment = created.push({ ref: sha, environment });
      writes.push({ at: performance.now(), clock, deployment, state: undefined, sha, environment });
      return { status: 201, body: { id: deployment, payload: null } };
    }
    const { ref: sha, environment } = Created.parse(created[Number(of) - 1]);
    const { state } = Status.parse(body);
    writes.push({ at: performance.now(), clock, deployment: Number(of), state, sha, environment });
    return { status: 201, body: { id: writes.length, state } };
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      ({ status, body }) => {
        const text = JSON.stringify(body);
        const headers = { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '3600' } : {}) };
        outgoing.writeHead(status, headers).end(text);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}`,
    writes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
