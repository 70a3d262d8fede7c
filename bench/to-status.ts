/** How long after a notification GitHub has its status, where every call to GitHub takes its time. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Effort } from './effort.ts';
import { figure, type Part } from './figure.ts';
import { standIn, type Write } from './github-stand-in.ts';
import { offer, percentile, type Request } from './load.ts';
import { commit, notification, type Place } from './notifications.ts';
import { type Bundles, runHawser } from './stage.ts';

const LATENCY = 20;
const PER_SECOND = 20;
const SECONDS = { full: 20, quick: 5 } as const;
/** So many accounts have a burst of writes each that lasts for all of this: no write waits for the budget. */
const ACCOUNTS = 40;
const GOAL = 150;
const LATE = 6_000;

/** The second and the fourth word of a rollout: it runs, and it is healthy. Each is one status. */
const WORDS = [
  [1, 'in_progress'],
  [3, 'success'],
] as const;

type Expected = { readonly sha: string; readonly state: string; readonly sentAt: number };

export async function measureToStatus({ hawser }: Bundles, directory: string, effort: Effort): Promise<Part> {
  const seconds = SECONDS[effort];
  const github = await standIn({ latency: LATENCY });
  const running = await runHawser({ modules: hawser, github: github.url, state: join(directory, 'to-status') });
  try {
    // Each account's token, and each ledger with its tables, is there before, and all of it has calmed down.
    await offer(running.url, telling([], 0), {
      perSecond: PER_SECOND,
      connections: 64,
      seconds: ACCOUNTS / PER_SECOND,
    });
    await quiet(github.writes);
    const expected: Expected[] = [];
    const load = await offer(running.url, telling(expected, 1), {
      perSecond: PER_SECOND,
      connections: 64,
      seconds,
    });
    await quiet(github.writes);
    const took = expected.flatMap((each) => tookUntil(each, github.writes)).toSorted((one, other) => one - other);
    const p95 = percentile(took, 0.95);
    const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
    return {
      title: 'From a notification to the status on GitHub',
      how: `${PER_SECOND} notifications a second for ${seconds} s, evenly; a stand-in for GitHub answers any call after ${LATENCY} ms. Every second notification opens a
rollout, which is a deployment and a status, two calls one after the other. They are spread over ${ACCOUNTS} accounts with tokens at hand, so
that the write budget, which belongs to an account, holds nothing back. Counted from when a notification leaves until GitHub has answered.`,
      figures: [
        figure(
          'until the status is written',
          `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
          `p95 ≤ ${GOAL} ms`,
          p95 <= GOAL,
        ),
        figure('notifications whose status was written', `${took.length} of ${load.sent}`),
      ],
    };
  } finally {
    await Promise.all([running.close(), github.close()]);
  }
}

/** Account after account, all with one word, then all with the next. */
function telling(expected: Expected[], from: number): () => Request {
  let turn = 0;
  return () => {
    const account = turn % ACCOUNTS;
    const index = Math.floor(turn / ACCOUNTS);
    turn += 1;
    const [word, state] = WORDS[index % WORDS.length] ?? WORDS[0];
    const rollout = from + Math.floor(index / WORDS.length);
    const place: Place = { repository: `account-${account}/shop`, environment: 'production', app: 'shop' };
    expected.push({ sha: commit(`${place.repository} ${rollout}`), state, sentAt: performance.now() });
    return notification(place, rollout * 4 + word);
  };
}

function tookUntil({ sha, state, sentAt }: Expected, writes: readonly Write[]): readonly number[] {
  const written = writes.find((write) => write.sha === sha && write.state === state);
  return written === undefined ? [] : [written.at - sentAt];
}

/** What is late is late, not lost: a ledger's alarm comes 5 s after a commit that its pump could not follow. */
async function quiet(writes: readonly Write[]): Promise<void> {
  for (let before = -1; before < writes.length; await wait(LATE)) before = writes.length;
}
