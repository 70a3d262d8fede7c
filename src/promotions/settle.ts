/** Draws from all that is known of a target what is to be proposed, what the rules say of it, and what has to be asked first. */
import type { Candidate } from '../../schemas/candidate.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { type Instant, later } from '../words/instant.ts';
import { ownerOf } from '../words/repository.ts';
import type { Decision } from './decide.ts';
import { drafted } from './draft.ts';
import { comparison, newestOf, type Question } from './newest.ts';
import { withName } from './people.ts';
import type { Rules } from './rules.ts';
import { stepOf } from './step.ts';
import { agrees } from './targets.ts';
import { weigh } from './weigh.ts';

/** Whoever can't be compared by then is taken for one that never can. */
const ANSWERED = 60_000;
const MOST_COMPARED = 40;

export type Settled = {
  readonly promotion: Promotion;
  /** Undefined: nothing is proposed. */
  readonly decision: Decision | undefined;
  readonly question: Question | undefined;
};

export function settle(named: Promotion, known: Known, rules: Rules, now: Instant): Settled {
  const promotion = withoutOld(unanswered(withName(named, known), now), known, rules, now);
  const { base } = known.desk;
  const reverted = promotion.merged.find(({ number }) => number === promotion.failed?.number);
  const fits = (each: Candidate) => weigh(each, promotion, known, rules, now).action !== 'ignore';
  const after = promotion.failed?.at ?? 0;
  const offered = promotion.candidates.filter((each) => each.firstSeen > after && fits(each));
  const { newest, questions } = newestOf(offered, promotion);
  const question = questions.find(isOurs(known)) ?? (newest && questionAbout(newest, promotion, known));
  const waits = question !== undefined;
  if (base === null || waits) return { promotion: asking(promotion, question, now), decision: undefined, question };

  if (newest !== undefined) {
    const decision = weigh(newest, promotion, known, rules, now);
    const draft = drafted({ pin: pinned(newest), candidate: newest, reverts: null }, promotion, base);
    return { promotion: { ...promotion, asked: null, draft }, decision, question: undefined };
  }
  if (reverted !== undefined && agrees(reverted.draft.to, promotion.present)) {
    const draft = drafted({ pin: reverted.draft.from, candidate: null, reverts: reverted.number }, promotion, base);
    return { promotion: { ...promotion, asked: null, draft }, decision: REVERT, question: undefined };
  }
  const [last] = promotion.candidates.slice(-1);
  return {
    promotion: { ...promotion, asked: null, draft: null },
    decision: last && weigh(last, promotion, known, rules, now),
    question: undefined,
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
      (candidate.source && comparison(promotion.compared, candidate.source.sha, promotion.source)?.order) ?? 'unknown';
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
    return kind === 'same' || kind === 'older' || promotion.rejected.some(({ pin }) => agrees(candidate, pin));
  };
  const fresh = promotion.candidates.filter((each) => !isOver(each));
  const offered = fresh.filter((each) => weigh(each, promotion, known, rules, now).action !== 'ignore');
  const { outdone } = newestOf(offered, promotion);
  const candidates = fresh.filter((each) => !outdone.includes(each));
  return candidates.length === promotion.candidates.length ? promotion : { ...promotion, candidates };
}

function isOurs({ repository }: Known) {
  return ({ candidate: { source } }: Question) =>
    source !== undefined && ownerOf(source.repository) === ownerOf(repository);
}

function questionAbout(candidate: Candidate, promotion: Promotion, known: Known): Question | undefined {
  if (candidate.source === undefined) return undefined;
  const { sha } = candidate.source;
  const question = { candidate, sha, present: promotion.source };
  return isOurs(known)(question) && comparison(promotion.compared, sha, promotion.source) === undefined
    ? question
    : undefined;
}

function asking(promotion: Promotion, question: Question | undefined, now: Instant): Promotion {
  if (question === undefined) return promotion;
  const { sha, present } = question;
  const isAsked = promotion.asked?.sha === sha && promotion.asked.present === present;
  return isAsked ? promotion : { ...promotion, asked: { sha, present, at: now } };
}

function unanswered(promotion: Promotion, now: Instant): Promotion {
  const { asked } = promotion;
  if (asked === null || later(asked.at, ANSWERED) > now) return promotion;
  const unknown = { sha: asked.sha, present: asked.present, order: 'unknown', onDefaultBranch: null } as const;
  return { ...withCompared(promotion, unknown), asked: null };
}

export function answeredBy({ asked }: Promotion): Instant | undefined {
  return asked === null ? undefined : later(asked.at, ANSWERED);
}

export function withCompared(promotion: Promotion, fact: Promotion['compared'][number]): Promotion {
  const others = promotion.compared.filter(({ sha, present }) => sha !== fact.sha || present !== fact.present);
  return { ...promotion, compared: [...others, fact].slice(-MOST_COMPARED) };
}
