/** What a ledger promises, where things go wrong: once committed an event is applied, its effect happens once, or it is dead with its reason. */
import { createScheduledController, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import worker from '../../functions/index.ts';
import { s1, s2 } from '../../local/application.ts';
import type { Repository } from '../../src/words/repository.ts';
import { hold } from './held.ts';
import { calls, DEPLOYMENTS, HOUR, OTHERS, REPOSITORY, STATUSES, shop, view } from './shop.ts';
import { github, ledger } from './stage.ts';

const { send, say, drained, pass, states, replay } = shop();

describe('what a rollout costs', () => {
  it('is 1 create and 3 statuses for three visible states, and no read', async () => {
    await say({ op: 0, phase: 'Running', message: 'Sync operation blocked by sync window', sha: s1 }, 1);
    await say({ op: 0, phase: 'Running', sha: s1 }, 2);
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3);

    expect(await states()).toEqual([['queued', 'in_progress', 'success']]);
    expect(await calls()).toEqual(['POST deployment', 'POST status', 'POST status', 'POST status']);
  });

  it('is 2 to 4 calls with the same end when all of it comes at once', async () => {
    await Promise.all([
      send({ op: 0, phase: 'Running', message: 'Sync operation blocked by sync window', sha: s1 }, 1),
      send({ op: 0, phase: 'Running', sha: s1 }, 2),
      send({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3),
    ]);
    await drained();

    const [shown] = await states();
    expect(shown?.at(-1)).toBe('success');
    const made = await calls();
    expect(made.length).toBeGreaterThanOrEqual(2);
    expect(made.length).toBeLessThanOrEqual(4);
    expect(made.every((call) => call.startsWith('POST'))).toBe(true);
  });

  it('is one call more for each deployment that it supersedes', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await github.clear();

    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: OTHERS }, 2);

    expect(await calls()).toEqual(['POST deployment', 'POST status', 'POST status']);
    expect(await states()).toEqual([['success', 'inactive'], ['success']]);
  });

  it('is a commit alone for a word that changes nothing on GitHub: no run follows, and the alarm stays', async () => {
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await pass(60_000);
    const alarm = await alarmOf(REPOSITORY);

    expect((await send({ op: 0, phase: 'Running', message: 'the next hook', sha: s1 }, 2)).status).toBe(202);

    expect(alarm).toBeGreaterThan(Date.now());
    expect(await alarmOf(REPOSITORY)).toBe(alarm);
  });

  it('is nothing for a duplicate, however often it comes', async () => {
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await github.clear();

    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ op: 0, phase: 'Running', sha: s1 }, 1)));
    await drained();

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await calls()).toEqual([]);
  });
});

describe('while GitHub does not take writes', () => {
  it('only the newest state is written afterwards', async () => {
    await github.fault({ kind: 'down' });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await say({ op: 0, phase: 'Succeeded', health: 'Degraded', sha: s1 }, 2);
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3);
    await github.clearFaults();

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it('a rollout that is over before GitHub heard of it is never shown', async () => {
    await github.fault({ kind: 'secondary-limit', retryAfter: 120, method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: OTHERS }, 2);

    await pass(121_000);

    expect(await states()).toEqual([['success']]);
  });
});

describe('a dead letter', () => {
  it('is ignored when present knowledge wants nothing of its lane any more', async () => {
    await github.fault({
      kind: 'refuse',
      status: 422,
      message: 'Validation Failed',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    const [dead] = (await view()).outbox.dead;
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: OTHERS }, 2);

    const answer = await replay(dead?.id);

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'nothing is wanted any more' }]);
    expect(await states()).toEqual([['success']]);
  });

  it('does not hold up what is owed for another deployment', async () => {
    await github.fault({
      kind: 'refuse',
      status: 422,
      message: 'Validation Failed',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);

    await say(
      { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1, environment: 'sandbox', uid: 'another' },
      1,
      'sandbox',
    );

    expect(await states()).toEqual([['success']]);
    expect((await view()).outbox.dead).toHaveLength(1);
  });
});

describe('an alarm', () => {
  it('is never left in the past where a status fails while a newer one is owed', async () => {
    const held = hold('POST', /\/statuses$/, () => new Response('<html>', { status: 502 }));
    await send({ op: 0, phase: 'Running', sha: s1 }, 1);
    await held.left();
    await send({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 2);
    held.letGo();
    await drained();

    for (let rung = 0; rung < 5; rung += 1) {
      await drained();
      const alarm = await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => storage.getAlarm());
      expect(alarm ?? Infinity).toBeGreaterThan(Date.now());
    }
  });

  it('is not what the cron looks for where nothing is due', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    const acme = env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));
    await expect.poll(() => acme.ledgers()).toMatchObject([{ ledger: REPOSITORY, dueAt: null }]);
    vi.setSystemTime(Date.now() + 10 * 60_000);

    expect(await acme.wakeOverdue()).toBe(0);
  });
});

describe('a status with an uncertain end', () => {
  it('is followed by another where what was wanted before it is wanted again', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1, 'api');
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: STATUSES });
    await say({ op: 60, phase: 'Running', sha: s1, manifests: OTHERS }, 1, 'web');
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s1, manifests: OTHERS }, 2, 'web');

    await pass(HOUR);

    expect((await states()).map((shown) => shown.at(-1))).toEqual(['success']);
  });
});

describe('a ledger that is taken out of memory', () => {
  it('goes on where it stood: what settles, settles', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', healthAt: -100, sha: s1 }, 1);
    await evictDurableObject(ledger(REPOSITORY));

    await pass(60_000);

    expect(await states()).toEqual([['in_progress', 'success']]);
  });

  it('37 · alarm throws 6×, and the platform gives it up: the cron re-arms it', async () => {
    await github.fault({ kind: 'drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await runInDurableObject(ledger(REPOSITORY), (_, state) => state.storage.deleteAlarm());
    await evictDurableObject(ledger(REPOSITORY));
    vi.setSystemTime(Date.now() + 10 * 60_000);
    await github.advance(10 * 60_000);

    await worker.scheduled(createScheduledController(), env);
    await expect.poll(states).toEqual([['success']]);
  });
});

function alarmOf(repository: Repository): Promise<number | null> {
  return runInDurableObject(ledger(repository), (_, { storage }) => storage.getAlarm());
}
