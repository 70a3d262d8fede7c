/** Opens a rollout in its slot. */
import type { Config } from '../../schemas/config.ts';
import type { Known, KnownApplication, Rollout, Slot } from '../../schemas/known.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import { settingsOf, withRollout } from './application.ts';
import { isNewer, rolloutKey } from './rollout.ts';

type Opening = {
  readonly slot: string;
  readonly environment: string;
  readonly pr: number | undefined;
  readonly sha: Sha;
  readonly start: Instant;
  /** Whose operation opens it; undefined: a pull request's head does, and waits for its applications since then. */
  readonly by: KnownApplication | undefined;
  readonly awaitedSince?: Instant;
};

export function opened(opening: Opening, known: Known): { readonly known: Known; readonly rollout: Rollout } {
  const { environment, pr, sha, start, by, awaitedSince = null } = opening;
  const slot = known.slots.get(opening.slot) ?? emptySlot(opening.slot, pr);
  const key = rolloutKey(slot.key, sha, start);
  const existing = known.rollouts.get(key);
  // What was once inactive is never revived. Operations start in whole seconds, so a thousandth tells the next one apart.
  if (existing?.end === 'inactive') return opened({ ...opening, start: later(start, 1) }, known);
  if (existing !== undefined) return { known, rollout: existing };

  const position = { start, arrival: slot.arrivals };
  const newest = slot.pr === null ? slot.succeeded : slot.opened;
  // First heard of when a newer one has already taken its place: GitHub never hears of it.
  const isOld = newest !== null && isNewer(newest, position);
  const offered = slot.adoptable.findLast((deployment) => deployment.sha === sha);
  const deployment = isOld
    ? null
    : { ...deploymentFor({ environment, pr }, by, known.config), id: offered?.id ?? null };
  const rollout: Rollout = {
    key,
    slot: slot.key,
    environment,
    pr,
    sha,
    ...position,
    awaitedSince,
    begun: false,
    state: null,
    since: null,
    succeededAt: null,
    end: null,
    outsider: null,
    deployment,
    wanted: null,
    written: null,
  };
  const slots = new Map(known.slots).set(slot.key, {
    ...slot,
    arrivals: slot.arrivals + 1,
    opened: slot.opened !== null && isNewer(slot.opened, position) ? slot.opened : position,
    adoptable: isOld ? slot.adoptable : slot.adoptable.filter((each) => each !== offered),
  });
  return { known: withRollout({ ...known, slots }, rollout), rollout };
}

/** What a deployment says of itself that does not have one yet. */
export function deploymentFor(
  { environment, pr }: Pick<Rollout, 'environment' | 'pr'>,
  application: KnownApplication | undefined,
  config: Config,
): NonNullable<Rollout['deployment']> {
  const production =
    pr === undefined && (settingsOf(environment, config)?.production ?? environment.toLowerCase() === 'production');
  const { name: app, instance } = application ?? {};
  return { id: null, production, transient: pr !== undefined, app, instance };
}

export function emptySlot(key: string, pr: number | undefined): Slot {
  return { key, pr: pr ?? null, arrivals: 0, succeeded: null, opened: null, adoptable: [], subscribers: [] };
}
