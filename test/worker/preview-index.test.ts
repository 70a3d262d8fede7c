/** The index of previews in workerd, with real rows and a real KV: what each name leads to, and how it gets there. */
import { reset, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreviewEntry } from '../../schemas/preview-entry.ts';
import { Instant } from '../../src/words/instant.ts';
import { alarmAt, bind, index, passIndex as pass, settled, shortly, written, ZONE } from './index-stage.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let start: number;

/** A clock far ahead of the real one: alarms ring by hand alone. */
beforeEach(() => {
  start = Math.ceil(Date.now() / 1_000) * 1_000 + DAY;
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

function entry(state: PreviewEntry['state'], given: Partial<PreviewEntry> = {}): PreviewEntry {
  const [repository, number] = ['acme/shop', 7];
  const names = ['feat-x', `pr-${given.number ?? number}-shop`];
  return PreviewEntry.parse({ zone: ZONE, repository, number, names, state, log: null, at: Date.now(), ...given });
}

async function put(told: PreviewEntry): Promise<void> {
  await index().put(told);
  await settled();
}

describe('a preview’s life', () => {
  it('is written under each of its names, and a week after its end there is nothing left of it', async () => {
    const seen: unknown[] = [];
    for (const state of ['building', 'ready', 'failed', 'ready', 'gone'] as const) {
      await put(entry(state));
      await pass(MINUTE);
      seen.push(await written());
    }

    const both = (state: string) => ({
      [`feat-x.${ZONE}`]: [`acme/shop#7 ${state}`],
      [`pr-7-shop.${ZONE}`]: [`acme/shop#7 ${state}`],
    });
    expect(seen).toEqual(['building', 'ready', 'failed', 'ready', 'gone'].map(both));
    await pass(7 * DAY - 2 * MINUTE);
    expect(await written()).toEqual(both('gone'));
    await pass(2 * MINUTE);
    expect(await written()).toEqual({});
    expect(await rows()).toEqual([]);
    expect(await alarmAt()).toBeNull();
  });

  it('tells links: to the pull request where there are pages of GitHub’s, and to Argo CD', async () => {
    const log = 'https://argocd.example.com/applications/argocd/shop-7';
    const told = { repository: 'acme/shop', number: 7, state: 'failed', log };
    await put(entry('failed', { log }));
    expect(await index().find('feat-x')).toEqual([{ ...told, pull: null }]);

    await runInDurableObject(index(), (object) => {
      Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), GITHUB_API_URL: 'https://api.github.com' });
    });

    expect(await index().find('feat-x')).toEqual([{ ...told, pull: 'https://github.com/acme/shop/pull/7' }]);
  });

  it('leaves a name that it no longer has', async () => {
    await put(entry('ready'));
    await put(entry('ready', { names: ['pr-7-shop'], at: Instant.parse(Date.now() + 1) }));
    await pass(MINUTE);

    expect(await written()).toEqual({ [`pr-7-shop.${ZONE}`]: ['acme/shop#7 ready'] });
  });
});

describe('an entry that comes late', () => {
  it.each([
    ['of an earlier instant', -1],
    ['for the second time', 0],
  ])('%s changes nothing', async (_, late) => {
    await put(entry('gone'));
    const before = await rows();

    await put(entry('ready', { at: Instant.parse(Date.now() + late) }));

    expect(await rows()).toEqual(before);
    expect(shortly(await index().find('feat-x'))).toEqual(['acme/shop#7 gone']);
  });

  it('counts where it is the later one, and were it sent first', async () => {
    await put(entry('ready', { at: Instant.parse(start + 10) }));
    await put(entry('building', { at: Instant.parse(start + 5) }));

    expect(shortly(await index().find('feat-x'))).toEqual(['acme/shop#7 ready']);
  });
});

