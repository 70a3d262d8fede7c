/** Draws the conclusions of a changed application: its rollouts' states, which of them end, and what is owed for it. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { Known, Rollout, Slot } from '../../schemas/known.ts';
import { earliest } from '../words/instant.ts';
import { short } from '../words/sha.ts';
import { headOf, membersOf, withRollout } from './application.ts';
import { hasBegun, statusOf } from './combine.ts';
import { owedFor } from './owed.ts';
import { isNewer } from './rollout.ts';
import { endOf, inactive } from './supersede.ts';

/** `also`: effects that are owed beside those of rollouts. */
export function conclude(before: Known, learned: Known, also: readonly Owed[]): Planned {
  const known = [...learned.slots.values()].reduce(concludeSlot, learned);
  const rollouts = [...known.rollouts.values()].filter((rollout) => rollout !== before.rollouts.get(rollout.key));
  const changed = [...known.applications.values()].filter((each) => each !== before.applications.get(each.key));
  return {
    known,
    effects: [...rollouts.map(owedFor), ...also].sort(byUrgency),
    wakeAt: earliest(...changed.map((application) => application.dueAt ?? undefined)),
  };
}

/** What replaces an older release is shown before the older one is said to be gone. */
function byUrgency(one: Owed, other: Owed): number {
  return one.class - other.class || Number(isFarewell(one)) - Number(isFarewell(other));
}

function isFarewell({ effect }: Owed): boolean {
  return effect?.kind === 'write-status' && effect.status.state === 'inactive';
}

function concludeSlot(known: Known, { key }: Slot): Known {
  const open = [...known.rollouts.values()].filter((rollout) => rollout.slot === key && rollout.end === null);
  // All states first: whether one is overtaken depends on whether a newer one has succeeded.
  const stated = open.reduce((draft, rollout) => withState(draft, rollout), known);
  return open.reduce((draft, rollout) => withEnd(draft, draft.rollouts.get(rollout.key) ?? rollout), stated);
}

function withState(known: Known, rollout: Rollout): Known {
  const members = membersOf(known, rollout.key);
  if (members.length === 0) return withOutsider(known, rollout);
  const status = statusOf(rollout, members);
  if (status === undefined) return known;
  if (rollout.awaitedSince !== null) {
    return withState(withRollout(known, { ...rollout, awaitedSince: null }), { ...rollout, awaitedSince: null });
  }
  const begun = rollout.begun || members.some(hasBegun);
  // An older release that some have left is no news: who of the others is named does not matter there.
  if (status.state === 'success' && rollout.state === 'success' && isOvertaken(rollout, known)) return known;
  const changed = JSON.stringify(status) !== JSON.stringify(rollout.wanted) || begun !== rollout.begun;
  const draft = changed ? withRollout(known, { ...rollout, begun, state: status.state, wanted: status }) : known;
  return status.state === 'success' ? succeeded(draft, rollout) : draft;
}

/** Before the first application has come, one that failed without a commit may be all that there is to tell. */
function withOutsider(known: Known, rollout: Rollout): Known {
  const { outsider, awaitedSince, wanted } = rollout;
  if (outsider === null || awaitedSince === null || rollout.state === outsider.state) return known;
  const { state, description, logUrl } = outsider;
  const status = { ...wanted, state, description, ...(logUrl === undefined ? {} : { logUrl }) };
  return withRollout(known, { ...rollout, state, wanted: status });
}

function isOvertaken(rollout: Rollout, { slots }: Known): boolean {
  const opened = slots.get(rollout.slot)?.opened ?? null;
  return opened !== null && isNewer(opened, rollout);
}

function succeeded(known: Known, { slot: key, start, arrival }: Rollout): Known {
  const slot = known.slots.get(key);
  if (slot === undefined || (slot.succeeded !== null && !isNewer({ start, arrival }, slot.succeeded))) return known;
  return { ...known, slots: new Map(known.slots).set(key, { ...slot, succeeded: { start, arrival } }) };
}

function withEnd(known: Known, rollout: Rollout): Known {
  const slot = known.slots.get(rollout.slot);
  if (slot === undefined) return known;
  const head = headOf(known, slot.pr);
  const end = endOf(rollout, membersOf(known, rollout.key).length > 0, slot, head);
  if (end === undefined) return known;
  if (end === 'left') return withRollout(known, { ...rollout, end });
  const newest = [...known.rollouts.values()]
    .filter((other) => other.slot === slot.key && other.end === null && isNewer(other, rollout))
    .reduce<Rollout | undefined>((one, other) => (one === undefined || isNewer(other, one) ? other : one), undefined);
  const next = newest?.sha ?? (head?.kind === 'open' && head.sha !== rollout.sha ? head.sha : undefined);
  const why = next === undefined ? 'its applications went on' : `superseded by ${short(next)}`;
  return withRollout(known, { ...rollout, end, state: 'inactive', wanted: inactive(rollout, why) });
}
