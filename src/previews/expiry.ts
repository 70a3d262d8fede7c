/** Decides when a preview that nobody touches is warned about, and when it is stale. */
import type { Config } from '../../schemas/config.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import { graceOf } from './trust.ts';

/** Undefined: it is not there, or is to be kept. */
export function staleAt({ stage, pull, touchedAt }: Preview, { previews }: Config): Instant | undefined {
  if (stage.kind !== 'live' || pull.labels.includes(previews.keepLabel)) return undefined;
  return later(touchedAt, previews.staleAfter);
}

export function isStale(preview: Preview, config: Config, now: Instant): boolean {
  const at = staleAt(preview, config);
  return at !== undefined && at <= now;
}

/** With the day on which it ends still ahead, but near. */
export function isWarned(preview: Preview, { previews, ...config }: Config, now: Instant): boolean {
  const at = staleAt(preview, { previews, ...config });
  return at !== undefined && later(at, -previews.warnBefore) <= now;
}

/** When time alone will change something about it. */
export function dueAt(preview: Preview, { config, rollouts }: Known, now: Instant): Instant | null {
  const stale = staleAt(preview, config);
  const waiting = [...rollouts.values()].flatMap(({ pr, end, state, awaitedSince }) =>
    pr === preview.number && end === null && state === 'queued' && awaitedSince !== null
      ? [later(awaitedSince, config.deployments.deadline)]
      : [],
  );
  const moments = [stale, stale && later(stale, -config.previews.warnBefore), ...waiting];
  // The grace of a delivery that came late may be over already, and then it is due at once: a label stays on till then.
  return earliest(graceOf(preview), ...moments.filter((moment) => moment !== undefined && moment > now)) ?? null;
}
