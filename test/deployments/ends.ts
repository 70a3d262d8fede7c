/** What a slot shows on GitHub once nothing more is said: what the order properties compare. */
import type { Rollout } from '../../schemas/known.ts';
import type { State } from '../../schemas/status.ts';
import { isNewer } from '../../src/deployments/rollout.ts';
import type { SlotHistory } from './history.ts';

/** A rollout that has a deployment on GitHub, and that one's newest status. */
export type Shown = {
  readonly rollout: Rollout;
  readonly status: { readonly state: State; readonly logUrl?: string | undefined } | undefined;
};

/**
 * Of what was not made inactive, the newest; a failure that its applications have left behind is none of it: where a
 * deletion takes away what came after, nobody need have heard of it.
 */
export function newest(slot: SlotHistory, shown: readonly Shown[]): unknown {
  const found = shown
    .filter(({ rollout }) => rollout.slot === slot.key)
    .filter(({ status, rollout }) => status?.state !== 'inactive' && rollout.end !== 'left')
    .reduce<Shown | undefined>(
      (one, other) => (one === undefined || isNewer(other.rollout, one.rollout) ? other : one),
      undefined,
    );
  return found && { sha: found.rollout.sha, state: found.status?.state, logUrl: found.status?.logUrl };
}

/** What nothing will change any more, though it ought to: unfinished, or successful though nothing runs there. */
export function unended(slot: SlotHistory, shown: readonly Shown[]): readonly string[] {
  if (slot.end === 'untold') return [];
  const ended = ['failure', 'error', 'inactive', ...(slot.end === 'gone' ? [] : ['success'])];
  return shown.flatMap(({ rollout, status }) =>
    rollout.slot !== slot.key || ended.includes(status?.state ?? '') ? [] : [String(status?.state)],
  );
}