describe('one name in two repositories', () => {
  it('leads to both; what is there comes first, and one that goes leaves the other', async () => {
    await put(entry('ready'));
    await put(entry('building', { repository: entry('ready').repository, number: 8, names: ['feat-x'] }));
    await put(
      entry('gone', {
        ...entry('gone'),
        repository: PreviewEntry.shape.repository.parse('acme/cart'),
        number: 3,
        names: ['feat-x', 'pr-3-cart'],
      }),
    );
    await pass(MINUTE);

    expect((await written())[`feat-x.${ZONE}`]).toEqual([
      'acme/shop#7 ready',
      'acme/shop#8 building',
      'acme/cart#3 gone',
    ]);
    await pass(8 * DAY);
    expect(await written()).toEqual({
      [`feat-x.${ZONE}`]: ['acme/shop#7 ready', 'acme/shop#8 building'],
      [`pr-7-shop.${ZONE}`]: ['acme/shop#7 ready'],
    });
  });

  it.each([
    ['ready', 'building'],
    ['ready', 'gone'],
    ['unheard', 'building'],
    ['building', 'failed'],
    ['failed', 'gone'],
  ] as const)(
    'leads to twenty at most: one that is %s comes before any number of newer ones that are %s',
    async (first, others) => {
      for (let number = 1; number <= 25; number += 1) {
        await put(entry(number === 1 ? first : others, { number, at: Instant.parse(start + number) }));
      }

      const found = shortly(await index().find('feat-x'));

      expect(found).toHaveLength(20);
      expect(found?.slice(0, 2)).toEqual([`acme/shop#1 ${first}`, `acme/shop#25 ${others}`]);
    },
  );
});

describe('what a ledger tells again, as it does every hour', () => {
  const HOUR = 60 * MINUTE;
  /** The cron comes every half an hour; what is told again is the very entry. */
  async function hours(count: number, again: readonly PreviewEntry[]): Promise<void> {
    for (let half = 0; half < 2 * count; half += 1) {
      vi.setSystemTime(Date.now() + HOUR / 2);
      await index().wake();
      if (half % 2 === 1) for (const each of again) await put(each);
    }
  }

  it('is no news: the row is noted once a day, and KV is not written', async () => {
    const puts = vi.fn(async () => {});
    await bind({ put: puts, delete: vi.fn() });
    const told = entry('ready');
    await put(told);
    const seen = new Set<unknown>();
    for (let hour = 0; hour < 72; hour += 1) {
      await hours(1, [told]);
      seen.add(await heardAt());
    }

    expect(seen.size).toBe(3);
    expect(puts.mock.calls).toHaveLength(2);
  });

  it('is certain for as long as that, and what nobody tells any more keeps nobody from anything', async () => {
    const [lasting, orphaned] = [entry('failed'), entry('failed', { number: 8, names: ['orphaned'] })];
    await put(lasting);
    await put(orphaned);

    await hours(71, [lasting]);
    expect([await index().find('feat-x'), await index().find('orphaned')]).toEqual([
      [expect.objectContaining({ number: 7 })],
      [expect.objectContaining({ number: 8 })],
    ]);
    await hours(1, [lasting]);

    expect(shortly(await index().find('feat-x'))).toEqual(['acme/shop#7 failed']);
    expect(await index().find('orphaned')).toBeUndefined();
  });

  it('counts at once in an index that was left alone, though nothing else has changed', async () => {
    const told = entry('failed');
    await put(told);
    vi.setSystemTime(Date.now() + 2 * HOUR);
    await index().wake();
    expect(await index().find('feat-x')).toBeUndefined();

    await put(told);

    expect(shortly(await index().find('feat-x'))).toEqual(['acme/shop#7 failed']);
  });

  function heardAt(): Promise<unknown> {
    return runInDurableObject(
      index(),
      (_, { storage: { sql } }) => sql.exec('SELECT heard_at FROM entry').one()['heard_at'],
    );
  }
});

