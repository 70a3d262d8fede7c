/** `GET /metrics` after whole stories: what it counts, what survives, and what it never says. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { describe, expect, inject, it, vi } from 'vitest';
import { s1 } from '../../local/application.ts';
import { Installation } from '../../src/github/installation.ts';
import { Instant } from '../../src/words/instant.ts';
import { HOUR, REPOSITORY, STATUSES, shop, view } from './shop.ts';
import { github, ledger } from './stage.ts';

const { body, post, send, say, drained, pass, replay } = shop();

const acme = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

function scrape(authorization = `Bearer ${inject('secrets').HAWSER_OPERATOR_TOKEN}`): Promise<Response> {
  return exports.default.fetch('https://hawser.example.com/metrics', { headers: { authorization } });
}

/** Samples of this account by what stands before the value, the installation left out. */
async function samples(): Promise<Readonly<Record<string, number>>> {
  const text = await (await scrape()).text();
  const lines = text.split('\n').filter((line) => line.includes('installation="acme"'));
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value] = line
        .replace(/installation="acme",?/, '')
        .replace('{}', '')
        .split(' ');
      return [name, Number(value)];
    }),
  );
}

/** The sums are on their way when a run has ended. */
async function tells(expected: Readonly<Record<string, number>>): Promise<void> {
  await vi.waitFor(async () => expect(await samples()).toMatchObject(expected));
}

const running = { op: 0, phase: 'Running', sha: s1 } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;

const COMMITTED = 'hawser_events_total{kind="notification",outcome="committed"}';
const DUPLICATE = 'hawser_events_total{kind="notification",outcome="duplicate"}';
const IGNORED = 'hawser_events_total{kind="notification",outcome="ignored"}';
const CREATED = 'hawser_effects_total{kind="create-deployment",outcome="done"}';
const WRITTEN = 'hawser_effects_total{kind="write-status",outcome="done"}';
const POSTPONED = 'hawser_effects_total{kind="write-status",outcome="postponed"}';
const DEAD = 'hawser_effects_total{kind="write-status",outcome="dead"}';

