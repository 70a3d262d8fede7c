/** Decides which rollout a deployment on GitHub belongs to that a workflow made and asked Hawser to go on with. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { AdoptionEvent } from '../../schemas/event.ts';
import type { Known, Rollout } from '../../schemas/known.ts';
import { withRollout } from './application.ts';
import { conclude } from './conclude.ts';
import { emptySlot } from './open.ts';
import { isNewer, slotKey } from './rollout.ts';

/** A workflow's own deployment becomes the rollout's, where that has none; one too many is retired. */
export function planAdoption({ deployment: id, sha, environment, pr }: AdoptionEvent, known: Known): Planned {
  const key = slotKey(environment, pr);
  const rollout = [...known.rollouts.values()]
    .filter((each) => each.slot === key && each.sha === sha && each.end !== 'inactive' && each.deployment !== null)
    .reduce<Rollout | undefined>((one, each) => (one === undefined || isNewer(each, one) ? each : one), undefined);
  if (rollout !== undefined) return withId(rollout, id, known);
  const slot = known.slots.get(key) ?? emptySlot(key, pr);
  const adoptable = [...slot.adoptable.filter((each) => each.id !== id), { id, sha }].slice(-ADOPTABLE);
  return conclude(known, { ...known, slots: new Map(known.slots).set(key, { ...slot, adoptable }) }, []);
}

/** More than these wait for nothing: each stands for a job of a workflow that has begun. */
const ADOPTABLE = 20;

/** A rollout has one deployment: the one first heard of. */
export function withId(rollout: Rollout, id: number, known: Known): Planned {
  const { deployment } = rollout;
  if (deployment === null) return conclude(known, known, []);
  if (deployment.id !== null && deployment.id !== id) return conclude(known, known, [retired(id, deployment.id)]);
  return conclude(known, withRollout(known, { ...rollout, deployment: { ...deployment, id } }), []);
}

function retired(deployment: number, by: number): Owed {
  const description = `superseded by deployment ${by}`;
  return { lane: `retire ${deployment}`, class: 3, effect: { kind: 'retire-deployment', deployment, description } };
}
