/** Which way a candidate leads from what is pinned now, and how far. */
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import type { Proposal } from '../../schemas/proposal.ts';

export type Step =
  | { readonly kind: 'first' | 'same' | 'older' }
  /** Without an increment it is none from one release to the next. */
  | { readonly kind: 'newer'; readonly by: 'version' | 'commit'; readonly increment: Increment | undefined }
  /** Neither semantic versions nor Git tell. `identical`: both were built from one commit; `contrary`: they contradict each other. */
  | { readonly kind: 'identical' | 'diverged' | 'unknown' | 'contrary' };
export type Increment = 'patch' | 'minor' | 'major';

/** Higher by semantic version, or built from a descendant. What arrived later is not newer for that. */
export function stepOf({ candidate, present, facts }: Proposal): Step {
  if (present.tag === undefined && present.digest === undefined) return { kind: 'first' };
  if (isSame(candidate, present)) return { kind: 'same' };
  const versions = compared(present.tag, candidate.tag);
  if (versions !== undefined) {
    return versions.kind === 'newer' && facts.order === 'behind' ? { kind: 'contrary' } : versions;
  }
  switch (facts.order) {
    case 'ahead':
      return { kind: 'newer', by: 'commit', increment: undefined };
    case 'behind':
      return { kind: 'older' };
    case 'identical':
    case 'diverged':
    case 'unknown':
      return { kind: facts.order };
  }
}

/** Undefined: it has none of the two, or only another build of one. */
function compared(from: string | undefined, to: string | undefined): Step | undefined {
  const [one, other] = [parse(from), parse(to)];
  if (one === null || other === null) return undefined;
  const order = compare(other, one);
  if (order === 0) return undefined;
  if (order < 0) return { kind: 'older' };
  // A candidate for a release is none yet: between the candidates of one release it goes from patch to patch.
  const isOneRelease = one.compareMain(other) === 0;
  if (other.prerelease.length > 0 && !isOneRelease) return { kind: 'newer', by: 'version', increment: undefined };
  if (one.major !== other.major) return { kind: 'newer', by: 'version', increment: 'major' };
  // Before 1.0 a minor step may break what it likes: https://semver.org/#spec-item-4
  if (one.minor !== other.minor)
    return { kind: 'newer', by: 'version', increment: one.major === 0 ? 'major' : 'minor' };
  return { kind: 'newer', by: 'version', increment: 'patch' };
}

/** A tag that was pushed again has another digest. */
function isSame(candidate: Proposal['candidate'], present: Proposal['present']): boolean {
  const both = (key: 'tag' | 'digest') => candidate[key] !== undefined && present[key] !== undefined;
  if (both('digest')) return candidate.digest === present.digest;
  return both('tag') && candidate.tag === present.tag;
}
