/** Tells promotions how the commits that they wait for stand in an environment: when they ask, and whenever that changes. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { Known, Rollout, Slot } from '../../schemas/known.ts';
import type { EnvironmentEvent, PromotedEvent, SubscribeEvent } from '../../schemas/told.ts';
import type { Instant } from '../words/instant.ts';
import { Sha } from '../words/sha.ts';
import { emptySlot } from './open.ts';
import { planPerformed } from './plan.ts';
import { isNewer, slotKey } from './rollout.ts';

/** Of one environment; who asked before all these is told nothing more, and asks again. */
const SUBSCRIBERS = 50;

type Subscriber = Slot['subscribers'][number];

export function planSubscribe({ by, environment, sha }: SubscribeEvent, known: Known): Planned {
  return { known: subscribed({ by, environment, sha }, known), effects: [], wakeAt: undefined };
}

/** A digest or tag that Argo CD reports is this commit from now on; who promoted it is told what becomes of it. */
export function planPromoted(event: PromotedEvent, known: Known, now: Instant): Planned {
  const { by, environment, image, tag, digest, sha } = event;
  const references = [...(digest === undefined ? [] : [`@${digest}`]), ...(tag === undefined ? [] : [`:${tag}`])];
  const draft = subscribed({ by, environment, sha }, known);
  return planPerformed({ kind: 'tag', image, references, sha, askedAt: '' }, draft, now);
}

function subscribed(subscriber: Subscriber, known: Known): Known {
  const key = slotKey(subscriber.environment, undefined);
  const slot = known.slots.get(key) ?? emptySlot(key, undefined);
  const others = slot.subscribers.filter(({ by, sha }) => by !== subscriber.by || sha !== subscriber.sha);
  const subscribers = [...others, subscriber].slice(-SUBSCRIBERS);
  return { ...known, slots: new Map(known.slots).set(key, { ...slot, subscribers }) };
}

/** With the time at which each rollout came into its state, and what is owed to those who wait for its commit. */
export function withTells(before: Known, planned: Planned, now: Instant): Planned {
  const known = withTimes(before, planned.known, now);
  const effects = [...known.slots.values()].flatMap((slot) => owedBy(slot, before, known));
  return { ...planned, known, effects: [...planned.effects, ...effects] };
}

function withTimes(before: Known, after: Known, now: Instant): Known {
  const turned = [...after.rollouts.values()].filter(
    ({ key, state }) => state !== (before.rollouts.get(key)?.state ?? null),
  );
  if (turned.length === 0) return after;
  const rollouts = new Map(after.rollouts);
  for (const rollout of turned)
    rollouts.set(rollout.key, { ...rollout, since: now, succeededAt: succeededAt(rollout, now) });
  return { ...after, rollouts };
}

function succeededAt({ state, succeededAt: before }: Rollout, now: Instant): Instant | null {
  if (state === 'success') return before ?? now;
  return state === 'failure' || state === 'error' ? null : before;
}

function owedBy(slot: Slot, before: Known, after: Known): readonly Owed[] {
  const had = before.slots.get(slot.key)?.subscribers ?? [];
  return slot.subscribers.flatMap((subscriber) => {
    const said = wordFor(subscriber, slot, after);
    const isKnown = had.includes(subscriber) && wordFor(subscriber, slot, before)?.id === said?.id;
    if (said === undefined || isKnown) return [];
    return [owedTo(subscriber, `told ${subscriber.by} ${slot.key} ${subscriber.sha}`, said)];
  });
}

function owedTo({ by }: Subscriber, lane: string, event: EnvironmentEvent): Owed {
  return { lane, class: 3, effect: { kind: 'tell', to: by, event } };
}

/** What an earlier version has left in storage begins with `tell`, as lanes of promotions do. */
const LANE = /^(?:told|tell) (\S+) (\[.*\]) ([0-9a-f]{40})$/;

/** Whom a lane tells of which commit in which slot; undefined for a lane of another kind. */
export function toldIn(lane: string): { readonly by: string; readonly slot: string; readonly sha: Sha } | undefined {
  const [, by, slot, sha] = LANE.exec(lane) ?? [];
  return by === undefined || slot === undefined ? undefined : { by, slot, sha: Sha.parse(sha) };
}

/** Who still waits for that commit is told how it stands now. Undefined: the lane is another one. */
export function planToldReplay(lane: string, known: Known): Planned | undefined {
  const told = toldIn(lane);
  if (told === undefined) return undefined;
  const slot = known.slots.get(told.slot);
  const subscriber = slot?.subscribers.find(({ by, sha }) => by === told.by && sha === told.sha);
  const said = slot && subscriber && wordFor(subscriber, slot, known);
  return { known, effects: said && subscriber ? [owedTo(subscriber, lane, said)] : [], wakeAt: undefined };
}

/** Undefined: the commit is not heard of here. */
function wordFor({ environment, sha }: Subscriber, { key }: Slot, known: Known): EnvironmentEvent | undefined {
  const newest = [...known.rollouts.values()]
    .filter((rollout) => rollout.slot === key && rollout.sha === sha)
    .reduce<Rollout | undefined>((one, each) => (one === undefined || isNewer(each, one) ? each : one), undefined);
  if (newest === undefined) return undefined;
  const { repository } = known;
  const deployment = newest.deployment?.id ?? null;
  // Another has taken its place, which speaks against nothing that it has shown.
  const isReplaced = newest.end === 'inactive' && newest.succeededAt !== null;
  const state = isReplaced ? 'success' : (newest.state ?? 'queued');
  const since = (state === 'success' ? newest.succeededAt : newest.since) ?? newest.start;
  const id = JSON.stringify([repository, key, sha, state, since, deployment]);
  return { kind: 'environment', id, repository, environment, sha, state, since, deployment };
}
