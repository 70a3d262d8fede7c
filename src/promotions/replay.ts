/** What present knowledge wants of a lane that a dead letter of a promotion stood in. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import type { Instant } from '../words/instant.ts';
import { concludePromotions } from './conclude.ts';
import { promotedOf } from './promoted.ts';

/** What is told of a slot, `tell owner/name ["sandbox"] …`, is what deployments called theirs once. */
const LANE = /^(?:base$|(?:source|promotion|check|gates|merge) \[|branch |close |tell (?!\S+ \["))/;

export function isPromotionLane(lane: string): boolean {
  return LANE.test(lane);
}

/** Undefined: the lane is another room's. */
export function planPromotionReplay(lane: string, known: Known, now: Instant): Planned | undefined {
  if (!isPromotionLane(lane)) return undefined;
  const told = [...known.promotions.values()].flatMap((promotion) =>
    promotion.merged.flatMap((merged) => promotedOf(promotion, merged, known)),
  );
  const fresh = lane.startsWith('tell ') ? forgotten(known) : known;
  const planned = concludePromotions(fresh, fresh.promotions.keys(), now);
  const wanted = [...planned.effects, ...told, ...branches(known), ...closings(lane, known)];
  return { ...planned, effects: wanted.filter((owed) => owed.lane === lane) };
}

/** What was asked of the application's ledgers is asked once more. */
function forgotten(known: Known): Known {
  const promotions = [...known.promotions.values()].map((each): Promotion => ({ ...each, subscribed: [] }));
  return { ...known, promotions: new Map(promotions.map((each) => [each.key, each])) };
}

function branches({ desk }: Known): readonly Owed[] {
  return desk.updaters
    .filter(({ candidates }) => candidates === null)
    .map(({ branch, sha }) => ({ lane: `branch ${branch}`, class: 3, effect: { kind: 'read-branch', branch, sha } }));
}

function closings(lane: string, { promotions }: Known): readonly Owed[] {
  return [...promotions.values()].flatMap(({ pull, closed, branch }): readonly Owed[] => {
    if (pull === null || lane !== `close ${pull.number}` || !closed.includes(pull.number)) return [];
    const comment = 'There is nothing to promote here any more.';
    return [{ lane, class: 3, effect: { kind: 'close-pull', number: pull.number, comment, deleteBranch: branch } }];
  });
}