describe('KV', () => {
  it('takes a key once a second: what changes meanwhile is one write', async () => {
    const puts = vi.fn(async () => {});
    await bind({ put: puts, delete: vi.fn() });

    await put(entry('building', { names: ['feat-x'] }));
    for (const [index, state] of (['failed', 'building', 'ready'] as const).entries()) {
      await put(entry(state, { names: ['feat-x'], at: Instant.parse(start + index + 1) }));
    }
    expect(puts.mock.calls).toHaveLength(1);
    await pass(MINUTE);

    expect(puts.mock.calls.map(([key, value]: unknown[]) => [key, shortly(JSON.parse(String(value)))])).toEqual([
      [`feat-x.${ZONE}`, ['acme/shop#7 building']],
      [`feat-x.${ZONE}`, ['acme/shop#7 ready']],
    ]);
  });

  it('that fails is written again by the alarm, ever more rarely, and has the newest in the end', async () => {
    const kv = env.PREVIEWS;
    await bind({
      put: () => Promise.reject(new Error('KV PUT failed: 500')),
      delete: () => Promise.reject(new Error()),
    });
    await put(entry('building'));
    expect(await index().behind()).toEqual({ keys: 2, attempts: 1 });
    const rings = await pass(60 * MINUTE);
    expect(rings).toBeGreaterThan(8);
    expect(rings).toBeLessThan(40);
    expect((await index().behind()).attempts).toBeGreaterThan(8);
    await put(entry('ready'));
    expect(await written()).toEqual({});

    await bind(kv);
    await pass(15 * MINUTE);

    expect(await written()).toEqual({
      [`feat-x.${ZONE}`]: ['acme/shop#7 ready'],
      [`pr-7-shop.${ZONE}`]: ['acme/shop#7 ready'],
    });
    expect(await index().behind()).toEqual({ keys: 0, attempts: 0 });
  });

  it('that an instance died over is written by the next one', async () => {
    await bind({ put: () => new Promise(() => {}), delete: () => new Promise(() => {}) });
    await index().put(entry('ready'));
    await runInDurableObject(index(), (_, state) => state.abort('dies')).catch(() => undefined);

    await pass(2 * MINUTE);

    expect(await written()).toEqual({
      [`feat-x.${ZONE}`]: ['acme/shop#7 ready'],
      [`pr-7-shop.${ZONE}`]: ['acme/shop#7 ready'],
    });
  });

  it('is written although an alarm has failed: the next one rings a minute later', async () => {
    await bind({ put: () => Promise.reject(new Error('KV PUT failed: 500')), delete: vi.fn() });
    await put(entry('ready'));
    await bind(env.PREVIEWS);
    const rename = (from: string, to: string) =>
      runInDurableObject(index(), async (object, { storage }) => {
        storage.sql.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
        // It has rung.
        await storage.deleteAlarm();
        await object.alarm();
      });

    await rename('entry', 'lost');
    expect(await alarmAt()).toBe(Date.now() + MINUTE);
    vi.setSystemTime(Date.now() + MINUTE);
    await rename('lost', 'entry');
    await settled();

    expect(await written()).toEqual({
      [`feat-x.${ZONE}`]: ['acme/shop#7 ready'],
      [`pr-7-shop.${ZONE}`]: ['acme/shop#7 ready'],
    });
  });

  it('is not needed: without one the index answers, and writes it when it is there', async () => {
    const kv = env.PREVIEWS;
    await bind(undefined);
    await put(entry('ready'));
    expect(shortly(await index().find('pr-7-shop'))).toEqual(['acme/shop#7 ready']);
    expect(await alarmAt()).toBeNull();
    expect(await index().behind()).toEqual({ keys: 0, attempts: 0 });

    await bind(kv);
    await index().wake();
    await settled();

    expect(Object.keys(await written())).toEqual([`feat-x.${ZONE}`, `pr-7-shop.${ZONE}`]);
  });
});

function rows(): Promise<unknown> {
  return runInDurableObject(index(), (_, { storage: { sql } }) => [
    ...sql.exec('SELECT * FROM entry').toArray(),
    ...sql.exec('SELECT * FROM name').toArray(),
    ...sql.exec('SELECT name FROM key').toArray(),
  ]);
}
