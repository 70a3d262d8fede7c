/** Chooses the newest candidate of a target: by semantic version or by ancestry, and never by what arrived last. */
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import type { Candidate, Pin } from '../../schemas/candidate.ts';
import type { Compared, Promotion } from '../../schemas/promotion.ts';
import type { Instant } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import { agrees } from './targets.ts';

/** Per target; the oldest go. */
const MOST = 20;

export type Question = { readonly candidate: Candidate; readonly sha: Sha; readonly present: Sha | null };
export type Choice = {
  readonly newest: Candidate | undefined;
  /** What another one is newer than. */
  readonly outdone: readonly Candidate[];
  readonly questions: readonly Question[];
};

/**
 * What several tell of one image is one candidate: the one that tells most of it. A tag alone may mean any of several builds:
 * it joins the last of them, and takes none of the others' place.
 */
export function withCandidate(candidates: readonly Candidate[], candidate: Candidate): Candidate[] {
  const joined = candidates.findLast((each) => isSame(each, candidate));
  const [best = candidate] = [...(joined === undefined ? [] : [joined]), candidate].sort(byWorth);
  const said = candidates.filter((each) => each === joined || isSaidBy(best, each));
  const all = [...candidates.filter((each) => !said.includes(each)), { ...best, firstSeen: firstOf(best, said) }];
  return all.sort(bySight).slice(-MOST);
}

/** A tag is moved from build to build: one that was seen before its digest makes that no older. */
function firstOf(best: Candidate, said: readonly Candidate[]): Instant {
  const same = said.filter(({ digest }) => best.digest === undefined || digest === best.digest);
  return same.reduce((first, { firstSeen }) => (firstSeen < first ? firstSeen : first), best.firstSeen);
}

function isSaidBy(one: Candidate, { tag, digest, source }: Candidate): boolean {
  return (
    (tag === undefined || tag === one.tag) &&
    (digest === undefined || digest === one.digest) &&
    (source === undefined || source.sha === one.source?.sha)
  );
}

function bySight(one: Candidate, other: Candidate): number {
  return one.firstSeen - other.firstSeen || (idOf(one) < idOf(other) ? -1 : 1);
}

function isSame(one: Candidate, other: Candidate): boolean {
  return agrees(one, other) && (one.tag === other.tag || one.tag === undefined || other.tag === undefined);
}

function idOf({ tag, digest }: { readonly tag?: string | undefined; readonly digest?: string | undefined }) {
  return JSON.stringify([tag ?? '', digest ?? '']);
}

function byWorth(one: Candidate, other: Candidate): number {
  const worth = ({ source, digest, tag }: Candidate) =>
    (source === undefined ? 0 : 4) + (digest === undefined ? 0 : 2) + (tag === undefined ? 0 : 1);
  return worth(other) - worth(one) || one.firstSeen - other.firstSeen || (one.origin < other.origin ? -1 : 1);
}

/** What none of the others is newer than; of several such, the one that was seen last. */
export function newestOf(candidates: readonly Candidate[], { compared }: Pick<Promotion, 'compared'>): Choice {
  const questions: Question[] = [];
  const isOlder = (one: Candidate, other: Candidate): boolean => {
    const versions = byVersion(one, other);
    if (versions !== undefined) return versions < 0;
    if (one.source === undefined || one.source.repository !== other.source?.repository) {
      return isOneVersion(one, other) && bySight(one, other) < 0;
    }
    const [sha, present] = [other.source.sha, one.source.sha];
    // Of two builds of one commit nothing but time tells which was meant to take the other's place.
    if (sha === present) return bySight(one, other) < 0;
    const forth = comparison(compared, other.source, present);
    const back = comparison(compared, one.source, sha);
    // One of the two ways is enough, and of the two it is always the same one.
    if (forth === undefined && back === undefined) {
      questions.push(
        sha < present ? { candidate: other, sha, present } : { candidate: one, sha: present, present: sha },
      );
    }
    return forth?.order === 'ahead' || back?.order === 'behind';
  };
  const older = candidates.filter((one) => candidates.some((other) => other !== one && isOlder(one, other)));
  // Versions and ancestry may contradict each other in a circle: then nothing is older.
  const outdone = older.length === candidates.length ? [] : older;
  const newest = candidates.filter((one) => !outdone.includes(one)).sort(byRank)[0];
  return { newest, outdone, questions };
}

function byRank(one: Candidate, other: Candidate): number {
  const version = ({ tag }: Candidate) => Number(parse(tag) !== null);
  return version(other) - version(one) || other.firstSeen - one.firstSeen || (idOf(one) > idOf(other) ? -1 : 1);
}

function isOneVersion(one: Pin, other: Pin): boolean {
  const [first, second] = [parse(one.tag), parse(other.tag)];
  return first !== null && second !== null && compare(first, second) === 0;
}

/** Undefined: the tags don't tell. */
export function byVersion(one: Pin, other: Pin): number | undefined {
  const [first, second] = [parse(one.tag), parse(other.tag)];
  const order = first === null || second === null ? 0 : compare(first, second);
  return order === 0 ? undefined : order;
}

export function comparison(
  compared: readonly Compared[],
  { repository, sha }: NonNullable<Candidate['source']>,
  present: Sha | null,
): Compared | undefined {
  return compared.find((each) => each.repository === repository && each.sha === sha && each.present === present);
}
