/** Puts together all that is known of a candidate, for the rules to be asked. */
import type { Candidate } from '../../schemas/candidate.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import type { Proposal } from '../../schemas/proposal.ts';
import type { Instant } from '../words/instant.ts';
import { ownerOf, type Repository } from '../words/repository.ts';
import { type Decision, decide } from './decide.ts';
import { comparison } from './newest.ts';
import type { Rules } from './rules.ts';
import { agrees } from './targets.ts';

/** How continuous integration commonly tags what it builds of a pull request. */
const PREVIEW = /^(?:pr|pull|preview)(?:[-_.]|\d|$)/i;

export function weigh(candidate: Candidate, promotion: Promotion, known: Known, rules: Rules, now: Instant): Decision {
  return decide(rules, proposalOf(candidate, promotion, known), now);
}

function proposalOf(candidate: Candidate, promotion: Promotion, known: Known): Proposal {
  const { environment, image, present, gates, pull } = promotion;
  const compared = candidate.source && comparison(promotion.compared, candidate.source, promotion.source);
  const rejected = rejectionOf(candidate, promotion);
  const isGated = gates !== null && gates.head === pull?.head;
  return {
    candidate: { ...candidate, environment, image },
    present,
    facts: {
      order: compared?.order ?? 'unknown',
      ...(compared === undefined || compared.onDefaultBranch === null
        ? {}
        : { onDefaultBranch: compared.onDefaultBranch }),
      fork: isFork(candidate, known.repository),
      preview: PREVIEW.test(candidate.tag ?? ''),
      checks: isGated ? gates.checks : {},
      approvals: isGated ? gates.approvals : [],
      labels: pull?.labels ?? [],
      environments: environmentsFor(candidate, known),
      merged: promotion.merged.map(({ at }) => at),
      ...(rejected === undefined ? {} : { rejectedIn: rejected.number }),
      ...(promotion.hold === null ? {} : { heldBy: promotion.hold.by ?? 'somebody' }),
      ...(pull?.stoppedBy == null ? {} : { stoppedBy: pull.stoppedBy }),
    },
  };
}

/** A person's word is about what was built, whatever tags it has: another build of its commit has another digest. */
export function rejectionOf(candidate: Candidate, { rejected }: Promotion): Promotion['rejected'][number] | undefined {
  const { source, digest } = candidate;
  return rejected.find(({ pin, candidate: other }) => {
    if (agrees(candidate, pin)) return true;
    const isTold = digest !== undefined && other?.digest !== undefined;
    const isOneCommit = source?.sha === other?.source?.sha && source?.repository === other?.source?.repository;
    return source !== undefined && isOneCommit && (!isTold || digest === other.digest);
  });
}

/** By the names that the contract gives: the deployment repository of `shop` is `shop-deployment`, of the same account. */
function isFork({ source }: Candidate, repository: Repository): boolean {
  if (source === undefined || ownerOf(source.repository) === ownerOf(repository)) return false;
  const nameOf = (each: Repository) => each.slice(ownerOf(each).length);
  return `${nameOf(source.repository)}-deployment` === nameOf(repository);
}

function environmentsFor({ source }: Candidate, { desk }: Known): Proposal['facts']['environments'] {
  const told = desk.environments.filter(({ repository }) => repository === source?.repository);
  const ordered = told.toSorted(
    (one, other) => Number(one.sha === source?.sha) - Number(other.sha === source?.sha) || one.since - other.since,
  );
  return Object.fromEntries(ordered.map(({ environment, sha, state, since }) => [environment, { sha, state, since }]));
}
