/** How many notifications are acknowledged a second, how soon, and what a repeat costs, beside a Worker that does the least. */
import { join } from 'node:path';
import type { Effort } from './effort.ts';
import { type Figure, figure, type Part } from './figure.ts';
import { standIn } from './github-stand-in.ts';
import { hammer, type Load, offer, percentile, type Request } from './load.ts';
import { endless, type Place } from './notifications.ts';
import { inTurns, median, range, ratios, type Series, spread } from './series.ts';
import { type Bundles, runBare, runHawser } from './stage.ts';
import type { Running } from './workerd.ts';

/** Fewer than there are applications: no two words of one are under way, of which the older would be ignored. */
const CONNECTIONS = 32;
/** Words of each application before anything is measured: two rollouts, by which every ledger knows that it has to wait. */
const PRIMING = 8;
const SIZES = {
  full: { rounds: 5, seconds: 3, offeredSeconds: 10 },
  quick: { rounds: 2, seconds: 1, offeredSeconds: 2 },
} as const;
type Size = (typeof SIZES)[Effort];

/** Two applications in each of 64 repositories, or 64 applications in 32 environments of one. */
const SPREADS = {
  'over 64 repositories': Array.from({ length: 128 }, (_, index) => ({
    repository: `acme/service-${index % 64}`,
    environment: 'production',
    app: `app-${Math.floor(index / 64)}`,
  })),
  'on one repository': Array.from({ length: 64 }, (_, index) => ({
    repository: 'acme/monolith',
    environment: `environment-${index % 32}`,
    app: `app-${index}`,
  })),
} as const;
const GOALS = { 'over 64 repositories': 0.8, 'on one repository': 0.7 } as const;
const DUPLICATES_GOAL = 0.9;

export type Acknowledged = Part & { readonly perSecond: number };

export async function measureAcknowledgement(
  { hawser, bare }: Bundles,
  directory: string,
  effort: Effort,
): Promise<Acknowledged> {
  const size = SIZES[effort];
  const github = await standIn({ paused: true });
  const ours = await runHawser({ modules: hawser, github: github.url, state: join(directory, 'hawser') });
  const least = await runBare(bare, join(directory, 'bare'));
  try {
    const figures: Figure[] = [];
    let perSecond = 0;
    for (const spreadOver of ['over 64 repositories', 'on one repository'] as const) {
      const fresh = await compareFresh(ours, least, SPREADS[spreadOver], size);
      const goal = GOALS[spreadOver];
      figures.push(...comparison(`acknowledged a second ${spreadOver}`, fresh, goal));
      const most = median(paces(fresh.ours));
      if (perSecond === 0) perSecond = most;
      const half = await offer(ours.url, fresh.next, {
        perSecond: Math.max(Math.floor(most / 2), 1),
        connections: CONNECTIONS,
        seconds: size.offeredSeconds,
      });
      refuseFailures(half, 202);
      figures.push(figure(`acknowledged within, at half of that (${Math.floor(most / 2)}/s)`, times(half)));
    }
    figures.push(...comparison('duplicates a second', await compareRepeats(ours, least, size), DUPLICATES_GOAL));
    return { title: 'Acknowledgement', how: how(size), figures, perSecond };
  } finally {
    await Promise.all([ours.close(), least.close(), github.close()]);
  }
}

const how = ({
  rounds,
  seconds,
}: Size) => `GitHub's stand-in has asked to wait for an hour, so everything is committed and nothing is sent. ${CONNECTIONS} connections,
each with its next request as soon as one is answered: two rollouts of every application first, unmeasured, then ${seconds} s in turn for Hawser and for the bare Worker, ${rounds} times. The bare Worker
(\`bench/bare-worker.ts\`) compares the credential as Hawser does, reads the body and has a Durable Object insert it as a row; for
duplicates, which Hawser knows at its door, it reads that row's key. The bodies are the same: rollouts of applications with some fifty resources, 1 KiB when they begin
and 8 KiB from then on. At half of the pace requests leave evenly, on time, and a time counts from when a request was due.`;

