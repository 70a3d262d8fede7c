/**
 * Derives what GitHub and other ledgers are owed for promotions. It follows from what is known alone, so that what is
 * heard twice, late or in another order comes out the same.
 */
import type { Effect, Owed, Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Draft, Promotion } from '../../schemas/promotion.ts';
import type { Gates, Rule } from '../../schemas/promotion-rules.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import { ownerOf } from '../words/repository.ts';
import type { Decision } from './decide.ts';
import { asCheck } from './explain.ts';
import { type Rules, rulesIn } from './rules.ts';
import { answeredBy, settle } from './settle.ts';
import { withoutUpdaters } from './supersede.ts';
import { bodyOf, titleOf } from './text.ts';

const HOUR = 3_600_000;
/** Several checks end, or several people act, within moments: one look sees them all. */
const GATHER = 3_000;
/** What a check said before its promotion was known here went by unheard. */
const UNHEARD = 60_000;
/** Gates are asked right before the merge: what is older opens nothing. */
const FRESH = 60_000;
const MOST = 10;

export function concludePromotions(draft: Known, keys: Iterable<string>, now: Instant): Planned {
  const rules = draft.desk.base === null ? undefined : rulesIn(draft.desk.base);
  let known = draft;
  const effects: Owed[] = [];
  for (const key of rules === undefined ? [] : keys) {
    const promotion = known.promotions.get(key);
    if (promotion === undefined || rules === undefined) continue;
    const concluded = new Concluding(promotion, known, rules, now).end();
    known = concluded.known;
    effects.push(...concluded.effects);
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

/** One target's turn: each step sees what the one before has decided. */
class Concluding {
  #promotion: Promotion;
  #known: Known;
  readonly #rules: Rules;
  readonly #now: Instant;
  readonly #effects: Owed[] = [];
  readonly #decision: Decision | undefined;

  constructor(promotion: Promotion, known: Known, rules: Rules, now: Instant) {
    const settled = settle(promotion, known, rules, now);
    this.#promotion = settled.promotion;
    this.#known = known;
    this.#rules = rules;
    this.#now = now;
    this.#decision = settled.decision;
    const { question } = settled;
    if (question?.candidate.source !== undefined) {
      const { sha, present } = question;
      const { repository } = question.candidate.source;
      this.#owe('source', { kind: 'read-source', target: promotion.key, repository, sha, present });
    } else {
      this.#proceed();
    }
  }

  end(): { readonly known: Known; readonly effects: readonly Owed[] } {
    const promotion = { ...this.#promotion, dueAt: this.#dueAt() ?? null };
    const promotions = new Map(this.#known.promotions).set(promotion.key, promotion);
    return { known: { ...this.#known, promotions }, effects: this.#effects };
  }

  #proceed(): void {
    const { key, draft } = this.#promotion;
    const decision = this.#decision;
    this.#owe('source', undefined);
    const said = decision && { action: decision.action, words: draft?.refused?.words ?? decision.words };
    // What the base has already is no longer asked about: its rule was noted before.
    const onFailure = draft === null ? this.#promotion.onFailure : (this.#rule()?.onFailure ?? 'none');
    this.#promotion = { ...this.#promotion, decision: said ?? null, onFailure };
    const isWritten = this.#write();
    const mayMerge = isWritten && this.#mayMerge();
    this.#gate(isWritten);
    this.#check(isWritten, mayMerge);
    const { merging } = this.#known.desk;
    if (mayMerge) this.#merge();
    else if (merging?.target === key) {
      this.#known = { ...this.#known, desk: { ...this.#known.desk, merging: null } };
      this.#owe('merge', undefined);
    }
    this.#subscribe();
  }

  #isOn(): boolean {
    return !this.#rules.ok || this.#rules.value.enabled;
  }

  /** Whether the pull request stands as it ought to. */
  #write(): boolean {
    const { key, draft, pull, branch, closed } = this.#promotion;
    const { base } = this.#known.desk;
    if (pull !== null && closed.includes(pull.number)) return false;
    if (!this.#isOn()) return this.#unwritten();
    if (draft?.refused !== null && draft !== null) return this.#unwritten();
    if (draft === null || draft.files.length === 0) {
      this.#closeOnceSeen(this.#decision?.words ?? 'There is nothing to promote any more.');
      return this.#unwritten();
    }
    const { writes: owed } = this.#promotion;
    const written = owed.findLast(({ head }) => head !== null && head === pull?.head);
    if (pull !== null && !pull.moved && written !== undefined && isSame(written.draft, draft))
      return !this.#unwritten();
    if (pull?.armed === true) {
      this.#close('A newer image takes its place, and this pull request would have been merged by itself.');
      return this.#unwritten();
    }
    if (base === null) return false;
    // What is under way already is not begun anew for another wording.
    const underWay = owed.findLast((each) => each.head === null && isSame(each.draft, draft));
    const body = underWay?.body ?? bodyOf(draft, this.#promotion, this.#decision ?? NOTHING);
    const title = titleOf(draft, this.#promotion);
    const { labels, reviewers } = this.#rules.ok ? this.#rules.value.pr : { labels: [], reviewers: [] };
    const { files, ...rest } = draft;
    const writes = this.#promotion.writes.filter((each) => each.body !== body || each.head !== null);
    this.#promotion = {
      ...this.#promotion,
      writes: [...writes, { body, draft: rest, number: null, head: null }].slice(-MOST),
    };
    this.#owe('promotion', {
      kind: 'write-promotion',
      target: key,
      branch,
      base: { branch: base.branch, sha: base.sha, tree: base.tree },
      files,
      message: title,
      title,
      body,
      labels,
      reviewers,
      number: pull?.number ?? null,
      head: pull?.head ?? null,
    });
    return false;
  }

  #unwritten(): false {
    this.#owe('promotion', undefined);
    return false;
  }

  /** The base may have it because the pull request was merged a moment ago: it is looked at before it is closed. */
  #closeOnceSeen(comment: string): void {
    const { pull, gates, gating } = this.#promotion;
    if (pull === null) return;
    if (gates !== null && gates.at > (this.#known.desk.base?.at ?? 0)) this.#close(comment);
    else {
      const soon = { at: this.#now, notBefore: later(this.#now, GATHER), must: true };
      this.#promotion = { ...this.#promotion, gating: gating?.must === true ? gating : soon };
    }
  }

  #close(comment: string): void {
    const { pull, closed, branch } = this.#promotion;
    if (pull === null) return;
    const { number } = pull;
    this.#promotion = { ...this.#promotion, closed: [...closed, number].slice(-MOST) };
    const effect = { kind: 'close-pull', number, comment, deleteBranch: branch } as const;
    this.#effects.push({ lane: `close ${number}`, class: 3, effect });
  }

  /** Whether the gates are known as they are right now, and nothing stands against the merge. */
  #mayMerge(): boolean {
    const { pull, gates, gating, refused } = this.#promotion;
    const isFresh = gates !== null && gates.head === pull?.head && later(gates.heardAt, FRESH) > this.#now;
    return isFresh && gating === null && refused === null && isFree(pull) && isReady(this.#decision);
  }

  /** Asks for the gates where nothing that is known stands against a merge but them. */
  #gate(isWritten: boolean): void {
    const { key, pull, gates, refused, closed } = this.#promotion;
    let { gating } = this.#promotion;
    const isClosing = pull !== null && closed.includes(pull.number);
    const isGated = gates !== null && gates.head === pull?.head;
    const mayAsk = isWritten && this.#isAskable() && isFree(pull);
    if (pull === null) gating = null;
    else if (gating === null && (isClosing || (mayAsk && refused === null))) {
      const now = this.#now;
      const isStale = isGated && isReady(this.#decision) && later(gates.heardAt, FRESH) <= now;
      if (isClosing) gating = { at: now, notBefore: later(now, UNHEARD), must: true };
      else if (!isGated)
        gating = { at: now, notBefore: isReady(this.#decision) ? now : later(now, UNHEARD), must: false };
      else if (isStale) gating = { at: now, notBefore: now, must: false };
    }
    this.#promotion = { ...this.#promotion, gating };
    if (pull === null || gating === null || !(gating.must || mayAsk)) {
      this.#owe('gates', undefined);
      return;
    }
    const asked = this.#gates();
    this.#owe(
      'gates',
      {
        kind: 'read-gates',
        target: key,
        number: pull.number,
        checks: asked.some(({ require }) => require.checks.length > 0),
        approvals: asked.some(({ require }) => require.approvals > 0 || require.teams.length > 0),
        teams: [...new Set(asked.flatMap(({ require }) => require.teams))],
        at: gating.at,
      },
      gating.notBefore,
    );
  }

  #check(isWritten: boolean, mayMerge: boolean): void {
    const { key, pull, check, draft, refused, closed, gating } = this.#promotion;
    const decision = this.#decision;
    // A head that is about to be replaced is not worth a word; what can't be replaced is.
    const stands = isWritten || draft?.refused != null || !this.#isOn();
    if (pull === null || decision === undefined || !stands || closed.includes(pull.number)) {
      this.#owe('check', undefined);
      return;
    }
    // The gates are about to be known: they are waited for, so that the check is not written twice.
    if (isReady(decision) && gating !== null && refused === null) return;
    const conclusion = draft?.refused != null || !this.#rules.ok ? 'failure' : conclusionOf(decision, mayMerge);
    const refusedWords = draft?.refused != null ? inWords(draft.refused) : refused?.words;
    const { rule, answers, action, dueAt } = decision;
    const mark = JSON.stringify([
      pull.head,
      conclusion,
      action,
      rule,
      dueAt,
      refusedWords,
      answers.map(({ what, pass }) => [what, pass]),
    ]);
    if (this.#promotion.shown?.mark !== mark) {
      const { title, summary } = asCheck(decision);
      const words = refusedWords === undefined ? [] : [`**${refusedWords}**`];
      const text = { title: refusedWords ?? title, summary: [...words, summary].join('\n\n') };
      this.#promotion = { ...this.#promotion, shown: { mark, conclusion, ...text } };
    }
    const { shown } = this.#promotion;
    if (shown === null) return;
    const { title, summary } = shown;
    const id = check?.head === pull.head ? check.id : null;
    const owed = {
      kind: 'write-check',
      target: key,
      id,
      head: pull.head,
      conclusion: shown.conclusion,
      title,
      summary,
    } as const;
    const isDone = id !== null && check?.summary === summary;
    this.#effects.push({ lane: `check ${key}`, class: 3, effect: owed, ...(isDone ? { done: true } : {}) });
  }

  /** A check that GitHub may require has to show it before. One merge of the base at a time. */
  #merge(): void {
    const { key, pull, check, shown, branch } = this.#promotion;
    const { desk } = this.#known;
    if (pull === null || check?.head !== pull.head || check.summary !== shown?.summary || !this.#rules.ok) return;
    const { merging } = desk;
    const isMine = merging?.target === key && merging.head === pull.head;
    if (merging !== null && !isMine && later(merging.at, 10 * FRESH) > this.#now) return;
    const { method, via, deleteBranch } = this.#rules.value.merge;
    const isTimed = this.#gates().some(
      ({ window, limits, require }) =>
        window !== undefined ||
        limits.perDay !== undefined ||
        limits.minInterval !== undefined ||
        require.after !== undefined,
    );
    const { number, head } = pull;
    if (!isMine) {
      this.#known = { ...this.#known, desk: { ...desk, merging: { target: key, number, head, at: this.#now } } };
    }
    this.#owe('merge', {
      kind: 'merge-promotion',
      target: key,
      number,
      head,
      method,
      via: isTimed ? 'direct' : via,
      deleteBranch: deleteBranch ? branch : null,
    });
  }

  #subscribe(): void {
    const { environment, draft, subscribed, onFailure } = this.#promotion;
    const source = draft?.candidate?.source;
    const { repository } = this.#known;
    if (source === undefined || ownerOf(source.repository) !== ownerOf(repository)) return;
    const after = this.#gates().flatMap(({ require }) => require.after?.environment ?? []);
    const wanted = [...new Set([...after, ...(onFailure === 'revert' ? [environment] : [])])];
    for (const of of wanted) {
      const id = ['subscribe', repository, of, source.sha].join(' ');
      if (subscribed.includes(id)) continue;
      this.#promotion = { ...this.#promotion, subscribed: [...this.#promotion.subscribed, id].slice(-MOST) };
      const event = { kind: 'subscribe', id, by: repository, environment: of, sha: source.sha } as const;
      this.#effects.push({
        lane: `tell ${source.repository} ${of} ${source.sha}`,
        class: 3,
        effect: { kind: 'tell', to: source.repository, event },
      });
    }
  }

  /** Whether a merge could follow from what the gates say: nothing else stands against it. */
  #isAskable(): boolean {
    if (this.#rule()?.action !== 'auto' || this.#decision === undefined) return false;
    return this.#decision.answers.every(({ what, pass }) => pass === 'yes' || GATED.test(what));
  }

  #rule(): Rule | undefined {
    const number = this.#decision?.rule;
    return this.#rules.ok && number !== undefined ? this.#rules.value.rules[number - 1] : undefined;
  }

  #gates(): readonly Gates[] {
    const rule = this.#rule();
    return [...(rule === undefined ? [] : [rule]), ...(this.#rules.ok ? this.#rules.value.enforced : [])];
  }

  #owe(lane: string, effect: Effect | undefined, notBefore?: Instant): void {
    const urgency = lane === 'merge' ? 2 : 3;
    this.#effects.push({
      lane: `${lane} ${this.#promotion.key}`,
      class: urgency,
      effect,
      ...(notBefore === undefined ? {} : { notBefore }),
    });
  }

  #dueAt(): Instant | undefined {
    const { pull, lookAt, refused, gates, key } = this.#promotion;
    const { merging } = this.#known.desk;
    const moments = [
      this.#decision?.dueAt,
      answeredBy(this.#promotion),
      pull === null ? undefined : (lookAt ?? later(this.#now, HOUR)),
      refused === null ? undefined : retryAt(refused),
      merging?.target === key && gates !== null ? later(gates.heardAt, FRESH) : undefined,
    ];
    return earliest(...moments.filter((each) => each === undefined || each > this.#now));
  }
}

/** What is read from the pull request. */
const GATED = /^(?:check .*|approvals|team .*)$/;

const NOTHING: Decision = { action: 'manual', rule: undefined, words: '', rules: [], answers: [], dueAt: undefined };

/** What GitHub has refused may be allowed by something that nobody tells of: it is tried again, ever more rarely. */
export function retryAt({ at, count }: NonNullable<Promotion['refused']>): Instant {
  return later(at, Math.min(HOUR, 60_000 * 2 ** count));
}

export function stirred(promotion: Promotion, now: Instant): Promotion {
  return promotion.pull === null
    ? promotion
    : { ...promotion, gating: { at: now, notBefore: later(now, GATHER), must: promotion.gating?.must === true } };
}

/** Whether the branch would come out the same: another wording alone is no reason to move a head that people may have approved. */
function isSame(one: Omit<Draft, 'files'>, other: Omit<Draft, 'files'>): boolean {
  const said = ({ pin, from, to, base, reverts }: Omit<Draft, 'files'>) =>
    JSON.stringify([pin, from, to, base, reverts]);
  return said(one) === said(other);
}

/** GitHub does not merge it by itself. */
function isFree(pull: Promotion['pull']): boolean {
  return pull !== null && !pull.armed;
}

function isReady(decision: Decision | undefined): boolean {
  return decision?.action === 'auto' && decision.answers.every(({ pass }) => pass === 'yes');
}

function conclusionOf(decision: Decision, mayMerge: boolean): 'success' | 'neutral' | null {
  if (decision.action !== 'auto') return 'neutral';
  return mayMerge || isReady(decision) ? 'success' : null;
}

function inWords({ path, line, words }: { path: string; line: number; words: string }): string {
  return `${path}:${line}: ${words}`;
}
