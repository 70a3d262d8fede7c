/** What the router looks up, in workerd with a real KV and a real index: whom it asks, how often, and when it lets go. */
import { createExecutionContext, reset, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LookUp } from '../../functions/look-up.ts';
import { PreviewNames } from '../../functions/preview-names.ts';
import { PreviewEntry } from '../../schemas/preview-entry.ts';
import { index, keptForADay, settled, wakeIn, ZONE } from './index-stage.ts';

const config = JSON.stringify({ previews: { url: `https://{slug}.${ZONE}` } });
const bridge = () => new PreviewNames(createExecutionContext(), { ...env, HAWSER: config });

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

async function tell(state: PreviewEntry['state'], at = Date.now()): Promise<void> {
  const own = { zone: ZONE, repository: 'acme/shop', number: 7, names: ['foo'], log: null };
  await index().put(PreviewEntry.parse({ ...own, state, at }));
  await settled();
}

/** One isolate of the router's; `asked` is what it asks, in order. */
function isolate({
  kv = 'real',
  names = 'real',
  zone = ZONE,
}: {
  kv?: 'real' | 'broken' | 'none';
  names?: 'real' | 'broken' | 'slow' | 'none';
  zone?: string;
} = {}) {
  const asked: string[] = [];
  const lookUp = new LookUp();
  let now = 0;
  const store = {
    get: (key: string, type: 'json') => {
      asked.push(`KV ${key}`);
      return kv === 'broken'
        ? Promise.reject(new Error('KV GET failed: 500'))
        : (env.PREVIEWS?.get(key, type) ?? Promise.resolve(null));
    },
  };
  const real = bridge();
  const find = (zone: string, name: string): Promise<unknown> => {
    asked.push(`bridge ${name}`);
    if (names === 'slow') return new Promise(() => {});
    return names === 'broken' ? Promise.reject(new Error('overloaded')) : real.find(zone, name);
  };
  const sources = {
    zone,
    kv: kv === 'none' ? undefined : store,
    bridge: names === 'none' ? undefined : { find },
    now: () => now,
  };
  return {
    asked,
    visit: async (name: string) => (await lookUp.ask(name, sources))?.kind ?? 'forwarded',
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a name that is ready', () => {
  it('costs one read of KV in five seconds, and the bridge nothing', async () => {
    await tell('ready');
    const { asked, visit, pass } = isolate();

    for (let visits = 0; visits < 5; visits += 1) expect(await visit('foo')).toBe('forwarded');
    pass(4_999);
    await visit('foo');
    expect(asked).toEqual([`KV foo.${ZONE}`]);
    pass(1);
    await visit('foo');

    expect(asked).toEqual([`KV foo.${ZONE}`, `KV foo.${ZONE}`]);
  });
});

describe('what would keep somebody from a preview', () => {
  it('is confirmed by the bridge, once in five seconds', async () => {
    await keptForADay();
    const { asked, visit, pass } = isolate();

    for (let visits = 0; visits < 5; visits += 1) expect(await visit('nothing')).toBe('absent');
    expect(asked).toEqual([`KV nothing.${ZONE}`, 'bridge nothing']);
    pass(5_000);
    await visit('nothing');

    expect(asked).toHaveLength(4);
  });

  it('is asked for once, however many come at a time', async () => {
    await keptForADay();
    const { asked, visit } = isolate();

    const seen = await Promise.all(Array.from({ length: 50 }, () => visit('nothing')));

    expect(new Set(seen)).toEqual(new Set(['absent']));
    expect(asked).toEqual([`KV nothing.${ZONE}`, 'bridge nothing']);
  });

  it.each([
    ['building', 'ready', 'forwarded'],
    ['building', 'failed', 'failed'],
    ['gone', 'building', 'building'],
    ['failed', 'gone', 'absent'],
  ] as const)('is what the bridge knows now: KV says %s, it is %s', async (lagging, present, shown) => {
    await tell(lagging, 1);
    const value = (await env.PREVIEWS?.get(`foo.${ZONE}`)) ?? '';
    await tell(present, 2);
    // As another place still has it.
    await env.PREVIEWS?.put(`foo.${ZONE}`, value);

    expect(await isolate().visit('foo')).toBe(shown);
  });
});

