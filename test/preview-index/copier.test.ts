/** How what has changed gets to KV: in which order, how far apart, and what becomes of what hangs. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PreviewEntry } from '../../schemas/preview-entry.ts';
import { Copier } from '../../src/preview-index/copier.ts';
import { IndexRows } from '../../src/preview-index/index-rows.ts';
import { Instant } from '../../src/words/instant.ts';
import { NodeStorage } from '../ledger/node-storage.ts';

const START = 2_000_000_000_000;
const ZONE = 'example-preview.dev';

let storage: NodeStorage;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  storage = new NodeStorage(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  storage.close();
});

/** Rows, and a KV whose writes end when the test says so; `writes` are those that have begun, and when. */
function copying() {
  const rows = new IndexRows(storage);
  rows.about.nameZone(ZONE);
  const writes: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const begin = (what: string) => {
    writes.push(`${Date.now() - START} ${what}`);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  const kv = {
    put: (host: string, value: string) => begin(`${host} ${value}`),
    delete: (host: string) => begin(`${host} deleted`),
  };
  const now = () => Instant.parse(Date.now());
  const copier = new Copier({
    rows,
    kv: () => kv,
    named: (name) => rows.named(name).map(({ entry }) => ({ ...entry, pull: null })),
    now,
    random: () => 0,
  });
  return {
    writes: () => writes.map((write) => write.replace(/ \[.*"state":"(\w+)".*/, ' $1')),
    /** One that is there is told, and what is due is written. */
    tell: (state: PreviewEntry['state'], at: number) => {
      const own = { zone: ZONE, repository: 'acme/shop', number: 7, names: ['foo'], log: null };
      rows.put(PreviewEntry.parse({ ...own, state, at }), now());
      return copier.run();
    },
    run: () => copier.run(),
    end: (index: number) => ends[index]?.resolve(),
    behind: () => rows.behind(),
  };
}

it('what changes while it is written is written again, after that write and not beside it', async () => {
  const { tell, writes, end, run, behind } = copying();
  const first = tell('building', 1);
  const second = tell('ready', 2);
  expect(writes()).toEqual([`0 foo.${ZONE} building`]);

  end(0);
  await Promise.all([first, second]);
  expect(behind()).toEqual({ keys: 1, attempts: 0 });
  vi.advanceTimersByTime(1_000);
  const last = run();
  end(1);
  await last;

  expect(writes()).toEqual([`0 foo.${ZONE} building`, `1000 foo.${ZONE} ready`]);
  expect(behind()).toEqual({ keys: 0, attempts: 0 });
});

it('one key is written once in a second, and nothing is written that has not changed', async () => {
  const { tell, writes, end, run } = copying();
  const first = tell('building', 1);
  end(0);
  await first;
  for (let state = 0; state < 3; state += 1) {
    vi.advanceTimersByTime(333);
    await tell(state % 2 === 0 ? 'ready' : 'failed', 2 + state);
  }
  expect(writes()).toHaveLength(1);

  vi.advanceTimersByTime(1);
  const second = run();
  end(1);
  await second;
  vi.advanceTimersByTime(60_000);
  await run();

  expect(writes()).toEqual([`0 foo.${ZONE} building`, `1000 foo.${ZONE} ready`]);
});

it('a write that hangs is given up after ten seconds, and made once more', async () => {
  const { tell, writes, end, run, behind } = copying();
  const first = tell('ready', 1);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(behind()).toEqual({ keys: 1, attempts: 0 });
  await vi.advanceTimersByTimeAsync(1);
  await first;
  expect(behind()).toEqual({ keys: 1, attempts: 1 });

  await vi.advanceTimersByTimeAsync(2_500);
  const second = run();
  end(1);
  await second;

  expect(writes()).toEqual([`0 foo.${ZONE} ready`, `12500 foo.${ZONE} ready`]);
  expect(behind()).toEqual({ keys: 0, attempts: 0 });
  // What was refused before is over.
  await tell('failed', 2);
  expect(behind()).toEqual({ keys: 1, attempts: 0 });
});

it('a name that leads nowhere any more is taken out', async () => {
  const { tell, writes, end, run } = copying();
  const first = tell('gone', START);
  end(0);
  await first;
  vi.advanceTimersByTime(7 * 24 * 3_600_000);
  const rows = new IndexRows(storage);
  rows.forget(Instant.parse(Date.now()));
  const second = run();
  end(1);
  await second;

  expect(writes()).toEqual([`0 foo.${ZONE} gone`, `604800000 foo.${ZONE} deleted`]);
});
