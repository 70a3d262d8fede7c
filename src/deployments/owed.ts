/** What GitHub is owed for a rollout: nothing, its deployment, or one status. Replays ask the same question again. */
import type { Effect, Owed, WriteClass } from '../../schemas/effect.ts';
import type { Rollout } from '../../schemas/known.ts';
import type { Status } from '../../schemas/status.ts';
import { isUnfinished } from './combine.ts';

const LANE = 'rollout ';

function laneOf(rollout: Rollout): string {
  return LANE + rollout.key;
}

/** The key of the rollout whose lane it is; undefined for a lane of another kind. */
export function rolloutOf(lane: string): string | undefined {
  return lane.startsWith(LANE) ? lane.slice(LANE.length) : undefined;
}

export function owedFor(rollout: Rollout): Owed {
  const { wanted, written } = rollout;
  const owed = { lane: laneOf(rollout), class: classOf(rollout), effect: effectFor(rollout) };
  return wanted !== null && same(wanted, written) ? { ...owed, done: true } : owed;
}

function effectFor({ key, sha, environment, pr, end, deployment, wanted }: Rollout): Effect | undefined {
  if (deployment === null || wanted === null) return undefined;
  const { id, ...rest } = deployment;
  if (id !== null) {
    return { kind: 'write-status', rollout: key, deployment: id, status: wanted };
  }
  // It is over before GitHub heard of it: there is nothing to show.
  if (end === 'inactive') return undefined;
  return {
    kind: 'create-deployment',
    rollout: key,
    sha,
    environment,
    pr,
    ...rest,
    description: `${rest.app ?? `#${pr}`} to ${environment}`,
  };
}

function classOf({ deployment, wanted }: Rollout): WriteClass {
  const production = deployment?.production === true;
  if (wanted === null || wanted.state === 'inactive') return 3;
  if (isUnfinished(wanted.state)) return production ? 2 : 3;
  return production ? 0 : 1;
}

function same(one: Status, other: Status | null): boolean {
  return (
    one.state === other?.state &&
    one.description === other.description &&
    one.logUrl === other.logUrl &&
    one.environmentUrl === other.environmentUrl
  );
}
