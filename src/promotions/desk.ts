/** What all promotions of a repository have in common: candidates that wait, and the next look at the base. */
import type { Candidate } from '../../schemas/candidate.ts';
import type { Known } from '../../schemas/known.ts';
import type { Desk, Promotion } from '../../schemas/promotion.ts';
import { sameImage } from '../words/image.ts';
import { Instant, later } from '../words/instant.ts';
import { meantBy } from './targets.ts';

/** Candidates that come so soon after one that was acted on are gathered. */
const GATHER = 30_000;
/** Of each list on the desk; the oldest go. */
export const MOST = 100;

/** They wait for a look at the base, which waits where all of their targets have just been acted on. */
export function awaited(candidates: readonly Candidate[], known: Known, now: Instant): Known {
  const waiting = candidates.map((candidate) => {
    const targets = targetsOf(candidate, known);
    const ends = targets.map(({ actedAt }) => later(actedAt, GATHER));
    const first = Math.min(...ends);
    return { candidate, notBefore: targets.length === 0 || first <= now ? now : Instant.parse(first) };
  });
  const desk = { ...known.desk, waiting: [...known.desk.waiting, ...waiting].slice(-MOST) };
  return { ...known, desk: reading(desk, now, Instant.parse(Math.min(...waiting.map((each) => each.notBefore)))) };
}

function targetsOf(candidate: Candidate, { promotions }: Known): readonly Promotion[] {
  return meantBy(
    candidate,
    [...promotions.values()].filter(({ image }) => sameImage(image, candidate.image)),
  );
}

/** The base is read once for all that want it; what is asked for already does, unless it has to be newer. */
export function reading(desk: Desk, now: Instant, notBefore: Instant, isStale = false): Desk {
  const asked = desk.reading;
  if (asked === null || isStale) return { ...desk, reading: { at: now, notBefore, stale: isStale } };
  // `at` is never later than it is asked: what is heard after it would be taken for older.
  return notBefore < asked.notBefore ? { ...desk, reading: { ...asked, at: now, notBefore } } : desk;
}

export function withPromotion(known: Known, promotion: Promotion): Known {
  return { ...known, promotions: new Map(known.promotions).set(promotion.key, promotion) };
}
