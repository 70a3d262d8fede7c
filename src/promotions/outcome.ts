/** What follows where a promotion has changed: it is concluded, and a merge frees the base and is told. */
import type { Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import type { Instant } from '../words/instant.ts';
import { concludePromotions } from './conclude.ts';
import { reading, withPromotion } from './desk.ts';
import { promotedOf } from './promoted.ts';

/** What a look at a pull request has changed. A merge moves the base, and the application is told of it. */
export function after(before: Promotion, next: Promotion, known: Known, now: Instant, sha?: string): Planned {
  const isMerged = next.merged !== before.merged;
  const merged = isMerged ? next.merged.at(-1) : undefined;
  const { merging } = known.desk;
  const isOver = merging?.target === next.key && next.pull === null;
  const desk = { ...known.desk, ...(isOver ? { merging: null } : {}) };
  // The push may have been heard of first, and the base read for it.
  const isRead = sha !== undefined && known.desk.base?.sha === sha;
  const settled = isMerged && !isRead ? { ...reading(desk, now, now, true), since: now } : desk;
  const draft = { ...withPromotion(known, next), desk: settled };
  const { effects, ...planned } = concludePromotions(draft, isOver ? known.promotions.keys() : [next.key], now);
  const told = merged === undefined ? [] : promotedOf(next, merged, known);
  return { ...planned, effects: [...effects, ...told] };
}
