/** Storage that is full, alarms that ring twice, objects that die, versions that come and go. Each name begins with its row of docs/reliability.md. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { sweep } from '../../../functions/sweep.ts';
import { s1, s2 } from '../../../local/application.ts';
import { endAs, hold } from '../held.ts';
import { calls, DEPLOYMENTS, HOUR, OTHERS, REPOSITORY, shop, view } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { send, say, drained, pass, deployments, states, replay } = shop();
const CREATE = { method: 'POST', path: DEPLOYMENTS } as const;
const running = { op: 0, phase: 'Running', sha: s1 } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const next = { op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: OTHERS } as const;

const acme = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));
const ring = () => runInDurableObject(ledger(REPOSITORY), (object) => object.alarm());

describe('an alarm', () => {
  it('36 · DO evicted mid-alarm: resumes from its rows', async () => {
    await github.fault({ ...CREATE, kind: 'drop' });
    await say(healthy, 1);
    endAs('POST', /\/deployments$/, async (call) => {
      await call();
      return new Promise<Response>(() => undefined);
    });
    vi.setSystemTime(Date.now() + 30_000);
    const rung = ring().catch((error: unknown) => String(error));
    await expect.poll(deployments).toHaveLength(1);
    await runInDurableObject(ledger(REPOSITORY), (_, state) => state.abort('dies')).catch(() => undefined);
    expect(await rung).toContain('dies');

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it('37 · alarm that is lost altogether: the cron re-arms', async () => {
    await github.fault({ ...CREATE, kind: 'drop' });
    await say(healthy, 1);
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => storage.deleteAlarm());
    await evictDurableObject(ledger(REPOSITORY));
    vi.setSystemTime(Date.now() + 10 * 60_000);
    await github.advance(10 * 60_000);

    await sweep(env);
    await expect.poll(states, { timeout: 10_000 }).toEqual([['success']]);
  });

  it('38 · alarm fires twice: no double effect', async () => {
    const held = hold('POST', /\/deployments$/);
    await send(healthy, 1);
    await held.left();
    const rings = [ring(), ring()];
    held.letGo();
    await Promise.all(rings);
    await ring();

    expect(await calls()).toEqual(['POST deployment', 'POST status']);
    expect(await states()).toEqual([['success']]);
  });
});

describe('a version', () => {
  it('40 · deploy mid-flight, old and new code: rows and columns of a later version are lived with', async () => {
    await github.fault({ kind: 'down' });
    await say(running, 1);
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      for (const table of ['deliveries', 'applications', 'rollouts', 'slots', 'tags', 'effects', 'meta']) {
        storage.sql.exec(`ALTER TABLE ${table} ADD COLUMN later TEXT`);
      }
      for (const table of ['applications', 'rollouts', 'slots']) {
        storage.sql.exec(`UPDATE ${table} SET body = json_set(body, '$.later', 'x')`);
      }
      storage.sql.exec("UPDATE effects SET effect = json_set(effect, '$.later', 'x')");
      storage.sql.exec("UPDATE meta SET value = '99' WHERE key = 'version'");
    });
    await runInDurableObject(acme(), (_, { storage }) => {
      for (const table of ['account', 'ledger', 'waiting', 'flight']) {
        storage.sql.exec(`ALTER TABLE ${table} ADD COLUMN later TEXT`);
      }
      storage.sql.exec('UPDATE version SET number = 99');
    });
    await evictDurableObject(ledger(REPOSITORY));
    await evictDurableObject(acme());
    await github.clearFaults();

    await say(healthy, 2);
    await say(next, 3);
    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    // The later version comes back to find itself where it was.
    const number = await runInDurableObject(acme(), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM version').one(),
    );
    expect(number).toEqual({ number: 99 });
  });

  it('40 · deploy mid-flight, old and new code: an effect of a later version waits for it, and holds nothing up', async () => {
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      const insert = 'INSERT INTO effects (lane, class, effect, owed_at, due_at) VALUES (?, 0, ?, ?, ?)';
      const effect = JSON.stringify({ kind: 'open-pull-request', branch: 'main' });
      storage.sql.exec(insert, 'pull main', effect, Date.now(), Date.now());
    });

    await say(healthy, 1);

    expect(await states()).toEqual([['success']]);
    const { pending, dead } = (await view()).outbox;
    expect(pending).toEqual([]);
    expect(dead).toMatchObject([{ lane: 'pull main', effect: null, reason: { code: 'not-understood' } }]);
    expect(await (await replay(dead[0]?.id)).json()).toEqual({ ignored: 'nothing is wanted any more' });
  });
});

describe('storage', () => {
  it('43 · storage near its limit: 503 with nothing half committed, a line in the log, and the same again once there is room', async () => {
    const lines = vi.spyOn(console, 'log');
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      const exec = storage.sql.exec.bind(storage.sql);
      vi.spyOn(storage.sql, 'exec').mockImplementation((query, ...bindings) => {
        // What is known is written, and then there is no room for what is owed.
        if (/INSERT INTO effects/.test(query)) throw new Error('database or disk is full: SQLITE_FULL');
        return exec(query, ...bindings);
      });
    });
    const refused = await send(healthy, 1);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(lines.mock.calls.join('\n')).toContain('a ledger could not commit');
    expect((await view()).deployments).toEqual([]);

    vi.restoreAllMocks();
    await say(healthy, 1);

    expect(await states()).toEqual([['success']]);
  });

  it('43 · storage near its limit: pruned, deliveries after a week and what is over after 90 days', async () => {
    await say(healthy, 1);
    await say(next, 2);
    expect(await rows()).toEqual({ deliveries: 2, rollouts: 2, applications: 1, effects: 0 });

    await pass(8 * 24 * HOUR);
    await drained();
    expect(await rows()).toEqual({ deliveries: 0, rollouts: 2, applications: 1, effects: 0 });
    await pass(91 * 24 * HOUR);
    await drained();

    expect(await rows()).toEqual({ deliveries: 0, rollouts: 1, applications: 1, effects: 0 });
  });
});

async function rows(): Promise<Readonly<Record<string, unknown>>> {
  return runInDurableObject(ledger(REPOSITORY), (_, { storage }) =>
    Object.fromEntries(
      ['deliveries', 'rollouts', 'applications', 'effects'].map((table) => [
        table,
        storage.sql.exec(`SELECT count(*) AS count FROM ${table}`).one()['count'],
      ]),
    ),
  );
}
