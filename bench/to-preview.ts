/** How long after a label GitHub shows the preview's deployment, and Argo CD is asked to look, where every call of GitHub takes its time. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Effort } from './effort.ts';
import { type Figure, figure, type Part } from './figure.ts';
import { standIn } from './github-stand-in.ts';
import { offer, percentile, type Request } from './load.ts';
import { commit } from './notifications.ts';
import { type Bundles, runHawser, WEBHOOK_SECRET } from './stage.ts';

const LATENCY = 20;
const PER_SECOND = 20;
const SECONDS = { full: 20, quick: 4 } as const;
/** So many accounts have a burst of writes each that lasts for all of this: no write waits for the budget. */
const ACCOUNTS = 40;
const GOAL = 1_000;
const LATE = 6_000;

type Label = { readonly repository: string; readonly sha: string; readonly sentAt: number };

export async function measureToPreview({ hawser }: Bundles, directory: string, effort: Effort): Promise<Part> {
  const seconds = SECONDS[effort];
  const [github, argocd] = await Promise.all([standIn({ latency: LATENCY }), applicationSets()]);
  const running = await runHawser({
    modules: hawser,
    github: github.url,
    state: join(directory, 'to-preview'),
    refresh: argocd.url,
  });
  try {
    // Each account's token is there before.
    await offer(running.url, labelling([], 'before'), {
      perSecond: PER_SECOND,
      connections: 64,
      seconds: ACCOUNTS / PER_SECOND,
    });
    await wait(LATE);
    const labels: Label[] = [];
    const load = await offer(running.url, labelling(labels, 'shop'), {
      perSecond: PER_SECOND,
      connections: 64,
      seconds,
    });
    await wait(LATE);
    const queued = labels.flatMap(({ sha, sentAt }) =>
      github.writes.filter((write) => write.sha === sha && write.state === 'queued').map(({ at }) => at - sentAt),
    );
    const refreshed = labels.flatMap(({ repository, sentAt }) => {
      const at = argocd.askedAt.get(repository);
      return at === undefined ? [] : [at - sentAt];
    });
    return {
      title: 'From a label to its preview',
      how: `${PER_SECOND} pull requests a second are labelled for ${seconds} s, each in a repository of its own that was never heard of before; a
stand-in for GitHub answers any call after ${LATENCY} ms, and one for the ApplicationSet webhook at once. They are spread over ${ACCOUNTS} accounts
with tokens at hand. Counted from when the delivery leaves.`,
      figures: [
        until('until `queued` is written on GitHub', queued),
        until('until the ApplicationSet webhook is called', refreshed),
        figure('labels that led to both', `${queued.length} and ${refreshed.length} of ${load.sent}`),
      ],
    };
  } finally {
    await Promise.all([running.close(), github.close(), argocd.close()]);
  }
}

function until(what: string, times: readonly number[]): Figure {
  const sorted = times.toSorted((one, other) => one - other);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share).toFixed(0));
  const isMet = percentile(sorted, 0.95) <= GOAL;
  return figure(what, `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`, `p95 ≤ ${GOAL} ms`, isMet);
}

function labelling(labels: Label[], name: string): () => Request {
  let turn = 0;
  return () => {
    const repository = `account-${turn % ACCOUNTS}/${name}-${Math.floor(turn / ACCOUNTS)}`;
    turn += 1;
    const sha = commit(repository);
    labels.push({ repository, sha, sentAt: performance.now() });
    return labelled(repository, sha);
  };
}

/** GitHub's `pull_request` delivery, as far as Hawser reads it. */
function labelled(repository: string, sha: string): Request {
  const body = JSON.stringify({
    action: 'labeled',
    label: { name: 'preview' },
    number: 1,
    pull_request: {
      number: 1,
      title: 'A new checkout',
      state: 'open',
      merged_at: null,
      updated_at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      head: { sha, ref: 'checkout', repo: { id: 1 } },
      base: { sha: commit('base'), ref: 'main', repo: { id: 1 } },
      labels: [{ name: 'preview' }],
      comments: 0,
    },
    repository: { full_name: repository },
    sender: { login: 'octo', type: 'User' },
  });
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
  return {
    path: '/github/webhooks',
    body,
    headers: {
      'x-github-event': 'pull_request',
      'x-github-delivery': commit(`${repository} labelled`),
      'x-hub-signature-256': `sha256=${signature}`,
    },
  };
}

const Told = z.object({ repository: z.object({ name: z.string(), owner: z.object({ login: z.string() }) }) });

/** Takes every call, and notes when each repository was first named. */
async function applicationSets() {
  const askedAt = new Map<string, number>();
  async function take(incoming: IncomingMessage): Promise<void> {
    const at = performance.now();
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part);
    const { repository } = Told.parse(JSON.parse(Buffer.concat(parts).toString()));
    const name = `${repository.owner.login}/${repository.name}`;
    if (!askedAt.has(name)) askedAt.set(name, at);
  }
  const server = createServer((incoming, outgoing) => {
    take(incoming).then(
      () => outgoing.writeHead(200).end(),
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/api/webhook`,
    askedAt,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
