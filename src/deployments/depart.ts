/** Decides what an application leaves behind that is deleted, made again, or names another slot now. */
import type { Known, KnownApplication, Rollout, Slot } from '../../schemas/known.ts';
import { membersOf, NOWHERE, spoken, withRollout } from './application.ts';
import { deploymentFor } from './open.ts';
import { isNewer, type Position } from './rollout.ts';
import { inactive } from './supersede.ts';

/**
 * A rollout that loses its last application in this way becomes inactive, and with the last application of the slot
 * all of it, since nothing runs there any more.
 */
export function departed(known: Known, application: KnownApplication, why: string): Known {
  const gone = spoken(known, { ...application, ...NOWHERE });
  // What waits for applications has not lost its last one.
  const open = openIn(gone, application.slot).filter(
    (rollout) => rollout.awaitedSince === null || rollout.key === application.rollout,
  );
  const empty = open.filter((rollout) => membersOf(gone, rollout.key).length === 0);
  // It may have left a success for a newer rollout that has not come to that: nobody runs the former one any more.
  const others = [...gone.applications.values()];
  const wasOnlyIts = ({ key }: Rollout) =>
    key === application.rollout || (hasVisited(application, key) && !others.some((other) => hasVisited(other, key)));
  const ended = empty.length === open.length ? open : empty.filter(wasOnlyIts);
  const left = ended.reduce(
    (draft, rollout) =>
      withRollout(draft, {
        ...rollout,
        end: 'inactive',
        state: 'inactive',
        wanted: inactive(rollout, `${application.name} ${why}`),
      }),
    gone,
  );
  const slot = left.slots.get(application.slot);
  return ended.length === 0 || slot === undefined ? left : withPlacesGivenUp(left, slot);
}

/** What nothing runs of any more takes no other's place: the rest of the slot may be heard of later, or was by now. */
function withPlacesGivenUp(known: Known, slot: Slot): Known {
  const open = openIn(known, slot.key);
  const opened = newestOf(open);
  const succeeded = newestOf(open.filter((rollout) => rollout.state === 'success'));
  const slots = new Map(known.slots).set(slot.key, { ...slot, opened, succeeded });
  const newest = slot.pr === null ? succeeded : opened;
  const unseen = open.filter(
    (rollout) => rollout.deployment === null && (newest === null || !isNewer(newest, rollout)),
  );
  return unseen.reduce<Known>(
    (draft, rollout) => {
      const [member] = membersOf(draft, rollout.key);
      if (member === undefined) return draft;
      return withRollout(draft, { ...rollout, deployment: deploymentFor(rollout, member, known.config) });
    },
    { ...known, slots },
  );
}

function openIn(known: Known, slot: string): readonly Rollout[] {
  return [...known.rollouts.values()].filter((rollout) => rollout.slot === slot && rollout.end === null);
}

function newestOf(rollouts: readonly Rollout[]): Position | null {
  const newest = rollouts.reduce<Rollout | undefined>(
    (one, other) => (one === undefined || isNewer(other, one) ? other : one),
    undefined,
  );
  return newest === undefined ? null : { start: newest.start, arrival: newest.arrival };
}

function hasVisited({ visits }: KnownApplication, rollout: string): boolean {
  return visits.some((visit) => visit.rollout === rollout);
}
