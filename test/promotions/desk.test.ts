import { describe, expect, it } from 'vitest';
import { type Desk, EMPTY_DESK } from '../../schemas/promotion.ts';
import { reading } from '../../src/promotions/desk.ts';
import { Instant } from '../../src/words/instant.ts';

const T = Date.parse('2026-11-25T09:00:00Z');
const at = (second: number) => Instant.parse(T + second * 1000);
const asked = (second: number, notBefore: number, stale = false) => ({
  at: at(second),
  notBefore: at(notBefore),
  stale,
});

describe('the next look at the base', () => {
  it.each<[string, Desk['reading'], number, boolean, Desk['reading']]>([
    ['is asked for where none is', null, 5, false, asked(5, 5)],
    ['is the one that is asked for already', asked(0, 5), 5, false, asked(0, 5)],
    ['that was put off is brought forward, and asked now', asked(60, 60, true), 5, false, asked(5, 5, true)],
    ['is another one where the base has moved since', asked(0, 5), 5, true, asked(5, 5, true)],
  ])('%s', (_, before, now, isStale, after) => {
    expect(reading({ ...EMPTY_DESK, reading: before }, at(now), at(now), isStale).reading).toEqual(after);
  });
});
