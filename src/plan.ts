/** The one switch from what happened to the room that decides about it. Pure: the clock's reading is an argument. */
import type { Plan, Planned } from '../schemas/effect.ts';
import type { Event, Learned, NotificationEvent } from '../schemas/event.ts';
import type { Known } from '../schemas/known.ts';
import { planAdoption } from './deployments/adopt.ts';
import { planAnswer, planDue } from './deployments/due.ts';
import { planAwaited, planHeads, relinked } from './deployments/head.ts';
import { planNotification, planPerformed, planReplay } from './deployments/plan.ts';
import { planPromoted, planSubscribe, planToldReplay, withTells } from './deployments/tell.ts';
import { concludePreviews } from './previews/conclude.ts';
import { type Draft, planComment, planPreviewDue, planPullRequest, planTaught, withToldSlug } from './previews/plan.ts';
import { planPreviewReplay } from './previews/replay.ts';
import { planListed, planMissing, planRemoval, planSweep, planUnlisted } from './previews/sweep.ts';
import { planLearned } from './promotions/learn.ts';
import {
  isPromotionsPull,
  planEnvironment,
  planGate,
  planImage,
  planPromotionDue,
  planPromotionSweep,
  planPull,
  planPullSeen,
  planPush,
} from './promotions/plan.ts';
import { planPromotionReplay } from './promotions/replay.ts';
import { slugOf } from './routing/slug.ts';
import { earliest, type Instant } from './words/instant.ts';
import { unreachable } from './words/unreachable.ts';

/** What shows of a preview, and what is told to those who wait for an environment, follow whatever has changed in its slots. */
export function plan(event: Event, known: Known, now: Instant): Plan {
  const decided = decide(event, known, now);
  if ('ignored' in decided) return decided;
  const told = withTells(known, decided, now);
  return showsNothing(event) ? told : concludePreviews(known, told, now);
}

/** What GitHub has of a deployment changes nothing of what shows around it, nor does that a sweep begins. */
function showsNothing(event: Event): boolean {
  if (event.kind === 'sweep') return true;
  return event.kind === 'performed' && (event.learned.kind === 'deployment' || event.learned.kind === 'status');
}

function decide(event: Event, known: Known, now: Instant): Plan {
  switch (event.kind) {
    case 'notification':
      return planNotification(event, told(event, known), known, now);
    case 'pull-request':
      return planPull(event, known, now) ?? following(planPullRequest(event, known, now, slugOf), known, now);
    case 'comment':
      return following(planComment(event, known), known, now);
    case 'adoption':
      return planAdoption(event, known);
    case 'due':
      return planDue(event, known, now);
    case 'preview-due':
      return following(planPreviewDue(event.number, planAwaited(event.number, known, now), now), known, now);
    case 'sweep':
      return swept(known, now);
    case 'removal':
      return following(planRemoval(event.number, known, now, slugOf), known, now);
    case 'image':
      return planImage(event, known, now);
    case 'push':
      return planPush(event, known, now);
    case 'gate':
      return planGate(event, known, now);
    case 'environment':
      return planEnvironment(event, known, now);
    case 'promotion-due':
      return planPromotionDue(event.target, known, now);
    case 'subscribe':
      return planSubscribe(event, known);
    case 'promoted':
      return planPromoted(event, known, now);
    case 'performed':
      return learn(event.learned, known, now);
    case 'replay':
      return (
        planPreviewReplay(event.lane, known, now) ??
        planToldReplay(event.lane, known) ??
        planPromotionReplay(event.lane, known, now) ??
        planReplay(event.lane, known, now)
      );
    default:
      return unreachable(event);
  }
}

function learn(learned: Learned, known: Known, now: Instant): Planned {
  switch (learned.kind) {
    case 'deployment':
    case 'status':
    case 'tag':
      return planPerformed(learned, known, now);
    case 'permission':
    case 'label-removed':
    case 'comment':
      return following(planTaught(learned, known, slugOf), known, now);
    case 'pull':
      if (isPromotionsPull(learned.number, known)) return planPullSeen(learned.number, known, now);
      return following(
        learned.sweep ? planMissing(learned, known, slugOf) : planTaught(learned, known, slugOf),
        known,
        now,
      );
    case 'listed':
      return following(planListed(learned.pull, known, now, slugOf), known, now);
    case 'pulls':
      return following(planUnlisted(learned.pulls, known, now), known, now);
    case 'application': {
      const draft = learned.event === null ? known : told(learned.event, known);
      return planAnswer(learned, draft, known, now);
    }
    case 'base':
    case 'source':
    case 'proposed':
    case 'promotion-written':
    case 'check-written':
    case 'gates':
    case 'merged':
    case 'unmerged':
    case 'disarmed':
      return planLearned(learned, known, now);
    case 'nothing':
      return { known, effects: [], wakeAt: undefined };
    default:
      return unreachable(learned);
  }
}

function swept(known: Known, now: Instant): Planned {
  const looked = planPromotionSweep(known, now);
  const { effects, ...planned } = following(planSweep(looked.known, now), known, now);
  const wakeAt = earliest(planned.wakeAt, looked.wakeAt);
  return { ...planned, effects: [...looked.effects, ...effects], wakeAt };
}

/** The slug that a word tells is another's as well, maybe, and so may be the addresses that depend on it. */
function told(event: NotificationEvent, known: Known): Known {
  const { known: draft, numbers } = withToldSlug(event, known);
  return relinked(numbers, draft, known);
}

/** The slots of the pull requests follow what was learned of them. */
function following(draft: Draft, before: Known, now: Instant): Planned;
function following(draft: Draft | Extract<Plan, { ignored: unknown }>, before: Known, now: Instant): Plan;
function following(draft: Draft | Extract<Plan, { ignored: unknown }>, before: Known, now: Instant): Plan {
  if ('ignored' in draft) return draft;
  const { known, effects, wakeAt } = planHeads(draft.numbers, draft.known, before, now);
  return { known, effects: [...draft.effects, ...effects], wakeAt };
}
