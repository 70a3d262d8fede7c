/** The one switch from what happened to the room that decides about it. Pure: the clock's reading is an argument. */
import type { Plan } from '../schemas/effect.ts';
import type { Event } from '../schemas/event.ts';
import type { Known } from '../schemas/known.ts';
import { planDue, planNotification, planPerformed, planReplay } from './deployments/plan.ts';
import type { Instant } from './words/instant.ts';
import { unreachable } from './words/unreachable.ts';

export function plan(event: Event, known: Known, now: Instant): Plan {
  switch (event.kind) {
    case 'notification':
      return planNotification(event, known, now);
    case 'due':
      return planDue(event, known, now);
    case 'performed':
      return planPerformed(event.learned, known, now);
    case 'replay':
      return planReplay(event.lane, known, now);
    default:
      return unreachable(event);
  }
}
