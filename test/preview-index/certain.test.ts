/** Whether the index may say of a name what it leads to, or nobody knows. */
import { describe, expect, it } from 'vitest';
import { PreviewEntry } from '../../schemas/preview-entry.ts';
import { isCertain } from '../../src/preview-index/certain.ts';
import { Instant } from '../../src/words/instant.ts';

const HOUR = 3_600_000;
const NOW = 2_000_000_000_000;
const ago = (hours: number) => Instant.parse(NOW - hours * HOUR);
/** Woken every few minutes for so long. */
const keptFor = (hours: number, woken = 0) => ({ since: ago(hours), wokenAt: ago(woken) });

type Told = readonly (readonly [state: PreviewEntry['state'], hoursAgo: number])[];

describe('what a name leads to', () => {
  it.each([
    ['nowhere, in an index that nobody has told anything', undefined, [], false],
    ['nowhere, in a new one', keptFor(1), [], false],
    ['nowhere, before each ledger has looked', keptFor(25), [], false],
    ['nowhere, when each has', keptFor(26), [], true],
    ['nowhere, where the cron has not come for an hour', keptFor(100, 1), [], false],
    ['what was told in an index that is new', keptFor(1), [['building', 0]], true],
    ['what is gone, in one that is new', keptFor(1), [['gone', 0]], true],
    ['what was told before the index was left alone', keptFor(1), [['gone', 2]], false],
    ['what was told where the cron does not come', keptFor(100, 1), [['failed', 0]], false],
    ['what a ledger tells again', keptFor(1_000), [['failed', 71]], true],
    ['what no ledger tells any more', keptFor(1_000), [['failed', 72]], false],
    ['what is gone is told once', keptFor(1_000), [['gone', 100]], true],
    [
      'two, of which one is told no more',
      keptFor(1_000),
      [
        ['building', 0],
        ['ready', 72],
      ],
      false,
    ],
  ] as [string, ReturnType<typeof keptFor> | undefined, Told, boolean][])(
    '%s: %o %o is certain: %s',
    (_, kept, told, certain) => {
      const found = told.map(([state, hours]) => ({ entry: entryOf(state), heardAt: ago(hours) }));

      expect(isCertain(found, kept, Instant.parse(NOW))).toBe(certain);
    },
  );
});

function entryOf(state: PreviewEntry['state']): PreviewEntry {
  const own = { zone: 'example-preview.dev', repository: 'acme/shop', number: 7, names: ['foo'], log: null, at: 1 };
  return PreviewEntry.parse({ ...own, state });
}
