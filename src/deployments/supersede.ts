/** Decides how a rollout ends that its applications have left, or that a newer one of its slot has overtaken. */
import type { Rollout, Slot } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { Status } from '../../schemas/status.ts';
import { isUnfinished } from './combine.ts';
import { isNewer } from './rollout.ts';

/** `inhabited`: whether an application is in it; `head`: what its slot follows. Undefined: it goes on. */
export function endOf(
  rollout: Rollout,
  inhabited: boolean,
  slot: Slot,
  head: Preview['head'],
): Rollout['end'] | undefined {
  const failed = rollout.state === 'failure' || rollout.state === 'error';
  const overtaken = slot.opened !== null && isNewer(slot.opened, rollout);
  // A preview has one head: whatever is older is gone at once, but for a failure that was left by moving on.
  const gone = slot.pr !== null && (overtaken || (head?.kind === 'open' && head.sha !== rollout.sha));
  if (gone && (inhabited || !failed)) return 'inactive';
  if (inhabited || (rollout.awaitedSince !== null && !gone)) return undefined;
  if (isUnfinished(rollout.state)) return 'inactive';
  if (failed) return 'left';
  return slot.succeeded !== null && isNewer(slot.succeeded, rollout) ? 'inactive' : undefined;
}

/** GitHub shows it as gone; the page of the application that decided last is still the place to read why. */
export function inactive(rollout: Rollout, description: string): Status {
  const logUrl = rollout.wanted?.logUrl;
  return { state: 'inactive', description, ...(logUrl === undefined ? {} : { logUrl }) };
}
