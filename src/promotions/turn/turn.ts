/** One target's turn: all that its steps decide by, and what they have owed so far. Each step gives the next one its turn. */
import type { Effect, Owed } from '../../../schemas/effect.ts';
import type { Known } from '../../../schemas/known.ts';
import type { Desk, Promotion } from '../../../schemas/promotion.ts';
import type { Gates, Rule } from '../../../schemas/promotion-rules.ts';
import type { Instant } from '../../words/instant.ts';
import type { Decision } from '../decide.ts';
import type { Rules } from '../rules.ts';
import { samePin } from '../targets.ts';

/** Gates are asked right before the merge: what is older opens nothing. */
export const FRESH = 60_000;
/** Whose merge has not ended by then does not hold up the others. */
export const LONGEST_MERGE = 10 * 60_000;
/** Somebody else writes to the branch as well: after so many times it is theirs, until there is another image. */
export const MOST_REWRITES = 3;
/** Of each list of what was done. */
export const MOST = 10;

export type Turn = {
  readonly repository: Known['repository'];
  readonly rules: Rules;
  readonly now: Instant;
  /** Undefined: nothing is proposed. */
  readonly decision: Decision | undefined;
  readonly promotion: Promotion;
  readonly desk: Desk;
  readonly effects: readonly Owed[];
};

export function withPart(turn: Turn, part: Partial<Promotion>): Turn {
  return { ...turn, promotion: { ...turn.promotion, ...part } };
}

/** Undefined: of this lane nothing is owed any more. */
export function owing(turn: Turn, lane: string, effect: Effect | undefined, notBefore?: Instant): Turn {
  const owed: Owed = {
    lane: `${lane} ${turn.promotion.key}`,
    class: lane === 'merge' ? 2 : 3,
    effect,
    ...(notBefore === undefined ? {} : { notBefore }),
  };
  return { ...turn, effects: [...turn.effects, owed] };
}

export function isOn({ rules }: Turn): boolean {
  return !rules.ok || rules.value.enabled;
}

export function ruleOf({ rules, decision }: Turn): Rule | undefined {
  const number = decision?.rule;
  return rules.ok && number !== undefined ? rules.value.rules[number - 1] : undefined;
}

/** What its rule and the organisation ask for. */
export function askedOf(turn: Turn): readonly Gates[] {
  const rule = ruleOf(turn);
  return [...(rule === undefined ? [] : [rule]), ...(turn.rules.ok ? turn.rules.value.enforced : [])];
}

/** GitHub does not merge it by itself. */
export function isFree(pull: Promotion['pull']): boolean {
  return pull !== null && !pull.armed;
}

/** It holds what somebody else has written there, over and over. */
export function isLeft({ pull, draft, writes }: Promotion): boolean {
  if (pull === null || !pull.moved || pull.rewrites <= MOST_REWRITES || draft === null) return false;
  const last = writes.findLast(({ number, head }) => number === pull.number && head !== null);
  return last !== undefined && samePin(last.draft.pin, draft.pin);
}
