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
  return all.length <= MOST ? all.sort(bySight) : withoutEarliest(all.sort(bySight));
}

/** Builds of branches must not push a release out that waits. */
function withoutEarliest(candidates: readonly Candidate[]): Candidate[] {
  const highest = candidates
    .filter(({ tag }) => parse(tag) !== null)
    .sort((one, other) => byVersion(other, one) ?? 0)[0];
  const [earliest] = candidates.filter((each) => each !== highest);
  return candidates.filter((each) => each !== earliest);
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

/**
 * What none of the others is newer than; of several such, what the rules would merge, and of those the one that was seen
 * last. One after the other is held against the newest so far, so that few have to be compared.
 */
export function newestOf(
  candidates: readonly Candidate[],
  { compared }: Pick<Promotion, 'compared'>,
  isAuto: (candidate: Candidate) => boolean = () => false,
): Choice {
  const questions: Question[] = [];
  const ranked = candidates
    .map((candidate) => ({ candidate, auto: isAuto(candidate) }))
    .sort((one, other) => Number(other.auto) - Number(one.auto) || byRank(one.candidate, other.candidate))
    .map(({ candidate }) => candidate);
  const isOlder = (one: Candidate, other: Candidate): boolean => {
    if (isOneBuild(one, other)) return ranked.indexOf(one) > ranked.indexOf(other);
    const versions = byVersion(one, other);
    if (versions !== undefined) return versions < 0;
    if (one.source === undefined || one.source.repository !== other.source?.repository) return false;
    const [sha, present] = [other.source.sha, one.source.sha];
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
  let [newest] = ranked;
  // Versions and ancestry may contradict each other in a circle: then each has been the newest once.
  const before = new Set<Candidate>();
  for (let next = newest; next !== undefined && !before.has(next); ) {
    newest = next;
    before.add(newest);
    const best: Candidate = newest;
    next = ranked.find((other) => other !== best && isOlder(best, other));
  }
  const best = newest;
  const outdone = best === undefined ? [] : candidates.filter((each) => each !== best && isOlder(each, best));
  return { newest, outdone, questions };
}

/** Which of two is shown where neither is newer. */
function byRank(one: Candidate, other: Candidate): number {
  const worth = ({ tag, source }: Candidate) => Number(parse(tag) !== null) * 2 + Number(source !== undefined);
  return worth(other) - worth(one) || bySight(other, one);
}

/** Of one commit, of one version, or the very same: nothing but time, or what is known of it, tells them apart. */
function isOneBuild(one: Candidate, other: Candidate): boolean {
  if (one.digest !== undefined && one.digest === other.digest) return true;
  const [here, there] = [one.source, other.source];
  if (here === undefined || there === undefined) return isOneVersion(one, other);
  const isOneCommit = here.repository === there.repository && here.sha === there.sha;
  return isOneCommit && byVersion(one, other) === undefined;
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
