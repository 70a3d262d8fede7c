/** What people have decided about a target: a pull request closed or merged by hand, and a pin changed on the base. */
import type { PullRequestEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Desk, Draft, Promotion } from '../../schemas/promotion.ts';
import type { Instant } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import { byVersion } from './newest.ts';
import { agrees, samePin } from './targets.ts';

const MOST = 50;
const MOST_SWEPT = 3;

/** The promotion after a look at its pull request; undefined: nothing in it is new. */
export function looked(
  promotion: Promotion,
  event: PullRequestEvent,
  into: string | undefined,
  now: Instant,
): Promotion | undefined {
  const { native } = event;
  const seen = seenAs(promotion, event, into);
  const present = seen ?? promotion;
  return native === undefined || present.pull?.number !== event.pull.number || !event.pull.open
    ? seen
    : leftToGitHub(present, present.pull, native, event.by, now);
}

function leftToGitHub(
  promotion: Promotion,
  pull: NonNullable<Promotion['pull']>,
  native: NonNullable<PullRequestEvent['native']>,
  by: PullRequestEvent['by'],
  now: Instant,
): Promotion {
  if (native === 'armed') return by?.isBot === true ? promotion : { ...promotion, pull: { ...pull, stoppedBy: null } };
  if (by?.isBot === false) return { ...promotion, pull: { ...pull, armed: false, stoppedBy: by.login } };
  if (!pull.armed) return promotion;
  const taken = { ...promotion, pull: { ...pull, armed: false } };
  // A queue puts out what fails in it: it is tried again as anything that GitHub refuses is. Any other robot is Hawser itself.
  if (by?.login !== 'github-merge-queue[bot]') return taken;
  const count = promotion.refusals + 1;
  const words = 'GitHub was to merge it, and has put it out: why stands on the pull request.';
  return { ...taken, refused: { words, at: now, count }, refusals: count };
}

/** `into`: the branch that promotions are merged into. What was merged elsewhere is not promoted. */
function seenAs(promotion: Promotion, { pull, by }: PullRequestEvent, into: string | undefined): Promotion | undefined {
  const { number, updatedAt } = pull;
  const isPresent = promotion.pull?.number === number;
  const isHere = into === undefined || pull.base.ref === into;
  if (pull.merged && isHere) return mergedAs(promotion, number, pull.head.sha, updatedAt, by?.isBot !== true);
  if (!pull.open) return closedAs(promotion, number, pull.head.sha, updatedAt, by?.isBot === true);
  const reopened = promotion.rejected.filter((each) => each.number !== number || each.at >= updatedAt);
  // One that Hawser has closed, and that is open all the same, is there again.
  const closed = isPresent ? promotion.closed : promotion.closed.filter((each) => each !== number);
  const isReopened = reopened.length < promotion.rejected.length || closed.length < promotion.closed.length;
  if (!isPresent || promotion.pull === null || updatedAt <= (promotion.pull.updatedAt ?? 0)) {
    return isReopened ? { ...promotion, rejected: reopened, closed } : undefined;
  }
  return { ...promotion, rejected: reopened, pull: { ...promotion.pull, labels: pull.labels, updatedAt } };
}

/** `byHand`: a person's choice, which ends what a person's change of the pin has held. */
export function mergedAs(
  promotion: Promotion,
  number: number,
  head: Sha | undefined,
  at: Instant,
  byHand: boolean,
): Promotion | undefined {
  const without = promotion.pull?.number === number ? { ...promotion, ...WITHOUT_PULL } : undefined;
  if (promotion.merged.some((each) => each.number === number)) return without;
  const draft = draftAt(promotion, number, head);
  if (draft === undefined) return without;
  const { reverts, candidate } = draft;
  const source = candidate === null ? shaBefore(promotion, reverts) : (candidate.source?.sha ?? null);
  const undone = promotion.merged.find((each) => each.number === reverts)?.draft;
  return {
    ...promotion,
    merged: [...promotion.merged, { number, at, draft, onFailure: promotion.onFailure, linked: false }].slice(-MOST),
    rejected: [
      ...promotion.rejected,
      ...(undone === undefined ? [] : [{ number, at, pin: undone.to, candidate: undone.candidate }]),
    ].slice(-MOST),
    failed: null,
    // Whoever takes back what has failed has changed their mind of it.
    hold: reverts === null ? (byHand ? null : promotion.hold) : takenBack(draft),
    // Of one that was merged long ago the base has said all that there is to say.
    ...(promotion.pull?.number === number ? { ...WITHOUT_PULL, present: draft.to, source } : {}),
  };
}

function takenBack({ base }: Omit<Draft, 'files'>): Promotion['hold'] {
  return { by: 'somebody', from: base, to: base, kind: 'back', earlier: null };
}

const WITHOUT_PULL = { pull: null, check: null, shown: null, gates: null, gating: null, refused: null } as const;

