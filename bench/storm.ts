/** Ten thousand applications roll out at once: whether each is acknowledged soon, and how what is owed leaves afterwards. */
import { join } from 'node:path';
import { times } from './acknowledgement.ts';
import type { Effort } from './effort.ts';
import { type Figure, figure, type Part } from './figure.ts';
import { standIn, type Write } from './github-stand-in.ts';
import { order } from './growth.ts';
import { Passed } from './instruments.ts';
import { hammer, offer, percentile } from './load.ts';
import { endless, type Place } from './notifications.ts';
import { type Bundles, runHawser } from './stage.ts';

const APPLICATIONS = { full: 10_000, quick: 200 } as const;
const WORDS = 4;
const REPOSITORIES = 100;
const ENVIRONMENTS = ['production', 'staging', 'qa', 'demo', 'load', 'eu', 'us', 'apac', 'edge', 'lab'];
/** The storm lasts no longer than this: a slow machine gets a smaller one, and is told so. */
const LONGEST = 720;
const PER_MINUTE = 60;
const AT_ONCE = 50;
const PATIENCE = { full: 300_000, quick: 60_000 } as const;
const GOAL = 1_000;
const DRAIN_GOAL = 1.1;

/** `most`: notifications that Hawser acknowledged a second, at its fastest, on this machine. */
export async function measureStorm(
  { measured }: Bundles,
  directory: string,
  most: number,
  effort: Effort,
): Promise<Part> {
  const github = await standIn({});
  const running = await runHawser({
    modules: measured,
    github: github.url,
    state: join(directory, 'storm'),
    writesPerMinute: PER_MINUTE,
  });
  try {
    const perSecond = Math.max(most / 2, 1);
    const applications = Math.min(APPLICATIONS[effort], Math.floor((perSecond * LONGEST) / WORDS));
    // A first word without a commit owes nothing, and leaves a ledger with its tables behind.
    const firsts = Array.from({ length: REPOSITORIES }, (_, index) => ({ ...place(index), app: 'first' }));
    await hammer(running.url, endless(firsts), { connections: 32, requests: REPOSITORIES });
    const next = endless(Array.from({ length: applications }, (_, index) => place(index)));
    const load = await offer(running.url, next, {
      perSecond,
      connections: 512,
      seconds: (applications * WORDS) / perSecond,
    });
    // Of two words of one application that are under way at once the older may come second, and is ignored: 200.
    const refused = [...load.statuses.keys()].filter((status) => status !== 202 && status !== 200);
    if (refused.length > 0) throw new Error(`not every notification was acknowledged: ${refused.join(', ')}`);
    const p99 = percentile(load.times, 0.99);
    const during = github.writes.length;
    const drained = await drain(running.url, PATIENCE[effort]);
    return {
      title: 'The storm',
      how: how(applications),
      figures: [
        figure(
          `acknowledged within, ${perSecond.toFixed(0)}/s, ${load.sent.toLocaleString('en')} notifications`,
          times(load),
          `p99 < ${GOAL / 1000} s`,
          p99 < GOAL,
        ),
        ...writesOf(github.writes, during, applications),
        ...drainOf(github.writes.slice(during), drained),
      ],
    };
  } finally {
    await Promise.all([running.close(), github.close()]);
  }
}

function how(applications: number): string {
  const isWhole = applications === APPLICATIONS.full;
  const size = isWhole ? 'ten thousand' : `${applications.toLocaleString('en')} (as many as fit in ${LONGEST} s)`;
  return `The four notifications of a rollout of ${size} applications, in ${REPOSITORIES} repositories of one account with ${ENVIRONMENTS.length} environments each, all with their first,
then all with their second: evenly, in repositories that were heard of before, at half of what was acknowledged a second above, while ${PER_MINUTE} writes a minute go to GitHub. What is
owed then leaves on a clock that jumps from alarm to alarm (\`bench/measured-worker.ts\`): the same objects, the same storage, the
same calls to the stand-in. The limit is the write budget's own: one write a second.`;
}

function place(index: number): Place {
  const environment = ENVIRONMENTS[Math.floor(index / REPOSITORIES) % ENVIRONMENTS.length] ?? '';
  return { repository: `acme/service-${index % REPOSITORIES}`, environment, app: `app-${index}` };
}

/** Until nothing rings any more. */
async function drain(url: string, patience: number): Promise<Passed> {
  const end = performance.now() + patience;
  for (let rings = 0; ; ) {
    const left = Math.max(Math.round(end - performance.now()), 1);
    const passed = await order(url, { kind: 'pass', rings: AT_ONCE }, left).then(
      (answer) => Passed.parse(answer),
      () => undefined,
    );
    // Without an answer something still rings, or hangs: that is a figure too, and not the other parts' loss.
    if (passed === undefined) return { rings, alarms: 1, milliseconds: 0 };
    rings += passed.rings;
    if (passed.alarms === 0 || performance.now() > end) return { ...passed, rings };
  }
}

function writesOf(writes: readonly Write[], during: number, applications: number): readonly Figure[] {
  const rollouts = new Set(writes.map(({ deployment }) => deployment)).size;
  const last = new Map(writes.map(({ deployment, state }) => [deployment, state]));
  const succeeded = [...last.values()].filter((state) => state === 'success').length;
  const needed = Math.min(applications, REPOSITORIES * ENVIRONMENTS.length);
  return [
    figure('writes during the storm, and after it', `${during} and ${writes.length - during}`),
    figure('writes for one rollout, where its end state alone costs 2', (writes.length / rollouts).toFixed(2)),
    figure(
      'rollouts that GitHub shows as succeeded in the end',
      `${succeeded} of ${needed}`,
      'all',
      succeeded === needed,
    ),
  ];
}

function drainOf(writes: readonly Write[], { alarms, rings }: Passed): readonly Figure[] {
  const clocks = writes.map(({ clock }) => clock);
  const took = (Math.max(...clocks) - Math.min(...clocks)) / 1000;
  const limit = ((writes.length - 1) * 60) / PER_MINUTE;
  const isProduction = ({ environment }: Write) => environment === 'production';
  const production = writes.filter(isProduction).length;
  const until = writes.findLastIndex(isProduction) + 1;
  return [
    figure(
      'drained, on the simulated clock',
      `${took.toFixed(0)} s, the limit being ${limit.toFixed(0)} s: ${(took / limit).toFixed(3)} ×`,
      `≤ ${DRAIN_GOAL} ×`,
      took <= limit * DRAIN_GOAL && alarms === 0,
    ),
    figure(
      'the last write for production, of those in its order',
      `${until}th of ${writes.length}; production had ${production}`,
    ),
    figure('alarms that rang meanwhile, for a write', (rings / writes.length).toFixed(1)),
  ];
}
