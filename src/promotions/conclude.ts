/**
 * Derives what GitHub and other ledgers are owed for promotions. It follows from what is known alone, so that what is
 * heard twice, late or in another order comes out the same.
 */
import type { Effect, Owed, Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import { isReady } from './decide.ts';
import { withPromotion } from './desk.ts';
import type { Question } from './newest.ts';
import { type Rules, rulesIn } from './rules.ts';
import { answeredBy, settle } from './settle.ts';
import { withoutUpdaters } from './supersede.ts';
import { check } from './turn/check.ts';
import { gate } from './turn/gate.ts';
import { merge, withheld } from './turn/merge.ts';
import { subscribe } from './turn/subscribe.ts';
import { FRESH, LONGEST_MERGE, owing, ruleOf, type Turn, withPart } from './turn/turn.ts';
import { GATHER, write } from './turn/write.ts';

const HOUR = 3_600_000;

export function concludePromotions(draft: Known, keys: Iterable<string>, now: Instant): Planned {
  const rules = draft.desk.base === null ? undefined : rulesIn(draft.desk.base);
  let known = draft;
  const effects: Owed[] = [];
  const turns = new Set(rules === undefined ? [] : keys);
  for (const key of turns) {
    const promotion = known.promotions.get(key);
    if (promotion === undefined || rules === undefined) continue;
    const turn = turnOf(promotion, known, rules, now);
    known = withPromotion({ ...known, desk: turn.desk }, { ...turn.promotion, dueAt: dueAt(turn) ?? null });
    effects.push(...turn.effects);
    // The base is free for another: a set takes in what is added while it is gone through.
    const isFreed = draft.desk.merging !== null && known.desk.merging === null;
    for (const other of isFreed ? known.promotions.keys() : []) turns.add(other);
  }
  const closed = withoutUpdaters(known);
  const due = [...closed.known.promotions.values()].map(({ dueAt }) => dueAt ?? undefined);
  return {
    known: closed.known,
    effects: [...effects, ...closed.effects, ...owedForBase(known)],
    wakeAt: earliest(...due),
  };
}

function owedForBase({ desk }: Known): readonly Owed[] {
  const { reading } = desk;
  if (reading === null) return [];
  return [{ lane: 'base', class: 3, effect: { kind: 'read-base', at: reading.at }, notBefore: reading.notBefore }];
}

/** Each step sees what the one before has decided. */
function turnOf(before: Promotion, { repository, desk, ...rest }: Known, rules: Rules, now: Instant): Turn {
  const { promotion, decision, question } = settle(before, { repository, desk, ...rest }, rules, now);
  const turn: Turn = { repository, rules, now, decision, promotion, desk, effects: [] };
  const asked = owing(turn, 'source', question && questionTo(question, promotion.key));
  if (question !== undefined && decision === undefined) return withheld(asked);
  const written = write(decided(asked));
  const checked = check(gate(written.turn, written.isWritten), written.isWritten);
  return subscribe(merge(checked, written.isWritten));
}

function questionTo({ candidate: { source }, sha, present }: Question, target: string): Effect | undefined {
  return source && { kind: 'read-source', target, repository: source.repository, sha, present };
}

function decided(turn: Turn): Turn {
  const { decision, promotion } = turn;
  const { draft, onFailure } = promotion;
  return withPart(turn, {
    decision:
      decision === undefined ? null : { action: decision.action, words: draft?.refused?.words ?? decision.words },
    // What the base has already is no longer asked about: its rule was noted before.
    onFailure: draft === null ? onFailure : (ruleOf(turn)?.onFailure ?? 'none'),
  });
}

function dueAt({ promotion, desk, decision, now }: Turn): Instant | undefined {
  const { pull, lookAt, refused, gates, key } = promotion;
  const moments = [
    decision?.dueAt,
    answeredBy(promotion),
    pull === null ? undefined : (lookAt ?? later(now, HOUR)),
    refused === null ? undefined : retryAt(refused),
    desk.merging?.target === key && gates !== null ? later(gates.heardAt, paceOf(desk.merging.at, now)) : undefined,
    desk.merging !== null && desk.merging.target !== key && isReady(decision)
      ? later(desk.merging.at, LONGEST_MERGE)
      : undefined,
  ];
  return earliest(...moments.filter((each) => each === undefined || each > now));
}

/** A merge that GitHub does not take for long is looked at ever more rarely. */
function paceOf(since: Instant, now: Instant): number {
  return Math.min(HOUR, Math.max(FRESH, now - since));
}

/** What GitHub has refused may be allowed by something that nobody tells of: it is tried again, ever more rarely. */
export function retryAt({ at, count }: NonNullable<Promotion['refused']>): Instant {
  return later(at, Math.min(HOUR, 60_000 * 2 ** count));
}

/** Several checks end, or several people act, within moments: one look sees them all. */
export function stirred(promotion: Promotion, now: Instant): Promotion {
  return promotion.pull === null
    ? promotion
    : { ...promotion, gating: { at: now, notBefore: later(now, GATHER), must: promotion.gating?.must === true } };
}
