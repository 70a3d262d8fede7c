/** Merges what the rules allow, at the head that they were asked about; and takes back what they no longer do. */
import { later } from '../../words/instant.ts';
import { isReady } from '../decide.ts';
import { askedOf, FRESH, isFree, isOn, LONGEST_MERGE, owing, type Turn } from './turn.ts';

export function merge(turn: Turn, isWritten: boolean): Turn {
  const { pull, closed } = turn.promotion;
  if (pull?.armed === true && !closed.includes(pull.number)) return armed(turn, pull.number, isWritten);
  if (isWritten && mayMerge(turn)) return merging(turn);
  // What is owed already waits with its own patience, while the gates are looked at once more.
  return isWritten && isUnderWay(turn) ? turn : unmerged(turn);
}

function isUnderWay({ promotion, desk, decision }: Turn): boolean {
  const { key, pull, refused } = promotion;
  const isMine = desk.merging?.target === key && desk.merging.head === pull?.head;
  return isMine && desk.reading?.stale !== true && refused === null && isReady(decision);
}

/** Before all is known that decides, nothing is merged; and what is held already is taken back from GitHub. */
export function withheld(turn: Turn): Turn {
  const { pull, key } = turn.promotion;
  const isHeld = turn.rules.ok && pull?.labels.includes(turn.rules.value.pr.hold) === true;
  if (pull?.armed !== true || !(isHeld || !isOn(turn))) return unmerged(turn);
  return owing(turn, 'merge', { kind: 'disarm-promotion', target: key, number: pull.number });
}

function unmerged(turn: Turn): Turn {
  if (turn.desk.merging?.target !== turn.promotion.key) return turn;
  return owing({ ...turn, desk: { ...turn.desk, merging: null } }, 'merge', undefined);
}

/** What GitHub would merge by itself is taken back where that is no longer what the rules say. */
function armed(turn: Turn, number: number, isWritten: boolean): Turn {
  const stands = isWritten && isReady(turn.decision) && viaOf(turn) !== 'direct';
  const { key } = turn.promotion;
  return owing(turn, 'merge', stands ? undefined : { kind: 'disarm-promotion', target: key, number });
}

/** Whether the base and the gates are known as they are right now, and nothing stands against the merge. */
function mayMerge({ promotion, desk, decision, now }: Turn): boolean {
  const { pull, gates, gating, refused } = promotion;
  if (desk.reading?.stale === true) return false;
  const isFresh = gates !== null && gates.head === pull?.head && later(gates.heardAt, FRESH) > now;
  return isFresh && gating === null && refused === null && isFree(pull) && isReady(decision);
}

/** A check that GitHub may require has to show it before. One merge of the base at a time. */
function merging(turn: Turn): Turn {
  const { promotion, desk, rules, now } = turn;
  const { key, pull, check, shown, branch } = promotion;
  if (pull === null || check?.head !== pull.head || check.summary !== shown?.summary || !rules.ok) return turn;
  const { number, head } = pull;
  const isMine = desk.merging?.target === key && desk.merging.head === head;
  if (desk.merging !== null && !isMine && later(desk.merging.at, LONGEST_MERGE) > now) return turn;
  const { method, deleteBranch } = rules.value.merge;
  const begun = isMine ? turn : { ...turn, desk: { ...desk, merging: { target: key, number, head, at: now } } };
  return owing(begun, 'merge', {
    kind: 'merge-promotion',
    target: key,
    number,
    head,
    method,
    via: viaOf(turn),
    deleteBranch: deleteBranch ? branch : null,
  });
}

function viaOf(turn: Turn): 'direct' | 'auto' | 'queue' {
  // GitHub, left alone with it, would know nothing of the time.
  const isTimed = askedOf(turn).some(
    ({ window, limits, require }) =>
      window !== undefined ||
      limits.perDay !== undefined ||
      limits.minInterval !== undefined ||
      require.after !== undefined,
  );
  return turn.rules.ok && !isTimed ? turn.rules.value.merge.via : 'direct';
}
