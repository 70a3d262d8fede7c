/**
 * GitHub is down for an hour while rollouts go on; after its return everything is written at the pace of the write budget.
 * `ROLLOUTS=1000 npx vitest run --project trials test/worker/outage.test.ts` is the long form.
 */
import { reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { applicationSaying, s1, T0, type Word } from '../../local/application.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { github, ledger, moveTo, post, ring, stage } from './stage.ts';

const HOUR = 3_600_000;
/** `github.writesPerMinute` is 60. */
const INTERVAL = 1_000;
const IN_FLIGHT = 4;
/** So long after GitHub is found to be back, nothing of what it was asked before can still come to pass. */
const SETTLED = 10_000;
/** During the outage alarms may ring so late: it lasts an hour. */
const GRAIN = 15_000;
const { repositories, rollouts } = inject('outage');
const [FLOOD = '', ...OTHERS] = repositories;
const installation = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

afterEach(async () => {
  await github.clear();
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

type Rollout = { readonly repository: string; readonly environment: string; readonly at: number };

type Said = { readonly word: Word; readonly generation: number };

/** Every other one is the flooding repository's; the first of each is its production's. */
function planned(): readonly Rollout[] {
  const seen = new Set<string>();
  return Array.from({ length: rollouts }, (_, index) => {
    const repository = index % 2 === 0 ? FLOOD : (OTHERS[((index - 1) / 2) % OTHERS.length] ?? FLOOD);
    const environment = seen.has(repository) ? `sandbox-${index}` : 'production';
    seen.add(repository);
    return { repository, environment, at: Math.floor((index * HOUR * 0.9) / rollouts) };
  });
}

it('writes what is owed at the pace of its budget once GitHub is back', { timeout: 1_800_000 }, async () => {
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  const wake = vi.spyOn(Ledger.prototype, 'wake');
  const { startsAt } = await stage(FLOOD);
  const commits = new Map<string, string>();
  for (const repository of repositories) {
    commits.set(repository, await github.commit({ repository, message: 'A release' }));
  }
  await github.clear();
  await github.fault({ kind: 'server-error', status: 503, times: 1_000_000 });

  const words = planned()
    .flatMap((rollout): (Rollout & Said)[] => [
      { ...rollout, word: { phase: 'Running' }, generation: 1 },
      { ...rollout, at: rollout.at + 300_000, word: { phase: 'Succeeded', health: 'Healthy' }, generation: 2 },
    ])
    .sort((one, other) => one.at - other.at);
  for (const said of words) {
    await pass(startsAt + said.at, GRAIN);
    await say(said);
  }
  await pass(startsAt + HOUR, GRAIN);

  await github.clear();
  const back = Date.now();
  while ((await owed()) > 0) await pass(Date.now() + 5 * INTERVAL);
  const took = Date.now() - back;

  const written = await writes();
  const limit = written.length * INTERVAL;
  console.info(`${rollouts} rollouts, ${written.length} writes: ${took / 1000} s, of ${limit / 1000} s by the budget`);
  // Of all that was said, a deployment and its end is owed.
  expect(written).toHaveLength(2 * rollouts);
  expect(took).toBeLessThanOrEqual(1.1 * limit);
  const finals = written.filter(({ state }) => state === 'success');
  // From when all are to be tried again; some come before by their own backoff, one of which found GitHub back.
  const from = (written[0]?.at ?? 0) + SETTLED;
  const again = finals.filter(({ at }) => at >= from);
  const left = again.filter(({ environment }) => environment === 'production').length;
  const last = again.findLastIndex(({ environment }) => environment === 'production');
  expect(last).toBeLessThan(left + IN_FLIGHT);
  // In turn: while another repository still has something to write, the flooding one has no more than its part.
  const lastOther = finals.findLastIndex(({ repository }) => repository !== FLOOD);
  const flood = finals.slice(0, lastOther + 1).filter(({ repository }) => repository === FLOOD).length;
  expect(flood).toBeLessThanOrEqual(Math.ceil((rollouts / 2 / OTHERS.length) * 1.5));

  async function say({ repository, environment, word, generation }: Rollout & Said) {
    const [, repo = ''] = repository.split('/');
    const name = `${repo}-${environment}`;
    const annotations = { 'github.com/repo': repo, 'github.com/image': '*' };
    const op = Math.floor((startsAt - T0) / 1000);
    const app = applicationSaying(name, { op, sha: s1, environment, annotations, ...word }, generation);
    const answer = await post(
      'main',
      JSON.parse(JSON.stringify({ v: 1, instance: 'main', app }).replaceAll(s1, commits.get(repository) ?? '')),
    );
    expect(answer.status, await answer.text()).toBe(202);
    await ring(repository);
  }

  /** Every object's alarms ring at their time, and whom the installation wakes has had its turn. */
  async function pass(until: number, grain = 1): Promise<void> {
    for (;;) {
      const alarms = await Promise.all([...repositories.map((name) => alarmOf(ledger(name))), alarmOf(installation())]);
      const next = Math.min(...alarms);
      if (next > until) break;
      await moveTo(Math.min(Math.max(next, Date.now() + grain), until));
      const due = repositories.filter((_, index) => (alarms[index] ?? Infinity) <= Date.now());
      await Promise.all(due.map(ring));
      if ((alarms.at(-1) ?? Infinity) <= Date.now()) await callBack();
    }
    await moveTo(until);
  }

  async function callBack(): Promise<void> {
    const before = wake.mock.contexts.length;
    await runDurableObjectAlarm(installation());
    // Who wants nothing any more does not come.
    await vi.waitUntil(async () => (await called()) === 0, { interval: 1, timeout: 300 }).catch(() => undefined);
    const woken = new Set(wake.mock.contexts.slice(before).map((object) => String(Object(object).ctx.id.name)));
    await Promise.all([...woken].map(ring));
  }
});

function called(): Promise<number> {
  const query = 'SELECT ledger FROM waiting WHERE called_at IS NOT NULL';
  return runInDurableObject(installation(), (_, { storage }) => storage.sql.exec(query).toArray().length);
}

async function alarmOf(object: DurableObjectStub<undefined>): Promise<number> {
  return (await runInDurableObject(object, (_, { storage }) => storage.getAlarm())) ?? Infinity;
}

async function owed(): Promise<number> {
  const views = await Promise.all(repositories.map((name) => ledger(name).read()));
  return views.reduce((sum, { outbox }) => sum + outbox.pending.length, 0);
}

/** What GitHub did, in order. */
async function writes() {
  const shown = await Promise.all(repositories.map((repository) => github.deployments(repository)));
  const environments = new Map(shown.flat().map(({ id, environment }) => [id, environment]));
  const calls = (await github.calls()).filter(({ method, status }) => method === 'POST' && status === 201);
  return calls.flatMap(({ at, path, body }) => {
    const [, repository = '', id] = /^\/repos\/([^/]+\/[^/]+)\/deployments(?:\/(\d+)\/statuses)?$/.exec(path) ?? [];
    if (repository === '') return [];
    const { state } = body as { state?: string };
    return [{ at, repository, environment: environments.get(Number(id)), state }];
  });
}
