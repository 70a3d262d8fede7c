/** Events that come twice, late, again or from two sides, and effects that never succeed. Each name begins with its row of docs/reliability.md. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { calls, DEPLOYMENTS, HOUR, REPOSITORY, STATUSES, shop, view } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { send, body, post, say, drained, pass, states, replay } = shop();
const CREATE = { method: 'POST', path: DEPLOYMENTS } as const;
const running = { op: 0, phase: 'Running', sha: s1 } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const REFUSED = { ...CREATE, kind: 'refuse', status: 422, message: 'Validation Failed' } as const;

describe('the same event', () => {
  it('11 · same delivery ×100 concurrently: one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(running, 1)));
    await drained();

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
    expect(await calls()).toEqual(['POST deployment', 'POST status']);
  });

  it('12 · redelivery after failure before commit: processed', async () => {
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      vi.spyOn(storage, 'transactionSync').mockImplementationOnce(() => {
        throw new Error('the disk is gone');
      });
    });
    expect((await send(healthy, 1)).status).toBe(503);
    const again = await send(healthy, 1);
    await drained();

    expect([again.status, await again.json()]).toMatchObject([202, { duplicate: false }]);
    expect(await states()).toEqual([['success']]);
  });

  it('13 · old body, new delivery id: no regression', async () => {
    await say(running, 1);
    await say(healthy, 2);
    const old = body(running, 1);
    const { status, ...rest } = old.app;
    const replayed = await post({
      ...old,
      app: { ...rest, status: { ...status, reconciledAt: '2026-11-02T10:00:00Z' } },
    });
    await drained();

    expect(await replayed.json()).toEqual({ ignored: 'stale' });
    expect(await states()).toEqual([['in_progress', 'success']]);
  });
});

describe('two sides', () => {
  it('15 · two Argo instances, same app: separate applications, one deployment', async () => {
    for (const instance of ['east', 'west']) await send(healthy, 1, 'shop', instance);
    await drained();

    expect(await states()).toEqual([['success']]);
    expect((await view()).deployments.map(({ applications }) => applications)).toMatchObject([
      [
        { instance: 'east', namespace: 'argocd', name: 'shop', standing: 'success' },
        { instance: 'west', namespace: 'argocd', name: 'shop', standing: 'success' },
      ],
    ]);
  });
});

describe('an effect', () => {
  it('60 · poison message: given up after its tries, a dead letter, and the queue moves on', async () => {
    await github.fault({ kind: 'refuse', status: 418, message: 'poison', method: 'POST', path: DEPLOYMENTS });
    await say(running, 1);
    await say({ ...healthy, environment: 'sandbox', uid: 'another' }, 1, 'sandbox');

    expect(await states()).toEqual([['success']]);
    expect((await view()).outbox).toMatchObject({
      pending: [],
      dead: [{ reason: { message: 'GitHub answered 418: poison' } }],
    });
  });

  it('60 · poison message: one that never gets an answer is a dead letter after a day, and not before', async () => {
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: STATUSES, times: 1_000 });
    await github.fault({ kind: 'down', method: 'GET', path: STATUSES });
    await say(healthy, 1);
    await pass(23 * HOUR);
    expect((await view()).outbox).toMatchObject({ pending: [{ effect: { kind: 'write-status' } }], dead: [] });
    await pass(3 * HOUR);

    const { pending, dead } = (await view()).outbox;
    expect([pending, dead]).toMatchObject([[], [{ reason: { code: 'unreachable' } }]]);

    await github.clearFaults();
    await replay(dead[0]?.id);
    await drained();

    expect((await states()).map((shown) => new Set(shown))).toEqual([new Set(['success'])]);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
  }, 20_000);

  it('61 · dead-letter replay twice: owed once', async () => {
    await github.fault(REFUSED);
    await say(running, 1);
    await say(healthy, 2);
    const [dead] = (await view()).outbox.dead;
    expect(dead?.reason?.message).toContain('Validation Failed');

    const first = await replay(dead?.id);
    await drained();
    const second = await replay(dead?.id);

    expect([first.status, second.status]).toEqual([202, 404]);
    expect(await states()).toEqual([['success']]);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
  });

  it('61 · dead-letter replay twice, at once: owed once', async () => {
    await github.fault(REFUSED);
    await say(healthy, 1);
    const [dead] = (await view()).outbox.dead;

    const answers = await Promise.all([replay(dead?.id), replay(dead?.id)]);
    await drained();

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 404]));
    expect(await states()).toEqual([['success']]);
  });

  it('61 · dead-letter replay of what was done all the same: found, and not made twice', async () => {
    await github.fault({ ...CREATE, kind: 'act-then-drop' });
    await github.fault({ kind: 'down', method: 'GET', path: DEPLOYMENTS });
    await say(healthy, 1);
    await pass(26 * HOUR);
    const [dead] = (await view()).outbox.dead;
    await github.clearFaults();

    expect((await replay(dead?.id)).status).toBe(202);
    await drained();

    expect(await states()).toEqual([['success']]);
  }, 20_000);
});