describe('who may read the metrics', () => {
  it.each([
    ['nobody', ''],
    ["an Argo CD's token", `Bearer ${inject('secrets')['ARGOCD_MAIN_TOKEN']}`],
  ])('%s may not', async (_, authorization) => {
    expect((await scrape(authorization)).status).toBe(401);
  });

  it('the operator may, as Prometheus text', async () => {
    const answer = await scrape();

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await answer.text()).trimEnd().split('\n');
    const odd = lines.filter((line) => !/^(# (HELP|TYPE) hawser_\w+ .+|hawser_\w+(\{\w+=".*"\})? [\d.]+)$/.test(line));
    expect(odd).toEqual([]);
  });
});

describe('the counters', () => {
  it('tell events and effects by kind and outcome', async () => {
    await say(running, 1);
    await say(healthy, 2);

    await tells({ [COMMITTED]: 2, [CREATED]: 1, [WRITTEN]: 2, hawser_ledgers: 1 });
    expect(Object.keys(await samples()).filter((name) => name.includes('_total'))).toHaveLength(3);
  });

  it('go on where they were after both objects were evicted', async () => {
    await say(running, 1);
    await evictDurableObject(ledger(REPOSITORY));
    await evictDurableObject(acme());
    await tells({ [COMMITTED]: 1, [WRITTEN]: 1 });

    await say(healthy, 2);

    await tells({ [COMMITTED]: 2, [CREATED]: 1, [WRITTEN]: 2 });
  });

  it('take duplicates and stale words along, and write no row for any of them', async () => {
    await say(healthy, 2);
    const before = await counts();

    // In other bytes each, or the door would know them.
    const repeats = [1, 2, 3].map((time) => ({ ...body(healthy, 2), time }));
    for (const repeat of repeats) expect((await post(repeat)).status).toBe(200);
    expect((await send(running, 1)).status).toBe(200);
    expect(await counts()).toEqual(before);

    await pass(2 * 60_000);
    await tells({ [COMMITTED]: 1, [DUPLICATE]: 3, [IGNORED]: 1 });
  });

  it('count an attempt that failed, and the one that did it', async () => {
    await say(running, 1);
    await github.fault({ kind: 'server-error', method: 'POST', path: STATUSES });
    await say(healthy, 2);
    await tells({ [POSTPONED]: 1, [WRITTEN]: 1 });

    await pass(HOUR);

    await tells({ [POSTPONED]: 1, [WRITTEN]: 2 });
  });

  it('are told again where the installation did not hear them', async () => {
    await say(running, 1);
    await tells({ [COMMITTED]: 1, [WRITTEN]: 1 });
    const deaf = vi.spyOn(Installation.prototype, 'register').mockRejectedValue(new Error('gone'));
    await say(healthy, 2);
    expect(await samples()).toMatchObject({ [COMMITTED]: 1, [WRITTEN]: 1 });
    deaf.mockRestore();

    await pass(2 * 60_000);

    await tells({ [COMMITTED]: 2, [WRITTEN]: 2 });
  });
});

describe('what stands open', () => {
  it('is nothing, and the whole budget, before anything is owed', async () => {
    await acme().register(REPOSITORY, null);

    expect(await samples()).toEqual({
      hawser_installation_up: 1,
      hawser_oldest_owed_effect_age_seconds: 0,
      hawser_dead_letters: 0,
      hawser_ledgers: 1,
      hawser_ledgers_waiting: 0,
      hawser_write_budget_left: 60,
      hawser_write_budget_per_minute: 60,
      hawser_writes_in_flight: 0,
      hawser_paused: 0,
      hawser_pause_seconds_left: 0,
    });
  });

  it('is as old as the first effect that is still owed', async () => {
    await say(running, 1);
    await github.fault({ kind: 'down' });
    await say(healthy, 2);
    const owedAt = (await view()).outbox.pending[0]?.owedAt ?? Number.NaN;
    await pass(10 * 60_000);
    await github.clearFaults();

    expect(await samples()).toMatchObject({ hawser_oldest_owed_effect_age_seconds: (Date.now() - owedAt) / 1_000 });
    await pass(HOUR);
    await tells({ hawser_oldest_owed_effect_age_seconds: 0 });
  });

  it('is a dead letter until it is replayed', async () => {
    await say(running, 1);
    await github.fault({ kind: 'refuse', status: 410, message: 'Gone', method: 'POST', path: STATUSES });
    await say(healthy, 2);
    await tells({ hawser_dead_letters: 1, [DEAD]: 1 });
    await github.clearFaults();

    await replay((await view()).outbox.dead[0]?.id);
    await drained();

    await tells({ hawser_dead_letters: 0, [DEAD]: 1, [WRITTEN]: 2 });
  });

  it('is a pause, until when GitHub asks to wait', async () => {
    await say(running, 1);
    const until = Instant.parse(Date.now() + 90_000);
    const pause = { until, reason: { code: 'rate-limit', message: 'wait' } };
    await acme().report({ ledger: REPOSITORY, cost: 'write', pause });

    expect(await samples()).toMatchObject({ hawser_paused: 1, hawser_pause_seconds_left: 90 });
    await pass(91_000);
    expect(await samples()).toMatchObject({ hawser_paused: 0, hawser_pause_seconds_left: 0 });
  });
});

describe('the metrics', () => {
  it('name no repository', async () => {
    await say(healthy, 1);

    expect(await (await scrape()).text()).not.toContain('shop');
  });

  it('are there while GitHub is down, of the accounts that it named last', async () => {
    await say(running, 1);
    expect(await (await scrape()).text()).toContain('hawser_installations_listed 1\n');
    await github.fault({ kind: 'down' });

    expect(await (await scrape()).text()).toContain('hawser_installations_listed 0\n');
    await tells({ [COMMITTED]: 1 });
    await github.clearFaults();
  });

  it('say which installation could not be read', async () => {
    vi.spyOn(console, 'log').mockReturnValue(undefined);
    vi.spyOn(Installation.prototype, 'metrics').mockRejectedValue(new Error('gone'));

    expect(await samples()).toEqual({ hawser_installation_up: 0 });
  });
});

function counts(): Promise<unknown> {
  return runInDurableObject(ledger(REPOSITORY), (_, { storage }) => storage.sql.exec('SELECT * FROM counts').toArray());
}
