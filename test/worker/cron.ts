/** The cron on the stage: ticks at their time, pull requests that GitHub tells of or not, and what becomes of their previews. */
import { createScheduledController, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, inject, vi } from 'vitest';
import worker from '../../functions/index.ts';
import { openPull, tellOf } from './hook.ts';
import { github, ledger, moveTo, ring } from './stage.ts';

export const TICK = 300_000;
export const HOUR = 3_600_000;
const octo = github.as('octo');
const acme = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

/** The organisation's own words with GitHub about one repository. */
export function cron(repository: string, { removes = true } = {}) {
  let deliveries = 0;
  const branches = new Map<number, string>();

  /** A pull request with the label, of which nobody is told. */
  async function open(): Promise<number> {
    const branch = `cron-${Date.now()}-${branches.size}`;
    const number = await openPull(repository, branch);
    branches.set(number, branch);
    return number;
  }

  /** So many pull requests with the label, told of as GitHub does. */
  async function previews(count: number): Promise<readonly number[]> {
    const numbers: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const number = await open();
      await tell(number);
      numbers.push(number);
    }
    await ring(repository);
    return numbers;
  }

  /** The commit. */
  function push(number: number): Promise<string> {
    return github.commit({ repository, branch: branches.get(number) ?? '', message: 'More work' });
  }

  async function tell(number: number): Promise<void> {
    deliveries += 1;
    const { body } = await octo('GET', `/repos/${repository}/pulls/${number}`);
    const answer = await tellOf(repository, body, `cron-${Date.now()}-${deliveries}`);
    expect(answer.status).toBeLessThan(300);
  }

  function label(number: number, name: string) {
    return octo('POST', `/repos/${repository}/issues/${number}/labels`, { labels: [name] });
  }

  function unlabel(number: number, name = 'preview') {
    return octo('DELETE', `/repos/${repository}/issues/${number}/labels/${name}`);
  }

  function close(number: number, state = 'closed') {
    return octo('PATCH', `/repos/${repository}/pulls/${number}`, { state });
  }

  async function labelsOf(number: number): Promise<readonly string[]> {
    const { body } = await octo('GET', `/repos/${repository}/pulls/${number}`);
    return (body as { readonly labels: readonly { readonly name: string }[] }).labels.map(({ name }) => name);
  }

  /** The newest state of the newest deployment of each. */
  async function statesOf(numbers: readonly number[]): Promise<readonly (string | undefined)[]> {
    const shown = await github.deployments(repository);
    const view = await ledger(repository).read();
    return numbers.map((number) => {
      const ids = view.deployments.filter(({ pr }) => pr === number).map(({ id }) => id);
      return shown.findLast(({ id }) => ids.includes(id))?.statuses.at(-1)?.state;
    });
  }

  /** The cron rings, and whatever the ledger owes after it is done, all that is due within a tick. */
  async function tick(): Promise<Readonly<Record<string, number>>> {
    const lines = vi.spyOn(console, 'log');
    await worker.scheduled(createScheduledController(), env);
    const [line = '{}'] = lines.mock.calls.map(String).filter((each) => each.includes('sweep done'));
    lines.mockRestore();
    await pass(TICK);
    return JSON.parse(line);
  }

  /** A round: it is looked, and five minutes later decided. */
  async function round() {
    await pass(HOUR);
    await tick();
    return tick();
  }

  async function pass(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    for (;;) {
      const alarm = await runInDurableObject(ledger(repository), (_, { storage }) => storage.getAlarm());
      if (alarm === null || alarm > until) break;
      await moveTo(alarm);
      await ring(repository);
    }
    await moveTo(until);
    await told();
  }

  /** What the ledger tells its installation is on its way when a run has ended. */
  async function told(): Promise<void> {
    const found =
      "SELECT count(*) AS count FROM previews WHERE doomed = 1 AND (?1 OR body ->> '$.doomed.kind' <> 'stale')";
    await vi.waitFor(async () => {
      const [known] = (await acme().ledgers()).filter((each) => each.ledger === repository);
      const doomed = await runInDurableObject(
        ledger(repository),
        (_, { storage }) => storage.sql.exec(found, removes ? 1 : 0).one()['count'],
      );
      expect(known?.previews.doomed).toBe(doomed);
    });
  }

  return { open, previews, push, tell, label, unlabel, close, labelsOf, statesOf, tick, round, pass };
}

export async function health() {
  const answer = await exports.default.fetch('https://hawser.test/healthz');
  const text = await answer.text();
  const { checks } = JSON.parse(text) as { checks: Record<string, { ok: boolean; message?: string }> };
  return { status: answer.status, cleanup: checks['preview cleanup'], text };
}

export async function account() {
  const answer = await exports.default.fetch('https://hawser.example.com/api/repositories', {
    headers: { authorization: `Bearer ${inject('secrets').HAWSER_OPERATOR_TOKEN}` },
  });
  return answer.json<{
    repositories: unknown;
    installations: readonly { previews: unknown; notGranted: string | null }[];
  }>();
}
