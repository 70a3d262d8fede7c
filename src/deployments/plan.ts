/** The plan of deployments: from what is known, and one event, to what GitHub ought to show. */
import type { Owed, Plan } from '../../schemas/effect.ts';
import type { DueEvent, NotificationEvent, Learned as Taught } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Instant } from '../words/instant.ts';
import type { TagLookup } from './app-sha.ts';
import { applicationKey, spoken, stand, withApplication, withRollout } from './application.ts';
import { conclude } from './conclude.ts';
import { learn } from './learn.ts';
import { operationOf } from './operation.ts';
import { owedFor, rolloutOf } from './owed.ts';
import { ripened } from './standing.ts';

export function planNotification(event: NotificationEvent, known: Known, now: Instant): Plan {
  const learned = learn(event, known, now);
  if ('ignored' in learned) return learned;
  return conclude(known, learned.known, learned.lookups.map(owedRead));
}

export function planDue({ application: key }: DueEvent, known: Known, now: Instant): Plan {
  const application = known.applications.get(key);
  if (application === undefined || application.standing === null) return conclude(known, known, []);
  const { deployments: windows } = known.config;
  const standing = ripened(application.standing, windows, now);
  if (standing === application.standing) return conclude(known, withApplication(known, { ...application }), []);
  return conclude(known, spoken(known, stand(application, standing, windows)), []);
}

/** What an effect taught: a deployment's id, a status that GitHub now shows, the commit of a tag. */
export function planPerformed(learned: Taught, known: Known, now: Instant): Plan {
  if (learned.kind === 'tag') {
    const tags = learned.references.map((reference) => ({ ...learned, reference }));
    return heardAgain({ ...known, tags: [...known.tags, ...tags] }, known, now);
  }
  const rollout = known.rollouts.get(learned.rollout);
  // Forgotten in the meantime: there is nobody to show it to.
  if (rollout === undefined || rollout.deployment === null) return conclude(known, known, []);
  const next =
    learned.kind === 'status'
      ? { ...rollout, written: learned.status }
      : { ...rollout, deployment: { ...rollout.deployment, id: learned.id } };
  return conclude(known, withRollout(known, next), []);
}

/** What present knowledge wants of a lane, which may be nothing any more. */
export function planReplay(lane: string, known: Known, now: Instant): Plan {
  const key = rolloutOf(lane);
  const rollout = key === undefined ? undefined : known.rollouts.get(key);
  if (rollout !== undefined) return { known, effects: [owedFor(rollout)], wakeAt: undefined };
  const again = heardAgain(known, known, now);
  if ('ignored' in again) return again;
  return { ...again, effects: again.effects.some((owed) => owed.lane === lane) ? again.effects : [nothing(lane)] };
}

/** The applications whose last word waits for a commit are heard again. */
function heardAgain(draft: Known, before: Known, now: Instant): Plan {
  const waiting = [...draft.applications.values()].flatMap(({ unplaced }) => (unplaced === null ? [] : [unplaced]));
  const lookups: TagLookup[] = [];
  const known = waiting.sort(byStart).reduce((heard, unplaced) => {
    const learned = learn(unplaced, heard, now);
    if ('ignored' in learned) return heard;
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

function owedRead({ image, tag, references, askedAt }: TagLookup): Owed {
  const lane = `tag ${image}:${tag}`;
  return { lane, class: 1, effect: { kind: 'resolve-tag', image, tag, references: [...references], askedAt } };
}

function nothing(lane: string): Owed {
  return { lane, class: 3, effect: undefined };
}
