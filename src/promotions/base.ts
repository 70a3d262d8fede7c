/** What a look at the base teaches: which targets there are, what they pin, and whether people have changed that. */
import type { Base } from '../../schemas/answers.ts';
import type { Candidate } from '../../schemas/candidate.ts';
import type { Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Desk, Promotion } from '../../schemas/promotion.ts';
import { sameImage } from '../words/image.ts';
import { Instant, later } from '../words/instant.ts';
import { shaIn } from '../words/sha.ts';
import { branchFor } from './branch.ts';
import { concludePromotions } from './conclude.ts';
import { reading, withPromotion } from './desk.ts';
import { withCandidate } from './newest.ts';
import { heldBy } from './people.ts';
import { kept, rulesIn } from './rules.ts';
import { agrees, isOtherwise, meantBy, samePin, targetsFor } from './targets.ts';

/** By then whoever is asked knows of a merge. */
const SETTLED = 60_000;

export function planBase(base: Base, known: Known, now: Instant): Planned {
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
    isDoubtful && found.desk.reading === null
      ? { at: settledAt, notBefore: settledAt, stale: true }
      : found.desk.reading;
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
      if (!rules.ok) {
        // Which files the rules name can't be told: what is known stays, and nothing is written, until it can.
        const [problem] = rules.failure.problems;
        const words = 'The rules cannot be read, and so not which files they name.';
        const unreadable = { path: rules.failure.file, line: problem.line, words };
        next = withPromotion(next, { ...gone, unreadable });
        continue;
      }
      next = withPromotion(next, { ...gone, files: [], unreadable: null, candidates: [], draft: null });
    }
    for (const target of targets) {
      const own = news.filter((candidate) => meantBy(candidate, targets).includes(target));
      const key = JSON.stringify([target.environment, image]);
      const before = next.promotions.get(key);
      if (before === undefined && own.length === 0) continue;
      const promotion = before ?? newcomer(key, target.environment, image, next);
      const look = { isSame, from: before === undefined ? undefined : from, to: base.sha };
      next = withPromotion(next, seen(promotion, target, own, look, next, now));
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
  const wasThere = promotion.files.length > 0;
  const isChanged = unreadable === null && !samePin(present, promotion.present) && !(isSame && wasThere);
  const candidates = own.reduce(withCandidate, promotion.candidates);
  // A pin that was taken out is compared with what it was when it comes back.
  const isMoved = isChanged && from !== undefined;
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
    // What has failed is not what stands there any more.
    failed: isChanged ? null : promotion.failed,
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
    swept: [],
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