describe('what the bridge does not know for certain is forwarded', () => {
  it('a name that an index has not heard of, for as long as not every ledger has told it what there is', async () => {
    expect(await isolate().visit('nothing')).toBe('forwarded');
    await tell('building');
    expect(await isolate().visit('nothing')).toBe('forwarded');
    expect(await isolate().visit('foo')).toBe('building');

    await keptForADay();

    expect(await isolate().visit('nothing')).toBe('absent');
  });

  it('a name of an index that has lost all it knew', async () => {
    await keptForADay();
    await runInDurableObject(index(), (_, { storage }) => storage.deleteAll());
    await runInDurableObject(index(), (_, state) => state.abort('lost')).catch(() => undefined);
    await wakeIn(60_000);

    expect(await isolate().visit('foo')).toBe('forwarded');
  });

  it('a name of a zone that was not in use for hours, and is again', async () => {
    await tell('gone');
    await keptForADay();
    await tell('gone');
    expect(await isolate().visit('foo')).toBe('absent');

    await wakeIn(7_200_000);

    expect(await isolate().visit('foo')).toBe('forwarded');
    expect(await isolate().visit('nothing')).toBe('forwarded');
    await tell('building');
    expect(await isolate().visit('foo')).toBe('building');
  });

  it('a name that stands in another zone than the bridge’s', async () => {
    await tell('building');

    expect(await isolate({ zone: 'elsewhere.dev' }).visit('foo')).toBe('forwarded');
  });
});

describe('without an answer it is forwarded', () => {
  it.each([
    ['KV fails', { kv: 'broken' }, 'building', 'KV GET failed: 500'],
    ['the bridge fails', { names: 'broken' }, 'building', 'overloaded'],
    ['the bridge takes too long', { names: 'slow' }, 'gone', 'no answer in time'],
  ] as const)(
    '%s: nobody who comes within five seconds has to wait for it again',
    { timeout: 10_000 },
    async (_, broken, state, why) => {
      await tell(state);
      const { asked, visit, pass } = isolate(broken);

      await expect(visit('foo')).rejects.toThrow(why);
      const before = asked.length;
      expect(await visit('foo')).toBe('forwarded');
      expect(asked).toHaveLength(before);
      pass(5_000);
      await expect(visit('foo')).rejects.toThrow(why);
    },
  );

  it('what lies in KV is nothing that this version understands', async () => {
    await env.PREVIEWS?.put(`foo.${ZONE}`, JSON.stringify([{ state: 'paused' }]));

    await expect(isolate().visit('foo')).rejects.toThrow('repository');
  });

  it.each([
    ['of what KV lacks', 'nothing', 'forwarded'],
    ['and what KV has counts', 'foo', 'building'],
  ])('without the bridge, %s', async (_, name, shown) => {
    await tell('building');

    expect(await isolate({ names: 'none' }).visit(name)).toBe(shown);
  });
});

describe('the bridge tells the router', () => {
  it.each([
    ['of its own zone', ZONE, 'foo', 1],
    ['that a name leads nowhere', ZONE, 'nothing', 0],
    ['nothing of another zone', 'elsewhere.dev', 'foo', undefined],
    ['nothing of what is no name', ZONE, 'Foo_', undefined],
  ])('%s', async (_, zone, name, previews) => {
    await keptForADay();
    await tell('building');

    expect((await bridge().find(zone, name))?.length).toBe(previews);
  });

  it('nothing where no zone is configured', async () => {
    const unconfigured = new PreviewNames(createExecutionContext(), { ...env, HAWSER: '{}' });

    expect(await unconfigured.find(ZONE, 'foo')).toBeUndefined();
  });
});

it('names that nobody ever made do not fill the memory', async () => {
  const { asked, visit } = isolate({ kv: 'none' });
  await visit('first');
  for (let number = 0; number < 1_000; number += 1) await visit(`guess-${number}`);
  asked.length = 0;

  await visit('guess-999');
  await visit('first');

  expect(asked).toEqual(['bridge first']);
});
