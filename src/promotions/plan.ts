/** The plan of promotions: from new images, and what GitHub and other ledgers tell, to what is proposed and merged. */
import type { Base } from '../../schemas/answers.ts';
import type { Candidate } from '../../schemas/candidate.ts';
import type { Plan, Planned } from '../../schemas/effect.ts';
import type { GateEvent, ImageEvent, Learned, PullRequestEvent, PushEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Desk, Promotion } from '../../schemas/promotion.ts';
import type { EnvironmentEvent } from '../../schemas/told.ts';
import { sameImage } from '../words/image.ts';
import { Instant, later } from '../words/instant.ts';
import { shaIn } from '../words/sha.ts';
import { arrivedBy } from './arrived.ts';
import { branchFor } from './branch.ts';
import { concludePromotions, retryAt, stirred } from './conclude.ts';
import { withCandidate } from './newest.ts';
import { closedAs, heldBy, looked, mergedAs } from './people.ts';
import { promotedOf } from './promoted.ts';
import { kept, rulesIn } from './rules.ts';
import { withCompared } from './settle.ts';
import { agrees, isOtherwise, samePin, targetsFor } from './targets.ts';
import { tellUpdaters } from './tell-updaters.ts';
import { candidatesOf, UPDATER } from './updater.ts';

/** Candidates that come so soon after one that was acted on are gathered. */
const GATHER = 30_000;
const HOUR = 3_600_000;
/** By then whoever is asked knows of a merge. */
const SETTLED = 60_000;
const MOST = 100;

export function planImage(event: ImageEvent, known: Known, now: Instant): Planned {
  const { candidate } = event;
  const draft = awaited([candidate], known, now);
  const { effects, ...planned } = concludePromotions({ ...draft, tags: withTags(candidate, draft) }, [], now);
  return { ...planned, effects: [...effects, ...tellUpdaters(event, known)] };
}

/** They wait for a look at the base, which waits where all of their targets have just been acted on. */
function awaited(candidates: readonly Candidate[], known: Known, now: Instant): Known {
  const waiting = candidates.map((candidate) => {
    const targets = targetsOf(candidate, known);
    const ends = targets.map(({ actedAt }) => later(actedAt, GATHER));
    const first = Math.min(...ends);
    return { candidate, notBefore: targets.length === 0 || first <= now ? now : Instant.parse(first) };
  });
  const desk = { ...known.desk, waiting: [...known.desk.waiting, ...waiting].slice(-MOST) };
  return { ...known, desk: reading(desk, now, Instant.parse(Math.min(...waiting.map((each) => each.notBefore)))) };
}

function targetsOf({ image, environment }: Candidate, { promotions }: Known): readonly Promotion[] {
  return [...promotions.values()].filter(
    (each) => sameImage(each.image, image) && (environment === undefined || environment === each.environment),
  );
}

function withTags({ image, tag, digest, source }: Candidate, { tags }: Known): Known['tags'] {
  if (source === undefined) return tags;
  const references = [tag === undefined ? [] : `:${tag}`, digest === undefined ? [] : `@${digest}`].flat();
  const fresh = references.filter((each) => !tags.some((known) => known.image === image && known.reference === each));
  return [...tags, ...fresh.map((reference) => ({ image, reference, sha: source.sha, askedAt: '' }))];
}

/** The base is read once for all that want it; what is asked for already does, unless it has to be newer. */
function reading(desk: Desk, now: Instant, notBefore: Instant, isStale = false): Desk {
  const asked = desk.reading;
  if (asked === null || isStale) return { ...desk, reading: { at: now, notBefore } };
  return notBefore < asked.notBefore ? { ...desk, reading: { ...asked, notBefore } } : desk;
}

/** Undefined: it concerns no promotion. */
export function planPull(event: PullRequestEvent, known: Known, now: Instant): Plan | undefined {
  const { pull, by } = event;
  // A fork may name its branches as it likes.
  if (pull.head.repository !== pull.base.repository) return undefined;
  if (pull.head.ref.startsWith(UPDATER)) return planUpdater(pull, known, now);
  const promotion = [...known.promotions.values()].find(({ branch }) => branch === pull.head.ref);
  if (promotion === undefined) return undefined;
  const next = looked(promotion, pull, by);
  if (next === undefined) return { ignored: 'stale' };
  return after(promotion, stirred(next, now), known, now);
}

