/** What the preview router adds to a request's way, beside a Worker that only forwards. */
import { join } from 'node:path';
import { bundle, type Module } from '../local/bundle.ts';
import { type Edge, startEdge } from '../local/edge.ts';
import { refuseFailures } from './acknowledgement.ts';
import { browserRequest } from './browser-request.ts';
import { benchBundle } from './bundles.ts';
import type { Effort } from './effort.ts';
import { type Figure, figure, type Part } from './figure.ts';
import { startGateway, TAKES } from './gateway-stand-in.ts';
import { hammer, inTurn, percentile, type Request } from './load.ts';
import { inTurns, median, range, ratios, type Series, spread } from './series.ts';
import { processorTime } from './workerd.ts';

const SIZES = {
  full: { rounds: 30, requests: 200, bursts: 7, seconds: 1.5 },
  quick: { rounds: 3, requests: 100, bursts: 1, seconds: 1 },
} as const;
type Size = (typeof SIZES)[Effort];
const CONNECTIONS = 16;
/** How many times the bare Worker's time, and the inverse of its pace. */
const GOAL = 1.1;

const ROUTER = {
  zone: 'example-preview.dev',
  entry: 'example-app',
  apps: [{ name: 'api', origin: 'https://api.example-preview.dev' }],
};

const ENTRY = browserRequest('foo.example-preview.dev');
const OTHER = browserRequest('foo--api.example-preview.dev');
const LATER = browserRequest('foo.example-preview.dev', '/later');
const LARGE = browserRequest('foo.example-preview.dev', '/large');

export async function measureRouter(directory: string, effort: Effort): Promise<Part> {
  const size = SIZES[effort];
  const gateway = await startGateway();
  const start = (modules: readonly Module[]) => startEdge({ modules, origin: gateway.address, variables: { ROUTER } });
  const ofBench = async (name: string) => start(await benchBundle(name, join(directory, name)));
  const [ours, bare, least, counted] = await Promise.all([
    start(await bundle(join(directory, 'router'), 'router')),
    ofBench('forwarding-worker'),
    ofBench('least-router-worker'),
    ofBench('counted-router-worker'),
  ]);
  const router = { who: 'router', ours, bare, size, goal: GOAL };
  const leastRouter = { who: 'least router', ours: least, bare, size };
  try {
    return {
      title: 'The preview router',
      how: how(size),
      figures: [
        ...(await latency('a request', ENTRY, router)),
        ...(await latency('a request', ENTRY, leastRouter)),
        ...(await latency('a request to {slug}--{app}', OTHER, router)),
        ...(await latency(`a request that the application takes ${TAKES} ms for`, LATER, router)),
        ...(await pace('requests a second', ENTRY, router)),
        ...(await pace('requests a second', ENTRY, leastRouter)),
        ...(await pace('answers of 1 MiB a second', LARGE, router)),
        ...(await reads(counted)),
      ],
    };
  } finally {
    await Promise.all([ours, bare, least, counted, gateway].map((each) => each.close()));
  }
}

const how = ({
  rounds,
  requests,
  bursts,
  seconds,
}: Size) => `The router's own bundle and a Worker that only forwards (\`bench/forwarding-worker.ts\`), each in a workerd of its own, in front of one
stand-in for a Gateway that answers at once, but where the line says otherwise: a browser's headers, 2 KiB back with a cookie. Times are of one request after the
other on one connection, ${requests} in turn for each Worker, ${rounds} times, taken together; paces are of ${CONNECTIONS} connections for ${seconds} s in turn, ${bursts} times.
What is asked of KV and of the bridge is counted by the same router with bindings that count (\`bench/counted-router-worker.ts\`). The least router
(\`bench/least-router-worker.ts\`) sets one header each way, and decides nothing: what is above its ratio is the router's own doing.`;

type Sides = {
  readonly who: string;
  readonly ours: Edge;
  readonly bare: Edge;
  readonly size: Size;
  readonly goal?: number;
};

