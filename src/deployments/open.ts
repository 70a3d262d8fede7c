/** Opens a rollout in its slot. */
import type { Config } from '../../schemas/config.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Known, KnownApplication, Rollout, Slot } from '../../schemas/known.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import { environmentOf, pullRequestOf, settingsOf, withRollout } from './application.ts';
import { isNewer, rolloutKey } from './rollout.ts';

export function opened(
  event: NotificationEvent,
  application: KnownApplication,
  { sha, start }: { readonly sha: Sha; readonly start: Instant },
  known: Known,
): { readonly known: Known; readonly rollout: Rollout } {
  const { app } = event;
  const pr = pullRequestOf(app);
  const slot = known.slots.get(application.slot) ?? emptySlot(application.slot, pr !== undefined);
  const key = rolloutKey(slot.key, sha, start);
  const existing = known.rollouts.get(key);
  // What was once inactive is never revived. Operations start in whole seconds, so a thousandth tells the next one apart.
  if (existing?.end === 'inactive') return opened(event, application, { sha, start: later(start, 1) }, known);
  if (existing !== undefined) return { known, rollout: existing };

  const position = { start, arrival: slot.arrivals };
  const newest = slot.preview ? slot.opened : slot.succeeded;
  const environment = environmentOf(app);
  const rollout: Rollout = {
    key,
    slot: slot.key,
    environment,
    pr,
    sha,
    ...position,
    begun: false,
    state: null,
    end: null,
    outsider: null,
    // First heard of when a newer one has already taken its place: GitHub never hears of it.
    deployment:
      newest !== null && isNewer(newest, position)
        ? null
        : deploymentFor({ environment, pr }, application, known.config),
    wanted: null,
    written: null,
  };
  const slots = new Map(known.slots).set(slot.key, {
    ...slot,
    arrivals: slot.arrivals + 1,
    opened: slot.opened !== null && isNewer(slot.opened, position) ? slot.opened : position,
  });
  return { known: withRollout({ ...known, slots }, rollout), rollout };
}

/** What a deployment says of itself that does not have one yet. */
export function deploymentFor(
  { environment, pr }: Pick<Rollout, 'environment' | 'pr'>,
  { name, instance }: KnownApplication,
  config: Config,
): NonNullable<Rollout['deployment']> {
  const production =
    pr === undefined && (settingsOf(environment, config)?.production ?? environment.toLowerCase() === 'production');
  return { id: null, production, transient: pr !== undefined, app: name, instance };
}

function emptySlot(key: string, preview: boolean): Slot {
  return { key, preview, arrivals: 0, succeeded: null, opened: null };
}
