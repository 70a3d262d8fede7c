/** Merges what the rules allow, at the head that they were asked about; and takes back what they no longer do. */
import { later } from '../../words/instant.ts';
import { askedOf, FRESH, isFree, isReady, owing, type Turn } from './turn.ts';

export function merge(turn: Turn, isWritten: boolean): Turn {
  if (isWritten && mayMerge(turn)) return merging(turn);
  if (turn.desk.merging?.target !== turn.promotion.key) return turn;
  return owing({ ...turn, desk: { ...turn.desk, merging: null } }, 'merge', undefined);
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
  if (desk.merging !== null && !isMine && later(desk.merging.at, 10 * FRESH) > now) return turn;
  const { method, via, deleteBranch } = rules.value.merge;
  const begun = isMine ? turn : { ...turn, desk: { ...desk, merging: { target: key, number, head, at: now } } };
  return owing(begun, 'merge', {
    kind: 'merge-promotion',
    target: key,
    number,
    head,
    method,
    via: isTimed(turn) ? 'direct' : via,
    deleteBranch: deleteBranch ? branch : null,
  });
}

/** GitHub, left alone with it, would know nothing of the time. */
function isTimed(turn: Turn): boolean {
  return askedOf(turn).some(
    ({ window, limits, require }) =>
      window !== undefined ||
      limits.perDay !== undefined ||
      limits.minInterval !== undefined ||
      require.after !== undefined,
  );
}
