/** Asks for what the rules want to know of the pull request, where nothing that is known stands against a merge but that. */
import type { Effect } from '../../../schemas/effect.ts';
import { type Instant, later } from '../../words/instant.ts';
import { isReady } from '../decide.ts';
import { askedOf, FRESH, isFree, owing, ruleOf, type Turn, withPart } from './turn.ts';

/** What a check said before its promotion was known here went by unheard. */
const UNHEARD = 60_000;
/** What is read from the pull request. */
const GATED = /^(?:check .*|approvals|team .*)$/;

export function gate(turn: Turn, isWritten: boolean): Turn {
  const { key, pull } = turn.promotion;
  const mayAsk = isWritten && isAskable(turn);
  const gating = pull === null ? null : (turn.promotion.gating ?? wanted(turn, mayAsk && isFree(pull)));
  const next = withPart(turn, { gating });
  if (pull === null || gating === null || !(gating.must || mayAsk)) return owing(next, 'gates', undefined);
  const asked = askedOf(next);
  const effect: Effect = {
    kind: 'read-gates',
    target: key,
    number: pull.number,
    checks: asked.some(({ require }) => require.checks.length > 0),
    approvals: asked.some(({ require }) => require.approvals > 0 || require.teams.length > 0),
    teams: [...new Set(asked.flatMap(({ require }) => require.teams))],
    queue: pull.armed,
    at: gating.at,
  };
  return owing(next, 'gates', effect, gating.notBefore);
}

function wanted({ promotion, decision, now }: Turn, mayAsk: boolean): Turn['promotion']['gating'] {
  const { pull, gates, refused, closed } = promotion;
  const asking = (notBefore: Instant, must: boolean) => ({ at: now, notBefore, must });
  if (pull !== null && closed.includes(pull.number)) return asking(later(now, UNHEARD), true);
  if (!mayAsk || refused !== null) return null;
  if (gates === null || gates.head !== pull?.head) {
    return asking(isReady(decision) ? now : later(now, UNHEARD), false);
  }
  return isReady(decision) && later(gates.heardAt, FRESH) <= now ? asking(now, false) : null;
}

/** Whether a merge could follow from what the gates say: nothing else stands against it. */
function isAskable(turn: Turn): boolean {
  if (ruleOf(turn)?.action !== 'auto' || turn.decision === undefined) return false;
  return turn.decision.answers.every(({ what, pass }) => pass === 'yes' || GATED.test(what));
}
