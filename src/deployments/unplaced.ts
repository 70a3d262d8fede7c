/** Decides about a word of which nobody can tell yet what it deploys: it waits, unless it is a failure to be shown now. */
import type { Known, KnownApplication, Rollout, Standing } from '../../schemas/known.ts';
import type { Instant } from '../words/instant.ts';
import { membersOf, spoken, stand, withApplication, withRollout } from './application.ts';
import { describe, isUnfinished, statusOf } from './combine.ts';
import type { Operation } from './operation.ts';
import { isNewer } from './rollout.ts';
import { standingAfter } from './standing.ts';
import type { Learned, Word } from './word.ts';

export function unplaced({ event, operation, found, now }: Word, application: KnownApplication, draft: Known): Learned {
  const { generation } = event.app.metadata;
  const before = application.unplaced;
  if (before !== null && before.app.metadata.generation > generation) return { ignored: 'stale' };

  const waiting = { ...application, unplaced: event };
  if (found.kind === 'lookup') {
    const unresolved = { seen: found.tags.map(({ image, tag }) => `${image}:${tag}`), mend: ASKING };
    return { known: withApplication(draft, { ...waiting, unresolved }), lookups: found.tags };
  }
  const standing = standingAfter(null, event.app, operation, draft.config.deployments, now);
  if (standing.kind === 'failed') return { known: failed(waiting, operation, standing, draft, now), lookups: [] };
  const unresolved = found.kind === 'unknown' ? { seen: [...found.seen], mend: found.mend } : null;
  return { known: withApplication(draft, { ...waiting, unresolved, failure: null }), lookups: [] };
}

const ASKING = 'Git is being asked for the commit of these tags.';

/**
 * An operation failed before anybody could tell its commit. It is shown on the application's own rollout if that is
 * unfinished; else on the slot's newest unfinished one, without joining it; else in `/api` alone.
 */
function failed(
  application: KnownApplication,
  operation: Operation,
  standing: Extract<Standing, { kind: 'failed' }>,
  draft: Known,
  now: Instant,
): Known {
  const own = application.rollout === null ? undefined : draft.rollouts.get(application.rollout);
  // A stranger's failure that is shown there finishes nothing.
  const open = own !== undefined && isOpen({ ...own, outsider: null }, draft) ? own : undefined;
  // Its own success there stands: only others hold the rollout up, and the next word of one of them decides again.
  if (open !== undefined && application.standing?.kind !== 'success') {
    return spoken(draft, {
      ...stand(application, standing, draft.config, now),
      generation: application.unplaced?.app.metadata.generation ?? application.generation,
      operation: { startedAt: operation.startedAt, finishedAt: operation.state.finishedAt ?? null, succeeded: false },
      unplaced: null,
      unresolved: null,
      failure: null,
    });
  }
  // Said once, it is shown once: a repeat must not speak over the applications that are in the rollout.
  const repeated = application.failure?.startedAt === operation.startedAt;
  const shownOn = repeated ? undefined : (open ?? newestUnfinished(application.slot, draft));
  const { state, message } = standing;
  const failure = repeated
    ? application.failure
    : { state, message, at: now, startedAt: operation.startedAt, rollout: shownOn?.key ?? null };
  const known = withApplication(draft, { ...application, failure, unresolved: null });
  if (shownOn === undefined) return known;
  const description = describe(application, [application], message);
  const outsider = { state, description, logUrl: application.page };
  return withRollout(known, { ...shownOn, outsider });
}

/** Asked of the applications themselves: within one plan, a rollout's state has not been concluded yet. */
function isOpen(rollout: Rollout, draft: Known): boolean {
  const state = statusOf(rollout, membersOf(draft, rollout.key))?.state ?? rollout.state;
  return rollout.end === null && isUnfinished(state);
}

function newestUnfinished(slot: string, draft: Known): Rollout | undefined {
  return [...draft.rollouts.values()]
    .filter((rollout) => rollout.slot === slot && isOpen(rollout, draft))
    .reduce<Rollout | undefined>(
      (newest, each) => (newest === undefined || isNewer(each, newest) ? each : newest),
      undefined,
    );
}
