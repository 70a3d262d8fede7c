/** Shows on the head what the rules say of it: the check run `hawser/promotion`. */
import type { Owed } from '../../../schemas/effect.ts';
import { type Decision, isReady } from '../decide.ts';
import { asCheck } from '../explain.ts';
import { isLeft, isOn, owing, type Turn, withPart } from './turn.ts';

export function check(turn: Turn, isWritten: boolean): Turn {
  const { promotion, decision } = turn;
  const { pull, draft, refused, closed, gating } = promotion;
  // A head that is about to be replaced is not worth a word; what can't be replaced is.
  const stands = isWritten || draft?.refused != null || !isOn(turn) || isLeft(promotion);
  if (pull === null || decision === undefined || !stands || closed.includes(pull.number)) {
    return owing(turn, 'check', undefined);
  }
  // The gates are about to be known: they are waited for, so that the check is not written twice.
  if (isReady(decision) && gating !== null && refused === null) return turn;
  return shown(withWords(turn, decision, pull.head), pull.head);
}

function withWords(turn: Turn, decision: Decision, head: string): Turn {
  const { draft, refused, shown } = turn.promotion;
  const conclusion =
    draft?.refused != null || !turn.rules.ok || isLeft(turn.promotion) ? 'failure' : conclusionOf(decision);
  const against = draft?.refused != null ? inWords(draft.refused) : isLeft(turn.promotion) ? LEFT : refused?.words;
  const { rule, answers, action, dueAt } = decision;
  const matters = answers.map(({ what, pass }) => [what, pass]);
  const mark = JSON.stringify([head, conclusion, action, rule, dueAt, against, matters]);
  if (shown?.mark === mark) return turn;
  const { title, summary } = asCheck(decision);
  const words = against === undefined ? [] : [`**${against}**`];
  const text = { title: against ?? title, summary: [...words, summary].join('\n\n') };
  return withPart(turn, { shown: { mark, conclusion, ...text } });
}

function shown(turn: Turn, head: Exclude<Turn['promotion']['pull'], null>['head']): Turn {
  const { key, check, shown } = turn.promotion;
  if (shown === null) return turn;
  const { title, summary, conclusion } = shown;
  const id = check?.head === head ? check.id : null;
  const effect = { kind: 'write-check', target: key, id, head, conclusion, title, summary } as const;
  const isDone = id !== null && check?.summary === summary;
  const owed: Owed = { lane: `check ${key}`, class: 3, effect, ...(isDone ? { done: true } : {}) };
  return { ...turn, effects: [...turn.effects, owed] };
}

const LEFT = 'Somebody else keeps writing to this branch: it is left to people, until there is another image.';

function conclusionOf(decision: Decision): 'success' | 'neutral' | null {
  if (decision.action !== 'auto') return 'neutral';
  return isReady(decision) ? 'success' : null;
}

function inWords({ path, line, words }: { path: string; line: number; words: string }): string {
  return `${path}:${line}: ${words}`;
}
