/** Draws from all that is known of a target what is to be proposed, what the rules say of it, and what has to be asked first. */
import type { Candidate } from '../../schemas/candidate.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { type Instant, later } from '../words/instant.ts';
import { ownerOf } from '../words/repository.ts';
import { type Decision, isReady } from './decide.ts';
import { drafted } from './draft.ts';
import { comparison, newestOf, type Question } from './newest.ts';
import { withName } from './people.ts';
import type { Rules } from './rules.ts';
import { stepOf } from './step.ts';
import { agrees } from './targets.ts';
import { rejectionOf, weigh } from './weigh.ts';

/** What isn't answered by then is decided about as what nobody knows, until the answer comes. */
const ANSWERED = 60_000;
/** A commit that was on the default branch may have been taken off it since: before a merge that is asked again. */
const HOLDS = 10 * 60_000;
const MOST_COMPARED = 40;

export type Settled = {
  readonly promotion: Promotion;
  /** Undefined: nothing is proposed. */
  readonly decision: Decision | undefined;
  readonly question: Question | undefined;
};

export function settle(named: Promotion, known: Known, rules: Rules, now: Instant): Settled {
  const promotion = withoutOld(withName(named, known), known, rules, now);
  const { base } = known.desk;
  const reverted = promotion.merged.find(({ number }) => number === promotion.failed?.number);
  const actionFor = (each: Candidate) => weigh(each, promotion, known, rules, now).action;
  const after = promotion.failed?.at ?? 0;
  const offered = promotion.candidates.filter((each) => each.firstSeen > after && actionFor(each) !== 'ignore');
  const { newest, questions } = newestOf(offered, promotion, (each) => actionFor(each) === 'auto');
  const question = questions.find(isOurs(known)) ?? (newest && questionAbout(newest, promotion, known));
  const asked = asking(promotion, question, now);
  if (base === null || isWaiting(asked, now)) return { promotion: asked, decision: undefined, question };

  if (newest !== undefined) {
    const decision = weigh(newest, promotion, known, rules, now);
    const { source } = newest;
    const fact = source && comparison(promotion.compared, source, promotion.source);
    if (fact !== undefined && isReady(decision) && later(fact.at, HOLDS) <= now) {
      return settle({ ...promotion, compared: promotion.compared.filter((each) => each !== fact) }, known, rules, now);
    }
    const draft = drafted({ pin: pinned(newest), candidate: newest, reverts: null }, promotion, base);
    return { promotion: { ...asked, draft }, decision, question };
  }
  if (reverted !== undefined && agrees(reverted.draft.to, promotion.present)) {
    const draft = drafted({ pin: reverted.draft.from, candidate: null, reverts: reverted.number }, promotion, base);
    return { promotion: { ...asked, draft }, decision: REVERT, question };
  }
  const [last] = promotion.candidates.slice(-1);
  return {
    promotion: { ...asked, draft: null },
    decision: last && weigh(last, promotion, known, rules, now),
    question,
  };
}

const REVERT: Decision = {
  action: 'manual',
  rule: undefined,
  words: 'A person decides. It takes back what has failed.',
  rules: [],
  answers: [],
  dueAt: undefined,
};

function pinned({ tag, digest }: Candidate) {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** What the base has, or is past, will never be proposed again; nor what another candidate is newer than. */
function withoutOld(promotion: Promotion, known: Known, rules: Rules, now: Instant): Promotion {
  const isOver = (candidate: Candidate) => {
    const { environment, image, present } = promotion;
    const order =
      (candidate.source && comparison(promotion.compared, candidate.source, promotion.source)?.order) ?? 'unknown';
    const { kind } = stepOf({
      candidate: { ...candidate, environment, image },
      present,
      facts: {
        order,
        fork: false,
        preview: false,
        checks: {},
        approvals: [],
        labels: [],
        environments: {},
        merged: [],
      },
    });
    const isOld = kind === 'same' || kind === 'older' || isPinned(candidate, promotion);
    return isOld || rejectionOf(candidate, promotion) !== undefined;
  };
  const fresh = promotion.candidates.filter((each) => !isOver(each));
  const actionFor = (each: Candidate) => weigh(each, promotion, known, rules, now).action;
  const offered = fresh.filter((each) => actionFor(each) !== 'ignore');
  const { outdone } = newestOf(offered, promotion, (each) => actionFor(each) === 'auto');
  const candidates = fresh.filter((each) => !outdone.includes(each));
  return candidates.length === promotion.candidates.length ? promotion : { ...promotion, candidates };
}

/** The very build that was merged last, by another tag: the file may pin the tag alone. */
function isPinned({ digest }: Candidate, { merged, present }: Promotion): boolean {
  const last = merged.at(-1)?.draft;
  return digest !== undefined && last?.candidate?.digest === digest && agrees(last.to, present);
}

function isOurs({ repository }: Known) {
  return ({ candidate: { source } }: Question) =>
    source !== undefined && ownerOf(source.repository) === ownerOf(repository);
}

function questionAbout(candidate: Candidate, promotion: Promotion, known: Known): Question | undefined {
  if (candidate.source === undefined) return undefined;
  const { sha } = candidate.source;
  const question = { candidate, sha, present: promotion.source };
  return isOurs(known)(question) && comparison(promotion.compared, candidate.source, promotion.source) === undefined
    ? question
    : undefined;
}

function asking(promotion: Promotion, question: Question | undefined, now: Instant): Promotion {
  const source = question?.candidate.source;
  if (question === undefined || source === undefined) return { ...promotion, asked: null };
  const { sha, present } = question;
  const { repository } = source;
  const { asked } = promotion;
  const isAsked = asked?.repository === repository && asked.sha === sha && asked.present === present;
  return isAsked ? promotion : { ...promotion, asked: { repository, sha, present, at: now } };
}

/** The question stays asked after that. */
function isWaiting({ asked }: Promotion, now: Instant): boolean {
  return asked !== null && later(asked.at, ANSWERED) > now;
}

export function answeredBy({ asked }: Promotion): Instant | undefined {
  return asked === null ? undefined : later(asked.at, ANSWERED);
}

export function withCompared(promotion: Promotion, fact: Promotion['compared'][number]): Promotion {
  const others = promotion.compared.filter(
    ({ repository, sha, present }) => repository !== fact.repository || sha !== fact.sha || present !== fact.present,
  );
  return { ...promotion, compared: [...others, fact].slice(-MOST_COMPARED) };
}