/** What a look at a pull request has changed. A merge moves the base, and the application is told of it. */
function after(before: Promotion, next: Promotion, known: Known, now: Instant, sha?: string): Planned {
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

function planUpdater({ head, number, open }: PullRequestEvent['pull'], known: Known, now: Instant): Plan {
  const { updaters } = known.desk;
  const before = updaters.find(({ branch }) => branch === head.ref);
  const others = updaters.filter((each) => each !== before);
  if (!open) {
    return before === undefined
      ? { ignored: 'no promotion' }
      : concludePromotions({ ...known, desk: { ...known.desk, updaters: others } }, [], now);
  }
  if (before?.sha === head.sha && before.number === number) return { ignored: 'stale' };
  return readingBranch({ branch: head.ref, number, sha: head.sha, candidates: null }, known, now);
}

function readingBranch(updater: Desk['updaters'][number], known: Known, now: Instant): Planned {
  const before = known.desk.updaters.find(({ branch }) => branch === updater.branch);
  const candidates = before?.sha === updater.sha ? before.candidates : null;
  const next = { ...updater, number: updater.number ?? before?.number ?? null, candidates };
  const updaters = [...known.desk.updaters.filter((each) => each !== before), next].slice(-MOST);
  const { branch, sha } = updater;
  const planned = concludePromotions({ ...known, desk: { ...known.desk, updaters } }, [], now);
  if (candidates !== null) return planned;
  const effect = { kind: 'read-branch', branch, sha } as const;
  return { ...planned, effects: [...planned.effects, { lane: `branch ${branch}`, class: 3, effect }] };
}

export function planPush(event: PushEvent, known: Known, now: Instant): Plan {
  const { branch, before, after, isDefault, by } = event;
  if (branch.startsWith(UPDATER)) {
    return after === null
      ? { ignored: 'no promotion' }
      : readingBranch({ branch, number: null, sha: after, candidates: null }, known, now);
  }
  // Of a repository that promotes nothing there is nothing to look at.
  if (!isDefault || before === null || after === null || known.desk.base === null) return { ignored: 'no promotion' };
  const pushes = [...known.desk.pushes, { before, after, by }].slice(-MOST);
  const desk = { ...known.desk, pushes };
  const draft = { ...known, desk: desk.base?.sha === after ? desk : reading(desk, now, now, true) };
  return concludePromotions(draft, known.promotions.keys(), now);
}

export function planGate({ of }: GateEvent, known: Known, now: Instant): Plan {
  const concerned = [...known.promotions.values()].filter(({ pull }) =>
    'head' in of ? pull?.head === of.head : pull?.number === of.number,
  );
  if (concerned.length === 0) return { ignored: 'no promotion' };
  const draft = concerned.reduce((known, each) => withPromotion(known, roused(each, now)), known);
  return concludePromotions(
    draft,
    concerned.map(({ key }) => key),
    now,
  );
}

/** What GitHub has refused is tried again where something has changed, but never in haste. */
function roused(promotion: Promotion, now: Instant): Promotion {
  const { refused } = promotion;
  if (refused === null) return stirred(promotion, now);
  if (later(refused.at, 10_000 * 2 ** Math.min(refused.count, 9)) > now) return promotion;
  return stirred({ ...promotion, refused: null }, now);
}

export function planEnvironment(event: EnvironmentEvent, known: Known, now: Instant): Plan {
  const { repository, environment, sha, state, since, deployment } = event;
  const isSame = (each: Desk['environments'][number]) =>
    each.repository === repository && each.environment === environment && each.sha === sha;
  const before = known.desk.environments.find(isSame);
  if (before !== undefined && before.since > since) return { ignored: 'stale' };
  const others = known.desk.environments.filter((each) => !isSame(each));
  const told = { repository, environment, sha, state, since, deployment };
  const draft = { ...known, desk: { ...known.desk, environments: [...others, told].slice(-MOST) } };
  const failing = [...known.promotions.values()].flatMap((each) => failedBy(each, event, now) ?? []);
  const noted = failing.reduce(withPromotion, draft);
  const arrived = [...noted.promotions.values()].flatMap((each) => arrivedBy(each, event) ?? []);
  const linked = arrived.reduce((known, { promotion }) => withPromotion(known, promotion), noted);
  const planned = concludePromotions(linked, known.promotions.keys(), now);
  return { ...planned, effects: [...planned.effects, ...arrived.map(({ owed }) => owed)] };
}

/** What was merged last has failed where it went, and the rule says that it is to be taken back. */
function failedBy(promotion: Promotion, event: EnvironmentEvent, now: Instant): Promotion | undefined {
  const last = promotion.merged.at(-1);
  const isIt =
    last?.onFailure === 'revert' &&
    event.state === 'failure' &&
    event.environment === promotion.environment &&
    last.draft.candidate?.source?.sha === event.sha &&
    last.draft.candidate.source.repository === event.repository &&
    agrees(last.draft.to, promotion.present);
  return isIt && promotion.failed === null ? { ...promotion, failed: { number: last.number, at: now } } : undefined;
}

export function planPromotionDue(target: string, known: Known, now: Instant): Planned {
  const promotion = known.promotions.get(target);
  if (promotion === undefined) return { known, effects: [], wakeAt: undefined };
  const { refused, lookAt } = promotion;
  const retried = refused !== null && retryAt(refused) <= now ? { ...promotion, refused: null } : promotion;
  if (retried.pull === null || (lookAt !== null && lookAt > now)) {
    return concludePromotions(withPromotion(known, { ...retried }), [target], now);
  }
  return planLook([retried], known, now);
}

/** Webhooks get lost: every open promotion is looked at anew, and the base with them. */
export function planPromotionSweep(known: Known, now: Instant): Planned {
  return planLook([...known.promotions.values()], known, now);
}

function planLook(promotions: readonly Promotion[], known: Known, now: Instant): Planned {
  const open = promotions.filter(({ pull }) => pull !== null);
  if (open.length === 0) return { known, effects: [], wakeAt: undefined };
  const draft = open.reduce(
    (known, each) =>
      withPromotion(known, {
        ...each,
        refused: null,
        gating: { at: now, notBefore: now, must: true },
        lookAt: later(now, HOUR),
      }),
    known,
  );
  return concludePromotions(
    { ...draft, desk: reading(draft.desk, now, now) },
    open.map(({ key }) => key),
    now,
  );
}

type Taught = Extract<
  Learned,
  { kind: 'base' | 'source' | 'proposed' | 'promotion-written' | 'check-written' | 'gates' | 'merged' | 'unmerged' }
>;

export function planLearned(learned: Taught, known: Known, now: Instant): Planned {
  if (learned.kind === 'base') return planBase(learned.base, known, now);
  if (learned.kind === 'proposed') return planProposed(learned, known, now);
  const promotion = known.promotions.get(learned.target);
  if (promotion === undefined) return { known, effects: [], wakeAt: undefined };
  switch (learned.kind) {
    case 'source': {
      const { sha, present, order, onDefaultBranch } = learned.facts;
      const next = { ...withCompared(promotion, { sha, present, order, onDefaultBranch }), asked: null };
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
        const pull = promotion.pull && { ...promotion.pull, armed: true };
        return concludePromotions(withPromotion(free, { ...promotion, pull }), known.promotions.keys(), now);
      }
      const head = promotion.pull?.number === number ? promotion.pull.head : undefined;
      const merged = mergedAs(promotion, number, head, now, false) ?? promotion;
      return after(promotion, merged, known, now, sha);
    }
    case 'unmerged':
      return planUnmerged(promotion, learned, known, now);
  }
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
  const { labels = [], updatedAt = null } = same ?? {};
  return {
    ...promotion,
    writes,
    pull: { number, head, body, labels, updatedAt, writtenAt: now, armed: false, moved: false },
    gating: null,
    refused: same?.head === head ? promotion.refused : null,
    refusals: same?.head === head ? promotion.refusals : 0,
    lookAt: later(now, HOUR),
  };
}

