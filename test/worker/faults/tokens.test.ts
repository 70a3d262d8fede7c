/** Tokens that are refused, clocks that differ, permissions that are missing. Each name begins with its row of docs/reliability.md. */
import { describe, expect, it, vi } from 'vitest';
import { s1, s2 } from '../../../local/application.ts';
import { calls, DEPLOYMENTS, HOUR, OTHERS, shop, view } from '../shop.ts';
import { github } from '../stage.ts';

const { say, pass, states } = shop();
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const next = { op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: OTHERS } as const;

const mints = async () => (await github.calls()).filter(({ path }) => path.endsWith('/access_tokens')).length;

describe('a token', () => {
  it('17 · GitHub 401 mid-flight: a new one is minted, once, and the call is made again at once', async () => {
    await github.fault({ kind: 'bad-credentials', method: 'POST', path: DEPLOYMENTS });
    await say(healthy, 1);

    expect(await states()).toEqual([['success']]);
    expect(await mints()).toBe(2);
  });

  it('17 · GitHub 401 mid-flight, again with the new token: parked, and no third is minted', async () => {
    await github.fault({ kind: 'bad-credentials', method: 'POST', path: DEPLOYMENTS, times: 2 });
    await say(healthy, 1);
    await pass(30_000);

    expect(await mints()).toBe(2);
    expect((await view()).outbox.pending).toMatchObject([
      { reason: { message: expect.stringMatching(/GitHub refuse/) } },
    ]);
    await pass(HOUR);
    expect(await states()).toEqual([['success']]);
  });

  it.each([
    ['ahead', 300_000],
    ['behind', -300_000],
  ])('18 · JWT skew of 5 minutes, our clock %s: corrected by what GitHub says the time is', async (_, skew) => {
    vi.setSystemTime(Date.now() + skew);
    await say(healthy, 1);

    expect(await states()).toEqual([['success']]);
  });
});

describe('a permission', () => {
  it('19 · 403 permission: parked, tried rarely, and says what to do', async () => {
    const message = 'Resource not accessible by integration';
    await github.fault({ kind: 'refuse', status: 403, message, method: 'POST', path: DEPLOYMENTS, times: 1_000 });
    await say(healthy, 1);
    await pass(HOUR);

    expect((await calls()).length).toBeLessThanOrEqual(7);
    expect((await view()).outbox.pending).toMatchObject([
      {
        reason: {
          code: 'forbidden',
          message:
            'GitHub does not allow it: Resource not accessible by integration. It needs the permission deployments=write: grant it to the App, then accept it in the installation',
        },
      },
    ]);
  });

  it('57 · App permission removed: nothing is written any more, and what is owed goes out once it is back', async () => {
    await say(healthy, 1);
    await github.clear();
    await github.installation(1, { permissions: { contents: 'read' } });
    await say(next, 2);
    expect(await codes()).toEqual(['forbidden', 'forbidden']);
    await pass(HOUR);
    expect(await written()).toEqual([]);

    await github.installation(1, { permissions: { deployments: 'write', contents: 'read', pull_requests: 'write' } });
    await pass(HOUR);

    expect(await states()).toEqual([['success', 'inactive'], ['success']]);
  });

  it('57 · App suspended: nothing is written any more, and what is owed goes out once it is back', async () => {
    await github.installation(1, { suspended: true });
    await say(healthy, 1);
    await pass(HOUR);
    expect(await calls()).toEqual([]);
    expect(await codes()).toEqual(['app-suspended']);

    await github.installation(1, { suspended: false });
    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  /** What GitHub did, of what it was asked for. */
  const written = async () =>
    (await github.calls()).filter(({ path, status }) => path.includes('/deployments') && status < 300);
  const codes = async () => (await view()).outbox.pending.map(({ reason }) => reason?.code);
});