function shaBefore({ merged }: Promotion, number: number | null): Sha | null {
  return merged.find((each) => each.number === number)?.draft.fromSha ?? null;
}

/** A robot that tidies up, or Hawser itself, rejects nothing; one that does so over and over is not fought. */
export function closedAs(
  promotion: Promotion,
  number: number,
  head: Sha | undefined,
  at: Instant,
  isRobots: boolean,
): Promotion | undefined {
  const { pull, rejected, candidates, closed } = promotion;
  const draft = draftAt(promotion, number, head);
  const isPresent = pull?.number === number;
  const isKnown =
    rejected.some((each) => each.number === number) || promotion.merged.some((each) => each.number === number);
  const without = isPresent ? { ...promotion, ...WITHOUT_PULL } : promotion;
  if (closed.includes(number) || draft === undefined || isKnown) return isPresent ? without : undefined;
  const swept = promotion.swept.filter(({ pin }) => samePin(pin, draft.pin));
  if (isRobots && swept.length < MOST_SWEPT) {
    return isPresent ? { ...without, swept: [...swept, { number, pin: draft.pin }] } : undefined;
  }
  if (draft.reverts !== null) {
    const merged = promotion.merged.map((each) =>
      each.number === draft.reverts ? { ...each, onFailure: 'none' as const } : each,
    );
    return { ...without, merged, failed: null };
  }
  // What was older and there by then was passed over with it.
  const left = candidates.filter((each) => each.firstSeen > at || (byVersion(each, draft.pin) ?? -1) > 0);
  const rejection = { number, at, pin: draft.pin, candidate: draft.candidate };
  return { ...without, candidates: left, rejected: [...rejected, rejection].slice(-MOST) };
}

/** What the head of a pull request pins: one that is not known yet is that of the write under way. */
function draftAt({ writes }: Promotion, number: number, head: Sha | undefined) {
  const own = writes.filter((each) => each.number === number);
  const underWay = own.length === 0 ? undefined : writes.findLast((each) => each.head === null);
  return (own.findLast((each) => each.head === head) ?? underWay ?? own.at(-1))?.draft;
}

/**
 * The base pins something else than before, and no merge of ours says so. Who has done it shows once the pushes are told: until
 * then, and unless it is what Hawser proposes, somebody holds it.
 */
export function heldBy(promotion: Promotion, present: Promotion['present'], from: Sha, to: Sha): Promotion['hold'] {
  const { hold } = promotion;
  const earlier = hold === null ? null : (hold.by ?? hold.earlier);
  const isOpen = hold !== null && hold.by === null;
  const kind = kindOf(promotion, present);
  if (kind === 'chosen' && hold === null) return null;
  return {
    by: null,
    from: isOpen ? hold.from : from,
    to,
    kind: isOpen && hold.kind === 'back' ? 'back' : kind,
    earlier,
  };
}

/** What was proposed counts while it is, or is about to be: what was merged long ago is no proposal any more. */
function kindOf(promotion: Promotion, present: Promotion['present']): NonNullable<Promotion['hold']>['kind'] {
  const { candidates, draft, writes, pull } = promotion;
  const standing = writes.filter(({ head }) => head === null || head === pull?.head);
  if (standing.some((each) => agrees(each.draft.to, present))) return 'chosen';
  const way = byVersion(present, promotion.present) ?? 0;
  const isTold = [...candidates, ...(draft === null ? [] : [draft.to])].some((each) => agrees(each, present));
  if (isTold && way > 0) return 'chosen';
  return way > 0 ? 'forward' : 'back';
}

/**
 * Once it is known who has moved the base there. A robot that goes forward has changed nobody's mind, and ends nobody's; what
 * goes back was meant by somebody, though a queue or a robot has merged it for them.
 */
export function withName(promotion: Promotion, { desk }: Known): Promotion {
  const { hold } = promotion;
  if (hold === null || hold.by !== null) return promotion;
  const by = moversOf(desk, hold.from, hold.to);
  if (by === undefined) return promotion;
  const { kind, earlier } = hold;
  const person = by.find(({ isBot }) => !isBot)?.login;
  const chooser = kind === 'chosen' ? undefined : person;
  const kept = person === undefined ? (kind === 'back' ? by[0]?.login : (earlier ?? undefined)) : chooser;
  return { ...promotion, hold: kept === undefined ? null : { ...hold, by: kept, earlier: null } };
}

/** Undefined: not all of it was told. */
function moversOf({ pushes }: Desk, from: Sha, to: Sha): Desk['pushes'][number]['by'][] | undefined {
  const movers: Desk['pushes'][number]['by'][] = [];
  for (let at = to; at !== from; ) {
    const push = pushes.findLast(({ after }) => after === at);
    if (push === undefined || movers.length > pushes.length) return undefined;
    movers.push(push.by);
    at = push.before;
  }
  return movers.length === 0 ? undefined : movers;
}