/** `work`: milliseconds of processor time that workerd took for one request. */
type Burst = { readonly perSecond: number; readonly work: number };
type Compared = { readonly ours: readonly Burst[]; readonly theirs: readonly Burst[] };

async function compareFresh(
  ours: Running,
  least: Running,
  places: readonly Place[],
  size: Size,
): Promise<Compared & { readonly next: () => Request }> {
  const next = endless(places);
  const same = endless(places);
  let number = 0;
  const inserted = (): Request => {
    const index = number++;
    const { repository } = places[index % places.length] ?? { repository: '' };
    return { ...same(), path: `/insert/${encodeURIComponent(repository)}/${index}` };
  };
  await hammer(ours.url, next, { connections: CONNECTIONS, requests: places.length * PRIMING });
  await hammer(least.url, inserted, { connections: CONNECTIONS, requests: places.length * PRIMING });
  return {
    ...(await inTurns(
      size.rounds,
      () => burst(ours, next, 202, size),
      () => burst(least, inserted, 202, size),
    )),
    next,
  };
}

/** The same 128 notifications over and over; what is inserted under their numbers is read. */
async function compareRepeats(ours: Running, least: Running, size: Size): Promise<Compared> {
  // Applications of their own: of those that said more since, the same words would be stale, and not repeats.
  const places = SPREADS['over 64 repositories'].map((place) => ({ ...place, app: `repeated-${place.app}` }));
  const first = endless(places);
  const requests = places.map(() => first());
  const reads = requests.map((request, index) => ({ ...request, path: `/read/repeated-${index % 64}/${index}` }));
  const inserts = reads.map((request) => ({ ...request, path: request.path.replace('/read/', '/insert/') }));
  refuseFailures(await hammer(ours.url, inOrder(requests), { connections: CONNECTIONS, requests: places.length }), 202);
  await hammer(least.url, inOrder(inserts), { connections: CONNECTIONS, requests: places.length * PRIMING });
  return inTurns(
    size.rounds,
    () => burst(ours, inOrder(requests), 200, size),
    () => burst(least, inOrder(reads), 200, size),
  );
}

function inOrder(requests: readonly Request[]): () => Request {
  let index = 0;
  return () => {
    const request = requests[index++ % requests.length];
    if (request === undefined) throw new Error('there is nothing to repeat');
    return request;
  };
}

async function burst(
  { url, workedFor }: Running,
  next: () => Request,
  status: number,
  { seconds }: Size,
): Promise<Burst> {
  const before = workedFor();
  const load = await hammer(url, next, { connections: CONNECTIONS, seconds });
  refuseFailures(load, status);
  return { perSecond: load.perSecond, work: (workedFor() - before) / load.sent };
}

function comparison(name: string, { ours, theirs }: Compared, goal: number): readonly Figure[] {
  const [mine, bare] = [paces(ours), paces(theirs)];
  const ratio = median(mine) / median(bare);
  return [
    figure(`${name}: Hawser`, spread(mine)),
    figure(`${name}: bare Worker`, spread(bare)),
    figure(
      `${name}: ratio of the medians (of single rounds)`,
      `${ratio.toFixed(2)} (${range(ratios(mine, bare))})`,
      `≥ ${goal}`,
      ratio >= goal,
    ),
    figure(
      `${name}: workerd's processor time for one, in ms, and the bare Worker's`,
      `${spread(works(ours), 2)} and ${spread(works(theirs), 2)}`,
    ),
  ];
}

function paces(bursts: readonly Burst[]): Series {
  return bursts.map(({ perSecond }) => perSecond);
}

function works(bursts: readonly Burst[]): Series {
  return bursts.map(({ work }) => work);
}

export function times({ times }: Load): string {
  return [0.5, 0.95, 0.99].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)} ms`).join(', ');
}

/** A figure of refused requests would be a good one, and worth nothing. */
export function refuseFailures({ sent, statuses }: Load, expected: number): void {
  if (statuses.get(expected) === sent) return;
  throw new Error(`not every answer was ${expected}: ${JSON.stringify([...statuses])}`);
}
