/** What a rule requires before a merge: each question with its answer. */
import type { Gates } from '../../schemas/promotion-rules.ts';
import type { Proposal } from '../../schemas/proposal.ts';
import { inWords } from '../words/duration.ts';
import { inCode } from '../words/in-code.ts';
import { type Instant, inMinutes, later } from '../words/instant.ts';
import { short } from '../words/sha.ts';
import { wallClock } from '../words/zone.ts';
import { type Finding, no, notYet, yes } from './answer.ts';
import { freezeAt, isAllowedAt, nextDay, nextOpening } from './opening.ts';

export function gatesOf({ require, window, limits }: Gates, proposal: Proposal, now: Instant): readonly Finding[] {
  return [
    ...(require.onDefaultBranch === true ? [defaultBranch(proposal)] : []),
    ...require.checks.map((check) => checked(check, proposal)),
    ...(require.approvals > 0 ? [approved(require.approvals, proposal)] : []),
    ...require.teams.map((team) => approvedBy(team, proposal)),
    ...(require.minAge === undefined ? [] : [aged(require.minAge, proposal, now)]),
    ...(require.after === undefined ? [] : [succeeded(require.after, proposal, now)]),
    ...(limits.perDay === undefined ? [] : [daily(limits.perDay, window?.timezone ?? 'UTC', proposal, now)]),
    ...(limits.minInterval === undefined ? [] : [spaced(limits.minInterval, proposal, now)]),
    ...(window === undefined ? [] : opened(window, now)),
  ];
}

function defaultBranch({ candidate: { source }, facts }: Proposal): Finding {
  const what = 'default branch';
  if (source === undefined) return no(what, 'It does not say which commit it was built from.');
  const commit = `commit ${inCode(short(source.sha))}`;
  const branch = `on the default branch of ${inCode(source.repository)}`;
  if (facts.onDefaultBranch === undefined) return no(what, `Whether its ${commit} is ${branch} cannot be told.`);
  return facts.onDefaultBranch ? yes(what, `Its ${commit} is ${branch}.`) : no(what, `Its ${commit} is not ${branch}.`);
}

function checked(check: string, { facts }: Proposal): Finding {
  const what = `check ${check}`;
  const conclusion = Object.hasOwn(facts.checks, check) ? facts.checks[check] : undefined;
  switch (conclusion) {
    case 'success':
    case 'neutral':
    case 'skipped':
      return yes(what, `The check ${inCode(check)} has passed.`);
    case 'pending':
      return notYet(what, `The check ${inCode(check)} is running.`);
    case undefined:
      return notYet(what, `The check ${inCode(check)} has not reported yet.`);
    default:
      return no(what, `The check ${inCode(check)} has ended with ${inCode(conclusion)}.`);
  }
}

function approved(wanted: number, { facts }: Proposal): Finding {
  const have = new Set(facts.approvals.map(({ login }) => login)).size;
  const words = `${have} of ${wanted} ${wanted === 1 ? 'approval' : 'approvals'} of the present commit.`;
  return have >= wanted ? yes('approvals', `It has ${words}`) : notYet('approvals', `It has only ${words}`);
}

function approvedBy(team: string, { facts }: Proposal): Finding {
  const what = `team ${team}`;
  const member = facts.approvals.find(({ teams }) => teams.some((each) => each.toLowerCase() === team.toLowerCase()));
  if (member === undefined) return notYet(what, `Nobody of ${inCode(team)} has approved the present commit.`);
  return yes(what, `${inCode(member.login)} of ${inCode(team)} has approved the present commit.`);
}

function aged(minimum: number, { candidate: { firstSeen } }: Proposal, now: Instant): Finding {
  const what = 'age';
  if (firstSeen === undefined) return no(what, `It must be ${inWords(minimum)} old, and its age is not known.`);
  const at = later(firstSeen, minimum);
  if (at <= now) return yes(what, `It is older than ${inWords(minimum)}.`);
  return notYet(what, `It must be ${inWords(minimum)} old, which it is at ${inMinutes(at)}.`, at);
}

function succeeded(
  { environment, state, soak }: NonNullable<Gates['require']['after']>,
  { candidate: { source }, facts }: Proposal,
  now: Instant,
): Finding {
  const what = `after ${environment}`;
  const there = Object.hasOwn(facts.environments, environment) ? facts.environments[environment] : undefined;
  const name = inCode(environment);
  if (source === undefined) return no(what, `It must have succeeded in ${name}, and its commit is not known.`);
  if (there === undefined) return notYet(what, `Nothing is known of ${name}.`);
  if (there.sha !== source.sha) {
    return notYet(what, `${name} has ${inCode(short(there.sha))} and not ${inCode(short(source.sha))}.`);
  }
  if (there.state === 'failure' || there.state === 'error') return no(what, `It has failed in ${name}.`);
  if (there.state !== state) return notYet(what, `It is ${inCode(there.state)} in ${name}.`);
  const at = later(there.since, soak);
  const since = `It has been a success in ${name} since ${inMinutes(there.since)}`;
  if (at <= now) return yes(what, `${since}${soak === 0 ? '' : `, for more than ${inWords(soak)}`}.`);
  return notYet(what, `${since}, and ${inWords(soak)} of that are asked for: until ${inMinutes(at)}.`, at);
}

function daily(most: number, timezone: string, { facts }: Proposal, now: Instant): Finding {
  const day = (at: Instant) => wallClock(at, timezone).slice(0, 10);
  const count = facts.merged.filter((at) => day(at) === day(now)).length;
  const words = `${count} of at most ${most} a day have been merged today.`;
  return count < most ? yes('a day', words) : notYet('a day', words, nextDay(timezone, now));
}

function spaced(interval: number, { facts }: Proposal, now: Instant): Finding {
  const what = 'interval';
  const last = facts.merged.reduce<Instant | undefined>(
    (latest, at) => (latest === undefined || at > latest ? at : latest),
    undefined,
  );
  if (last === undefined) return yes(what, 'None has been merged before.');
  const at = later(last, interval);
  const words = `The last one was merged at ${inMinutes(last)}, and ${inWords(interval)} must lie between two.`;
  return at <= now ? yes(what, words) : notYet(what, words, at);
}

function opened(window: NonNullable<Gates['window']>, now: Instant): readonly Finding[] {
  const { timezone, allow } = window;
  const clock = `${wallClock(now, timezone).replace('T', ' ')} in ${inCode(timezone)}`;
  const opening = nextOpening(window, now);
  const until = opening === undefined ? 'and that never ends' : `until ${inMinutes(opening)}`;
  const close = (what: string, words: string) =>
    opening === undefined ? no(what, words) : notYet(what, words, opening);
  const freeze = freezeAt(window, now);
  const reason = freeze === undefined || freeze.reason === '' ? '' : ` (${inCode(freeze.reason)})`;
  return [
    ...(allow === undefined
      ? []
      : [
          isAllowedAt(window, now)
            ? yes('window', `The window is open: it is ${clock}.`)
            : close('window', `The window is closed: it is ${clock}; ${until}.`),
        ]),
    ...(window.freeze.length === 0
      ? []
      : [
          freeze === undefined
            ? yes('freeze', `There is no freeze: it is ${clock}.`)
            : close('freeze', `There is a freeze${reason}: it is ${clock}; ${until}.`),
        ]),
  ];
}
