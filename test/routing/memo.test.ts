/** What is kept of a few answers, and for how long. */
import { expect, it } from 'vitest';
import { Memo } from '../../src/routing/memo.ts';

it('keeps a value for five seconds, one that is undefined as well', () => {
  const memo = new Memo<string | undefined>();
  memo.keep('foo', 'ready', 0);
  memo.keep('bar', undefined, 0);

  expect([memo.find('foo', 4_999)?.value, memo.find('foo', 5_000), memo.find('bar', 4_999) !== undefined]).toEqual([
    'ready',
    undefined,
    true,
  ]);
});

it('keeps a thousand, those that were kept last: one that is kept anew is no longer the oldest', () => {
  const memo = new Memo<number>();
  for (let number = 0; number < 1_000; number += 1) memo.keep(`name-${number}`, number, 0);
  memo.keep('name-0', 1_000, 1);
  memo.keep('another', 1_001, 1);

  const there = ['name-0', 'name-1', 'name-2', 'another'].map((name) => memo.find(name, 2)?.value);

  expect(there).toEqual([1_000, undefined, 2, 1_001]);
});
