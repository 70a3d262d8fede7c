/** Creating a deployment while GitHub refuses, fails, hangs, or has it already. Each name begins with its row of docs/reliability.md. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { rolloutKey } from '../../../src/github/payload.ts';
import { endAs } from '../held.ts';
import { calls, DEPLOYMENTS, HOUR, REPOSITORY, shop, view } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { send, say, pass, deployments, states } = shop();
const CREATE = { method: 'POST', path: DEPLOYMENTS } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const LOOK = `GET deployment`;

const creates = async () => (await calls()).filter((call) => call === 'POST deployment').length;
const codes = async () => (await view()).outbox.pending.map(({ reason }) => reason?.code);

describe('what GitHub refuses', () => {
  it('24 · 409 on create: never asked to merge or to wait for checks, given up with its reason', async () => {
    await github.fault({ ...CREATE, kind: 'refuse', status: 409, message: 'Conflict merging main into 3f03' });
    await say(healthy, 1);
    await pass(HOUR);

    const [refused] = (await github.calls()).filter(({ path }) => path.endsWith('/deployments'));
    expect(refused?.body).toMatchObject({ auto_merge: false, required_contexts: [] });
    expect(await creates()).toBe(1);
    const { pending, dead } = (await view()).outbox;
    expect(pending).toEqual([]);
    expect(dead).toMatchObject([{ reason: { code: 'conflict', message: 'Conflict merging main into 3f03' } }]);
  });

  it('28 · 422 missing SHA: a push that lags behind is waited for', async () => {
    await github.fault({ ...CREATE, kind: 'refuse', status: 422, message: 'No ref found for: 3f03', times: 3 });
    await say(healthy, 1);
    expect(await codes()).toEqual(['unknown-commit']);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    expect(await creates()).toBe(4);
  });

  it('28 · 422 missing SHA: one that is never pushed is a dead letter after six tries', async () => {
    await say({ ...healthy, sha: 'd'.repeat(40) }, 1);

    await pass(HOUR);

    expect(await creates()).toBe(6);
    expect((await view()).outbox).toMatchObject({ pending: [], dead: [{ reason: { code: 'unknown-commit' } }] });
  });
});

describe('what has an uncertain end', () => {
  it.each([500, 502, 503] as const)(
    '29 · %i with an HTML body: backs off, and looks before it tries again',
    async (status) => {
      await github.fault({ ...CREATE, kind: 'server-error', status, times: 2 });
      await say(healthy, 1);
      expect(await codes()).toEqual(['unavailable']);
      expect(await calls()).toEqual(['POST deployment']);

      await pass(HOUR);

      expect(await calls()).toEqual([
        'POST deployment',
        LOOK,
        'POST deployment',
        LOOK,
        'POST deployment',
        'POST status',
      ]);
      expect(await states()).toEqual([['success']]);
    },
  );

  it('30 · timeout after the server acted: what was made is adopted, and nothing is made twice', async () => {
    endAs('POST', /\/deployments$/, async (call) => {
      await call();
      throw new DOMException('The operation was aborted', 'AbortError');
    });
    await say(healthy, 1);
    expect(await codes()).toEqual(['unreachable']);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    expect(await creates()).toBe(1);
  });

  it.each([
    ['connection reset', () => Promise.reject(new TypeError('Network connection lost.'))],
    ['DNS failure', () => Promise.reject(new TypeError('DNS lookup failed.'))],
  ])('31 · %s: tried again', async (_, fail) => {
    endAs('POST', /\/deployments$/, fail);
    await say(healthy, 1);
    expect(await codes()).toEqual(['unreachable']);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it('31 · connection reset on the wire: tried again, once GitHub can be reached', async () => {
    await github.fault({ ...CREATE, kind: 'drop', times: 3 });
    await say(healthy, 1);
    expect(await states()).toEqual([]);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it('32 · crash between "created" and "ID stored": the look by its key adopts it', async () => {
    endAs('POST', /\/deployments$/, async (call) => {
      await call();
      return new Promise<Response>(() => undefined);
    });
    await send(healthy, 1);
    await expect.poll(deployments).toHaveLength(1);
    await runInDurableObject(ledger(REPOSITORY), (_, state) => state.abort('dies')).catch(() => undefined);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    expect(await creates()).toBe(1);
  });
});

describe('what is there already', () => {
  it('33 · duplicates already exist: the lowest id is kept, the others become inactive', async () => {
    const make = await afterLostCreate();
    for (let double = 0; double < 3; double += 1) await make();

    await pass(HOUR);

    expect(await states()).toEqual([['success'], ['inactive'], ['inactive']]);
    expect(await creates()).toBe(1);
  });

  it('34 · match only on page 3 of the listing: found', async () => {
    const make = await afterLostCreate();
    await make();
    for (let other = 0; other < 200; other += 1) await make({ somebody: 'else' });

    await pass(HOUR);

    expect((await states())[0]).toEqual(['success']);
    expect((await calls()).filter((call) => call === LOOK)).toHaveLength(3);
    expect(await creates()).toBe(1);
  });

  it('35 · payload returned as a string: parsed', async () => {
    const make = await afterLostCreate();
    await make(undefined, JSON.stringify);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    expect(await creates()).toBe(1);
  });

  /** Hawser's create got lost; what it was for can be made by another hand: the very deployment, or one of somebody else's. */
  async function afterLostCreate() {
    await github.fault({ ...CREATE, kind: 'drop' });
    await say(healthy, 1);
    const lost = (await github.calls()).find(({ path }) => path.endsWith('/deployments'));
    const [owed] = (await view()).outbox.pending;
    const key = owed?.effect?.kind === 'create-deployment' ? await rolloutKey(owed.effect.rollout) : '';
    const { ref, task, environment } = Object(lost?.body);
    return async (payload: object = { hawser: { v: 1, key } }, encoded: (payload: object) => unknown = (it) => it) => {
      const body = { ref, task, environment, auto_merge: false, required_contexts: [], payload: encoded(payload) };
      const made = await github.as('octo')('POST', `/repos/${REPOSITORY}/deployments`, body);
      expect(made).toMatchObject({ status: 201 });
    };
  }
});
