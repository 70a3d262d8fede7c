/** Limits that GitHub names, or leaves to be guessed: the whole installation waits. Each name begins with its row of docs/reliability.md. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { Instant } from '../../../src/words/instant.ts';
import { Repository } from '../../../src/words/repository.ts';
import { calls, DEPLOYMENTS, shop, view } from '../shop.ts';
import { github } from '../stage.ts';

const { say, pass, states } = shop();
const CREATE = { method: 'POST', path: DEPLOYMENTS } as const;
const MINUTE = 60_000;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;

const acme = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

/** Until when the installation waits, in milliseconds from now. */
async function pause(): Promise<number> {
  return ((await acme().view()).pausedUntil ?? Date.now()) - Date.now();
}

/** What any other repository of the account is told. */
async function others(): Promise<string> {
  const ledger = Repository.parse('acme/other-shop');
  const [write, read] = await Promise.all(
    (['write', 'read'] as const).map((cost) =>
      acme().leave({ ledger, class: 0, since: Instant.parse(Date.now()), cost, role: 'application', dueAt: null }),
    ),
  );
  return `${write?.kind}, ${read?.kind}`;
}

describe('a limit', () => {
  it('20 · 403 secondary without header: 60 s, then twice as long each time, for the whole installation', async () => {
    await github.fault({ ...CREATE, kind: 'secondary-limit', times: 3 });
    await say(healthy, 1);

    for (const minutes of [1, 2, 4]) {
      expect(await pause()).toBe(minutes * MINUTE);
      expect(await others()).toBe('wait, wait');
      const made = (await calls()).length;
      await pass(minutes * MINUTE - 1_000);
      expect(await calls()).toHaveLength(made);
      await pass(1_000);
    }

    expect(await states()).toEqual([['success']]);
  });

  it('21 · 429 with retry-after: waits exactly, and nothing else is written meanwhile', async () => {
    await github.fault({ ...CREATE, kind: 'too-many-requests', retryAfter: 90 });
    await say(healthy, 1);
    await say({ ...healthy, environment: 'sandbox', uid: 'another' }, 1, 'sandbox');

    expect(await pause()).toBe(90_000);
    expect(await others()).toBe('wait, wait');
    await pass(89_000);
    expect(await calls()).toEqual(['POST deployment']);
    await pass(10_000);

    expect(await states()).toEqual([['success'], ['success']]);
  });

  it('22 · primary exhausted: sleeps until the reset, then goes on in turn', async () => {
    await github.fault({ ...CREATE, kind: 'primary-limit', resetIn: 1_800 });
    await say(healthy, 1);

    // GitHub names a whole second, and its clock has gone on while this one stands.
    expect(await pause()).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(await pause()).toBeLessThan(30.5 * MINUTE);
    expect((await view()).outbox.pending).toMatchObject([{ attempts: 1, reason: { code: 'rate-limit' } }]);
    await pass(29 * MINUTE);
    expect(await calls()).toHaveLength(1);
    await pass(2 * MINUTE);

    expect(await states()).toEqual([['success']]);
  });
});