async function latency(
  name: string,
  request: Request,
  { ours, bare, size, ...sides }: Sides,
): Promise<readonly Figure[]> {
  const requests = Array.from({ length: size.requests }, () => request);
  const timesOf = async ({ url }: Edge) => {
    const load = await inTurn(url, requests);
    refuseFailures(load, 200);
    return load.times;
  };
  // Both are warm before anything counts.
  await inTurns(
    2,
    () => timesOf(ours),
    () => timesOf(bare),
  );
  const measured = await inTurns(
    size.rounds,
    () => timesOf(ours),
    () => timesOf(bare),
  );
  return [0.5, 0.99].flatMap((share) => {
    const of = (rounds: readonly Series[]) =>
      percentile(
        rounds.flat().toSorted((one, other) => one - other),
        share,
      );
    const single = (rounds: readonly Series[]) => rounds.map((round) => percentile(round, share));
    return compared(`milliseconds of ${name}, p${share * 100}`, {
      ...sides,
      values: `${of(measured.ours).toFixed(3)} and ${of(measured.theirs).toFixed(3)}`,
      ratio: of(measured.ours) / of(measured.theirs),
      single: ratios(single(measured.ours), single(measured.theirs)),
    });
  });
}

async function pace(name: string, request: Request, { ours, bare, size, ...sides }: Sides): Promise<readonly Figure[]> {
  const burst = async ({ url, pid }: Edge) => {
    const before = processorTime(String(pid));
    const load = await hammer(url, () => request, { connections: CONNECTIONS, seconds: size.seconds });
    refuseFailures(load, 200);
    return { perSecond: load.perSecond, work: (processorTime(String(pid)) - before) / load.sent };
  };
  const measured = await inTurns(
    size.bursts,
    () => burst(ours),
    () => burst(bare),
  );
  const [mine, theirs] = [measured.ours, measured.theirs].map((bursts) => ({
    paces: bursts.map(({ perSecond }) => perSecond),
    works: bursts.map(({ work }) => work),
  }));
  if (mine === undefined || theirs === undefined) return [];
  return [
    ...compared(name, {
      ...sides,
      values: `${spread(mine.paces)} and ${spread(theirs.paces)}`,
      ratio: median(theirs.paces) / median(mine.paces),
      single: ratios(theirs.paces, mine.paces),
    }),
    figure(
      "the same, workerd's processor time for one, in ms",
      `${spread(mine.works, 3)} and ${spread(theirs.works, 3)}`,
    ),
  ];
}

type Comparison = Pick<Sides, 'who' | 'goal'> & {
  readonly values: string;
  readonly ratio: number;
  readonly single: Series;
};

function compared(name: string, { who, values, ratio, single, goal }: Comparison): readonly Figure[] {
  const wanted = goal === undefined ? undefined : `≤ ${goal}`;
  return [
    figure(`${name}: ${who}, and bare Worker`, values),
    figure(
      'the same, ratio (of single rounds)',
      `${ratio.toFixed(2)} (${range(single)})`,
      wanted,
      goal === undefined || ratio <= goal,
    ),
  ];
}

/** Of what a page loads, the page alone asks the index. */
async function reads({ url }: Edge): Promise<readonly Figure[]> {
  const script = browserRequest('foo.example-preview.dev', '/app.js', { 'sec-fetch-mode': 'no-cors', accept: '*/*' });
  const visit = browserRequest('foo.example-preview.dev', '/', { 'sec-fetch-mode': 'navigate', accept: 'text/html' });
  const asked = async () => Number(await (await fetch(`${url}/times-asked`)).text());
  const many = (requests: readonly Request[], times: number) => Array.from({ length: times }, () => requests).flat();
  refuseFailures(await inTurn(url, many([ENTRY, OTHER, script, browserRequest('www.example-preview.dev')], 250)), 200);
  const ordinary = await asked();
  refuseFailures(await inTurn(url, many([visit], 100)), 200);
  return [
    figure('reads of state by 1,000 requests that go to no page', String(ordinary), '0', ordinary === 0),
    figure('reads of state by 100 that go to the page of one preview', String((await asked()) - ordinary)),
  ];
}
