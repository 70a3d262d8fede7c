/** What the answers of GitHub teach about promotions: sources, branches, pull requests, gates and merges. */
import type { Planned } from '../../schemas/effect.ts';
import type { Learned } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import { planBase } from './base.ts';
import { concludePromotions } from './conclude.ts';
import { awaited, reading, withPromotion } from './desk.ts';
import { after } from './outcome.ts';
import { closedAs, mergedAs } from './people.ts';
import { kept } from './rules.ts';
import { withCompared } from './settle.ts';
import { samePin } from './targets.ts';
import { MOST_REWRITES } from './turn/turn.ts';
import { GATHER } from './turn/write.ts';
import { candidatesOf } from './updater.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

type Taught = Extract<
  Learned,
  {
    kind:
      | 'base'
      | 'source'
      | 'proposed'
      | 'promotion-written'
      | 'check-written'
      | 'gates'
      | 'merged'
      | 'unmerged'
      | 'disarmed';
  }
>;

export function planLearned(learned: Taught, known: Known, now: Instant): Planned {
  if (learned.kind === 'base') return planBase(learned.base, known, now);
  if (learned.kind === 'proposed') return planProposed(learned, known, now);
  const promotion = known.promotions.get(learned.target);
  if (promotion === undefined) return { known, effects: [], wakeAt: undefined };
  switch (learned.kind) {
    case 'source': {
      const next = { ...withCompared(promotion, { ...learned.facts, at: now }), asked: null };
      return after(promotion, next, known, now);
    }
    case 'promotion-written':
      return after(promotion, writtenAs(promotion, learned, now), known, now);
    case 'check-written': {
      const { id, head, summary } = learned;
      return after(promotion, { ...promotion, check: { id, head, summary } }, known, now);
    }
    case 'gates':
      return planGates(promotion, learned.gates, known, now);
    case 'merged': {
      const { number, sha } = learned;
      const free = { ...known, desk: { ...known.desk, merging: null } };
      if (sha === 'left') {
        const isIt = promotion.pull?.number === number;
        const pull = promotion.pull && { ...promotion.pull, armed: isIt || promotion.pull.armed };
        return concludePromotions(withPromotion(free, { ...promotion, pull }), known.promotions.keys(), now);
      }
      const head = promotion.pull?.number === number ? promotion.pull.head : undefined;
      const merged = mergedAs(promotion, number, head, now, false) ?? promotion;
      return after(promotion, merged, known, now, sha);
    }
    case 'disarmed': {
      const pull = promotion.pull?.number === learned.number ? { ...promotion.pull, armed: false } : promotion.pull;
      return after(promotion, { ...promotion, pull }, known, now);
    }
    case 'unmerged':
      return planUnmerged(promotion, learned, known, now);
  }
}

function planProposed(
  { branch, sha, files }: Extract<Learned, { kind: 'proposed' }>,
  known: Known,
  now: Instant,
): Planned {
  const candidates = candidatesOf(files, now);
  const updaters = known.desk.updaters.map((each) =>
    each.branch === branch && each.sha === sha ? { ...each, candidates: [...candidates] } : each,
  );
  const noted = { ...known, desk: { ...known.desk, updaters } };
  return concludePromotions(candidates.length === 0 ? noted : awaited(candidates, noted, now), [], now);
}

function writtenAs(
  promotion: Promotion,
  { number, head, body }: Extract<Learned, { kind: 'promotion-written' }>,
  now: Instant,
): Promotion {
  const writes = promotion.writes.map((each) =>
    each.body === body && each.head === null ? { ...each, number, head } : each,
  );
  const { pull } = promotion;
  // It may have been merged or closed before it was heard of that it is there.
  const isOver = [...promotion.merged, ...promotion.rejected].some((each) => each.number === number);
  if (isOver) return { ...promotion, writes };
  const same = pull?.number === number ? pull : null;
  const isSameHead = same?.head === head;
  return {
    ...promotion,
    writes,
    pull: {
      number,
      head,
      body,
      labels: same?.labels ?? [],
      updatedAt: same?.updatedAt ?? null,
      writtenAt: now,
      armed: false,
      // With another image the person's word, and the quarrel, is over.
      ...(same !== null && isSamePin(promotion, same.head, body)
        ? { stoppedBy: same.stoppedBy, rewrites: same.rewrites }
        : { stoppedBy: null, rewrites: 0 }),
      moved: false,
    },
    closed: promotion.closed.filter((each) => each !== number),
    gating: null,
    refused: isSameHead ? promotion.refused : null,
    refusals: isSameHead ? promotion.refusals : 0,
    lookAt: later(now, HOUR),
  };
}

