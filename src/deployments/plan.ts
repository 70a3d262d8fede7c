/** The plan of deployments: from what is known, and one event, to what GitHub ought to show. */
import type { Owed, Plan, Planned } from '../../schemas/effect.ts';
import type { NotificationEvent, Learned as Taught } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Instant } from '../words/instant.ts';
import { withId } from './adopt.ts';
import type { TagLookup } from './app-sha.ts';
import { applicationKey, withRollout } from './application.ts';
import { conclude } from './conclude.ts';
import { learn } from './learn.ts';
import { owedRead } from './look-up.ts';
import { operationOf } from './operation.ts';
import { owedFor, rolloutOf } from './owed.ts';

type TaughtOfDeployments = Extract<Taught, { kind: 'deployment' | 'status' | 'tag' }>;

/** `draft`: what is known, with the slug that the event tells. */
export function planNotification(event: NotificationEvent, draft: Known, before: Known, now: Instant): Plan {
  const learned = learn(event, draft, now);
  if (!('ignored' in learned)) return conclude(before, learned.known, learned.lookups.map(owedRead));
  if (learned.known === undefined) return learned;
  const concluded = conclude(before, learned.known, []);
  // It may have left another slot, where that shows.
  return concluded.effects.length > 0 ? concluded : { ignored: learned.ignored, known: concluded.known };
}

/** What an effect taught: a deployment's id, a status that GitHub now shows, the commit of a tag. */
export function planPerformed(learned: TaughtOfDeployments, known: Known, now: Instant): Planned {
  if (learned.kind === 'tag') {
    const tags = learned.references.map((reference) => ({ ...learned, reference }));
    return heardAgain({ ...known, tags: [...known.tags, ...tags] }, known, now);
  }
  const rollout = known.rollouts.get(learned.rollout);
  // Forgotten in the meantime: there is nobody to show it to.
  if (rollout === undefined) return conclude(known, known, []);
  if (learned.kind === 'deployment') return withId(rollout, learned.id, known);
  return conclude(known, withRollout(known, { ...rollout, written: learned.status }), []);
}

/** What present knowledge wants of a lane, which may be nothing any more. */
export function planReplay(lane: string, known: Known, now: Instant): Planned {
  const key = rolloutOf(lane);
  const rollout = key === undefined ? undefined : known.rollouts.get(key);
  if (rollout !== undefined) return { known, effects: [owedFor(rollout)], wakeAt: undefined };
  const again = heardAgain(known, known, now);
  return { ...again, effects: again.effects.some((owed) => owed.lane === lane) ? again.effects : [nothing(lane)] };
}

/** The applications whose last word waits for a commit are heard again. */
function heardAgain(draft: Known, before: Known, now: Instant): Planned {
  const waiting = [...draft.applications.values()].flatMap(({ unplaced }) => (unplaced === null ? [] : [unplaced]));
  const lookups: TagLookup[] = [];
  const known = waiting.sort(byStart).reduce((heard, unplaced) => {
    const learned = learn(unplaced, heard, now);
    if ('ignored' in learned) return learned.known ?? heard;
    lookups.push(...learned.lookups);
    return learned.known;
  }, draft);
  return conclude(before, known, lookups.map(owedRead));
}

/** As their operations started: the first opens the rollout that the others find, and names its deployment. */
function byStart(one: NotificationEvent, other: NotificationEvent): number {
  // Of one second, by name: in which order they were heard or loaded must not show.
  return startOf(one) - startOf(other) || (keyOf(one) < keyOf(other) ? -1 : 1);
}

function keyOf({ instance, app }: NotificationEvent): string {
  return applicationKey(instance, app);
}

function startOf({ app }: NotificationEvent): number {
  return operationOf(app)?.start ?? 0;
}

function nothing(lane: string): Owed {
  return { lane, class: 3, effect: undefined };
}
