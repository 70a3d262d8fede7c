/** How a preview stands, from what GitHub ought to show of its rollouts: one word for all of them. */
import type { Rollout } from '../../schemas/known.ts';
import type { State } from '../../schemas/status.ts';

/** `rollouts`: the preview's open ones. */
export function progressOf(rollouts: readonly Rollout[]): 'ready' | 'failed' | 'on its way' {
  const states = rollouts.flatMap(({ wanted }): State[] => (wanted === null ? [] : [wanted.state]));
  if (states.includes('error') || states.includes('failure')) return 'failed';
  return states.length > 0 && states.every((state) => state === 'success') ? 'ready' : 'on its way';
}