function isSamePin({ writes }: Promotion, head: Sha, body: string): boolean {
  const before = writes.findLast((each) => each.head === head)?.draft.pin;
  const after = writes.findLast((each) => each.body === body)?.draft.pin;
  return before !== undefined && after !== undefined && samePin(before, after);
}

function planGates(
  promotion: Promotion,
  gates: Extract<Learned, { kind: 'gates' }>['gates'],
  known: Known,
  now: Instant,
): Planned {
  const { pull, gating } = promotion;
  const { number, at, head } = gates;
  const { base } = known.desk;
  // What was merged into another branch is not promoted.
  const isElsewhere = base !== null && gates.into !== base.branch;
  if (gates.merged && !isElsewhere)
    return after(promotion, mergedAs(promotion, number, head, now, !gates.byRobot) ?? promotion, known, now);
  if (!gates.open)
    return after(promotion, closedAs(promotion, number, head, at, gates.byRobot) ?? promotion, known, now);
  if (pull?.number !== number) return after(promotion, promotion, known, now);
  if (isElsewhere) return planTurned(promotion, { ...pull, labels: [...gates.labels] }, head, known, now);
  const isAnswer = gating === null || at >= gating.at;
  const { checks, approvals, labels } = gates;
  const isMoved = head !== pull.head && at >= pull.writtenAt;
  const seen = { ...pull, labels: [...labels], armed: pull.armed && gates.armed !== false };
  const next = {
    ...promotion,
    gates: { at, heardAt: now, head, checks, approvals },
    gating: isAnswer ? null : gating,
    pull: isMoved ? movedAgain(seen, head) : seen,
  };
  const texts = kept(gates);
  const isOther = base !== null && (texts.rules !== base.rules || texts.organisation !== base.organisation);
  // By other rules than those that were read last nothing is merged before they are.
  const desk = isOther ? { ...reading(known.desk, now, now, true), base: { ...base, ...texts } } : known.desk;
  return after(promotion, next, { ...known, desk }, now);
}

/** Whoever else keeps writing there is not fought: then the head is theirs, and stays. */
function movedAgain(pull: NonNullable<Promotion['pull']>, head: Sha): NonNullable<Promotion['pull']> {
  if (pull.moved) return pull;
  const rewrites = pull.rewrites + 1;
  return { ...pull, moved: true, rewrites, head: rewrites > MOST_REWRITES ? head : pull.head };
}

/**
 * Somebody has turned it to another branch, whose rules are not the ones that count; or the default branch has another name
 * by now. Of this answer nothing is believed, and once it is known where it belongs, it is written there again.
 */
function planTurned(
  promotion: Promotion,
  pull: NonNullable<Promotion['pull']>,
  head: Sha,
  { desk, ...known }: Known,
  now: Instant,
): Planned {
  const isSure = desk.base !== null && later(desk.base.at, MINUTE) > now;
  const soon = { at: now, notBefore: later(now, GATHER), must: true };
  const next = isSure
    ? { ...promotion, gates: null, gating: null, pull: movedAgain(pull, head) }
    : { ...promotion, gates: null, gating: soon };
  return after(promotion, next, { ...known, desk: isSure ? desk : reading(desk, now, now, true) }, now);
}

function planUnmerged(
  promotion: Promotion,
  { number, why, words }: Extract<Learned, { kind: 'unmerged' }>,
  known: Known,
  now: Instant,
): Planned {
  const free = { ...known, desk: { ...known.desk, merging: null } };
  const { pull } = promotion;
  const others = [...known.promotions.keys()];
  if (pull?.number !== number) return concludePromotions(free, others, now);
  const count = promotion.refusals + 1;
  // Once that is news; again and again it is a refusal.
  if (why === 'moved' && count < 3) {
    const gating = { at: now, notBefore: later(now, 1000), must: true };
    const moved = { ...promotion, gating, gates: null, refusals: count };
    return concludePromotions({ ...withPromotion(free, moved), desk: reading(free.desk, now, now, true) }, others, now);
  }
  const stuck = { ...promotion, refused: { words, at: now, count }, refusals: count };
  return concludePromotions(withPromotion(free, stuck), others, now);
}
