/** Makes the pull request stand as it ought to: opened, built anew, or closed. */
import type { Draft } from '../../../schemas/promotion.ts';
import { later } from '../../words/instant.ts';
import type { Decision } from '../decide.ts';
import { bodyOf, titleOf } from '../text.ts';
import { isLeft, isOn, MOST, owing, type Turn, withPart } from './turn.ts';

/** Several words of one thing come within moments. */
export const GATHER = 3_000;
const NOTHING: Decision = { action: 'manual', rule: undefined, words: '', rules: [], answers: [], dueAt: undefined };

/** Whether it stands already, and the turn. */
export function write(turn: Turn): { readonly isWritten: boolean; readonly turn: Turn } {
  const { draft, pull, closed, writes, gating } = turn.promotion;
  if (pull !== null && closed.includes(pull.number)) return { isWritten: false, turn };
  if (!isOn(turn) || (draft !== null && draft.refused !== null)) return { isWritten: false, turn: unwritten(turn) };
  if (draft === null || draft.files.length === 0) {
    const comment = turn.decision?.words ?? 'There is nothing to promote any more.';
    return { isWritten: false, turn: unwritten(closedOnceSeen(turn, comment)) };
  }
  const written = writes.findLast(({ head }) => head !== null && head === pull?.head);
  const stands = pull !== null && !pull.moved && written !== undefined && isSame(written.draft, draft);
  if (stands) return { isWritten: true, turn: unwritten(turn) };
  // What has become of it is being asked: it may be closed or merged by now.
  const isAsked = pull !== null && gating?.must === true;
  if (isAsked || isLeft(turn.promotion)) return { isWritten: false, turn: unwritten(turn) };
  return { isWritten: false, turn: writing(turn, draft) };
}

function unwritten(turn: Turn): Turn {
  return owing(turn, 'promotion', undefined);
}

function writing(turn: Turn, draft: Draft): Turn {
  const { promotion, rules, decision, desk } = turn;
  const { base } = desk;
  if (base === null) return turn;
  const { key, branch, pull, writes } = promotion;
  // What is under way already is not begun anew for another wording.
  const underWay = writes.findLast((each) => each.head === null && isSame(each.draft, draft));
  const body = underWay?.body ?? bodyOf(draft, promotion, decision ?? NOTHING);
  const title = titleOf(draft, promotion);
  const { labels, reviewers } = rules.ok ? rules.value.pr : { labels: [], reviewers: [] };
  const { files, ...rest } = draft;
  const others = writes.filter((each) => each.body !== body || each.head !== null);
  const noted = withPart(turn, { writes: [...others, { body, draft: rest, number: null, head: null }].slice(-MOST) });
  return owing(noted, 'promotion', {
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
}

/** The base may have it because the pull request was merged a moment ago: it is looked at before it is closed. */
function closedOnceSeen(turn: Turn, comment: string): Turn {
  const { pull, gates, gating } = turn.promotion;
  if (pull === null) return turn;
  if (gates !== null && gates.at > (turn.desk.base?.at ?? 0)) return closing(turn, comment);
  const soon = { at: turn.now, notBefore: later(turn.now, GATHER), must: true };
  return withPart(turn, { gating: gating?.must === true ? gating : soon });
}

function closing(turn: Turn, comment: string): Turn {
  const { pull, closed, branch } = turn.promotion;
  if (pull === null) return turn;
  const { number } = pull;
  const effect = { kind: 'close-pull', number, comment, deleteBranch: branch } as const;
  const effects = [...turn.effects, { lane: `close ${number}`, class: 3, effect } as const];
  return withPart({ ...turn, effects }, { closed: [...closed, number].slice(-MOST) });
}

/** Whether the branch would come out the same: another wording alone is no reason to move a head that people may have approved. */
function isSame(one: Omit<Draft, 'files'>, other: Omit<Draft, 'files'>): boolean {
  const said = ({ pin, from, to, base, reverts }: Omit<Draft, 'files'>) =>
    JSON.stringify([pin, from, to, base, reverts]);
  return said(one) === said(other);
}
