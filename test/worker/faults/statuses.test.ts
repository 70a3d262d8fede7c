/** Writing a status out of order, too long, too often, or while it changes. Each name begins with its row of docs/reliability.md. */
import { describe, expect, it } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { hold } from '../held.ts';
import { calls, HOUR, STATUSES, shop, view } from '../shop.ts';
import { github } from '../stage.ts';

const { send, say, drained, pass, deployments, states } = shop();
const running = { op: 0, phase: 'Running', sha: s1 } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;

describe('order', () => {
  it('14 · success before in_progress: success stays', async () => {
    await say(healthy, 2);
    const late = await send(running, 1);
    await drained();

    expect(await late.json()).toEqual({ ignored: 'stale' });
    expect(await states()).toEqual([['success']]);
  });

  it.each([
    ['GitHub takes it', (call: () => Promise<Response>) => call(), [['in_progress', 'success']]],
    ['GitHub refuses it', () => Response.json({ message: 'Validation Failed' }, { status: 422 }), [['success']]],
    [
      'nobody knows whether GitHub took it',
      async (call: () => Promise<Response>) => {
        await call();
        return new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } });
      },
      [['in_progress', 'success']],
    ],
  ])(
    '41 · interleave during fetch: what is written meanwhile is the newest in the end, where %s',
    async (_, end, shown) => {
      const held = hold('POST', /\/statuses$/, end);
      await send(running, 1);
      await held.left();
      await send(healthy, 2);
      held.letGo();
      await drained();

      await pass(HOUR);

      expect(await states()).toEqual(shown);
      expect((await view()).outbox).toEqual({ pending: [], dead: [] });
      expect((await view()).deployments).toMatchObject([{ written: { state: 'success' } }]);
    },
  );
});

describe('an uncertain end', () => {
  it.each([
    ['29 · 502 with an HTML body', 'server-error'],
    ['30 · connection lost after the server acted', 'act-then-drop'],
    ['31 · connection reset', 'drop'],
  ] as const)('%s: the status is written, once', async (_, kind) => {
    await github.fault({ kind, method: 'POST', path: STATUSES });
    await say(healthy, 1);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });
});

describe('what GitHub does not take', () => {
  it('26 · 422 description: cut at 140 before it is sent, never within a character', async () => {
    await say({ ...healthy, phase: 'Failed', message: `${'x'.repeat(100)} ${'🚢'.repeat(100)}` }, 1);

    const [deployment] = await deployments();
    const description = deployment?.statuses.at(-1)?.description ?? '';
    expect(description).toMatch(/x 🚢+…$/u);
    expect(description.length).toBeGreaterThan(135);
    expect(description.length).toBeLessThanOrEqual(140);
  });

  it('27 · 422 maximum statuses: one attempt, a dead letter, and no second deployment', async () => {
    await say(running, 1);
    const message = 'This deployment has reached the maximum number of statuses.';
    await github.fault({ kind: 'refuse', status: 422, message, method: 'POST', path: STATUSES, times: 1_000 });
    await say(healthy, 2);
    await pass(24 * HOUR);

    expect(await calls()).toEqual(['POST deployment', 'POST status', 'POST status']);
    expect((await view()).outbox).toMatchObject({ pending: [], dead: [{ reason: { code: 'invalid', message } }] });
  });
});