function planGates(
  promotion: Promotion,
  gates: Extract<Learned, { kind: 'gates' }>['gates'],
  known: Known,
  now: Instant,
): Planned {
  const { pull, gating } = promotion;
  const { number, at, head } = gates;
  if (gates.merged) return after(promotion, mergedAs(promotion, number, head, now, true) ?? promotion, known, now);
  if (!gates.open) return after(promotion, closedAs(promotion, number, head, at, false) ?? promotion, known, now);
  if (pull?.number !== number) return after(promotion, promotion, known, now);
  const isAnswer = gating === null || at >= gating.at;
  const { checks, approvals, labels } = gates;
  const isMoved = head !== pull.head && at >= pull.writtenAt;
  const next = {
    ...promotion,
    gates: { at, heardAt: now, head, checks, approvals },
    gating: isAnswer ? null : gating,
    pull: { ...pull, labels: [...labels], moved: pull.moved || isMoved },
  };
  const { base } = known.desk;
  const texts = kept(gates);
  const isOther = base !== null && (texts.rules !== base.rules || texts.organisation !== base.organisation);
  // By other rules than those that were read last nothing is merged before they are.
  const desk = isOther ? { ...reading(known.desk, now, now, true), base: { ...base, ...texts } } : known.desk;
  return after(promotion, next, { ...known, desk }, now);
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

/** The base as it is: which targets there are, what they pin, and whether people have changed that. */
function planBase(base: Base, known: Known, now: Instant): Planned {
  const { desk } = known;
  const { branch, sha, tree, at } = base;
  // It may have been asked for before a merge of which it therefore says nothing.
  if (at < desk.since || at < (desk.base?.at ?? 0)) return concludePromotions(known, [], now);
  const isAnswer = desk.reading === null || at >= desk.reading.at;
  // Who answers may not know yet of what was merged a moment ago: the commit tells, or a second look some time later.
  const settledAt = later(desk.since, SETTLED);
  const isSame = desk.base?.sha === sha && at < settledAt;
  const due = desk.waiting.filter(({ notBefore }) => notBefore <= now);
  const waiting = desk.waiting.filter((each) => !due.includes(each));
  const read: Desk = {
    ...desk,
    base: { branch, sha, tree, at, ...kept(base) },
    reading: isAnswer ? null : desk.reading,
    waiting,
  };
  const next =
    waiting.length === 0 ? read : reading(read, now, Instant.parse(Math.min(...waiting.map((each) => each.notBefore))));
  const draft = { ...known, desk: next };
  const candidates = due.map(({ candidate }) => candidate);
  const found = withTargets(base, candidates, isSame, desk.base?.sha, draft, now);
  const isDoubtful = isSame && [...found.promotions.values()].some(isOtherwise);
  const again =
    isDoubtful && found.desk.reading === null ? { at: settledAt, notBefore: settledAt } : found.desk.reading;
  const asked = { ...found, desk: { ...found.desk, reading: again } };
  return concludePromotions(asked, asked.promotions.keys(), now);
}

function withTargets(
  base: Base,
  candidates: readonly Candidate[],
  isSame: boolean,
  from: Base['sha'] | undefined,
  known: Known,
  now: Instant,
): Known {
  const rules = rulesIn(kept(base));
  const images = new Set([...known.promotions.values()].map(({ image }) => image));
  for (const { image } of candidates) if (![...images].some((each) => sameImage(each, image))) images.add(image);
  let next = known;
  for (const image of images) {
    const targets = targetsFor(image, base, rules);
    const news = candidates.filter((each) => sameImage(each.image, image));
    for (const gone of next.promotions.values()) {
      if (gone.image !== image || targets.some(({ environment }) => environment === gone.environment)) continue;
      next = withPromotion(next, { ...gone, files: [], unreadable: null, candidates: [], draft: null });
    }
    for (const target of targets) {
      const own = news.filter(({ environment }) => environment === undefined || environment === target.environment);
      const key = JSON.stringify([target.environment, image]);
      const before = next.promotions.get(key);
      if (before === undefined && own.length === 0) continue;
      const promotion = before ?? newcomer(key, target.environment, image, next);
      next = withPromotion(next, seen(promotion, target, own, { isSame, from, to: base.sha }, next, now));
    }
  }
  return next;
}

function seen(
  promotion: Promotion,
  { files, unreadable, present }: ReturnType<typeof targetsFor>[number],
  own: readonly Candidate[],
  { isSame, from, to }: { isSame: boolean; from: Base['sha'] | undefined; to: Base['sha'] },
  known: Known,
  now: Instant,
): Promotion {
  const isNew = promotion.files.length === 0;
  const isChanged = unreadable === null && !samePin(present, promotion.present) && !(isSame && !isNew);
  const isMoved = isChanged && !isNew && from !== undefined;
  const candidates = own.reduce(withCandidate, promotion.candidates);
  const hold = isMoved ? heldBy({ ...promotion, candidates }, present, from, to) : promotion.hold;
  const source = isChanged || promotion.source === null ? sourceOf(promotion, present, own, known) : promotion.source;
  return {
    ...promotion,
    files,
    unreadable,
    present: isChanged ? present : promotion.present,
    source,
    candidates,
    hold,
    actedAt: own.length > 0 ? now : promotion.actedAt,
  };
}

function sourceOf(promotion: Promotion, present: Promotion['present'], own: readonly Candidate[], { tags }: Known) {
  const told = [...own, ...promotion.candidates, ...promotion.merged.flatMap(({ draft }) => draft.candidate ?? [])];
  const candidate = told.find((each) => each.source !== undefined && agrees(each, present));
  const references = [present.digest && `@${present.digest}`, present.tag && `:${present.tag}`];
  const tag = references.flatMap((reference) =>
    tags.filter((each) => each.reference === reference && sameImage(each.image, promotion.image)),
  )[0];
  return shaIn(present.tag) ?? candidate?.source?.sha ?? tag?.sha ?? null;
}

function newcomer(key: string, environment: string, image: string, known: Known): Promotion {
  return {
    key,
    environment,
    image,
    branch: branchFor({ key, environment, image }, known.promotions),
    files: [],
    unreadable: null,
    present: {},
    source: null,
    candidates: [],
    compared: [],
    asked: null,
    actedAt: Instant.parse(0),
    draft: null,
    writes: [],
    pull: null,
    closed: [],
    check: null,
    shown: null,
    gates: null,
    gating: null,
    refused: null,
    refusals: 0,
    merged: [],
    rejected: [],
    hold: null,
    onFailure: 'none',
    failed: null,
    subscribed: [],
    decision: null,
    lookAt: null,
    dueAt: null,
  };
}

function withPromotion(known: Known, promotion: Promotion): Known {
  return { ...known, promotions: new Map(known.promotions).set(promotion.key, promotion) };
}
