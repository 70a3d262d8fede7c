/** What present knowledge wants of a lane that a dead letter of a preview stood in. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Instant } from '../words/instant.ts';
import { owedForComment } from './conclude.ts';
import { entryAnew } from './entry.ts';
import { readOf } from './plan.ts';
import { holdOf, refreshOf } from './refresh.ts';
import { listing } from './sweep.ts';
import { owedForLabel } from './trust.ts';

const LANE = /^(?:(comment|label|pull|environment|index) (\d+)(?: (\S+))?|(refresh|hold) (.+)|(sweep))$/;

/** The pull request that a lane is about; undefined where it is about none. */
export function numberOf(lane: string): number | undefined {
  const [, , number] = LANE.exec(lane) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Whether it is about all pull requests that are not trusted. */
export function isHold(lane: string): boolean {
  return lane.startsWith('hold ');
}

/** Undefined: the lane is another room's. */
export function planPreviewReplay(lane: string, known: Known, now: Instant): Planned | undefined {
  const [, about, number, zone = '', told, instance, sweep] = LANE.exec(lane) ?? [];
  const kind = about ?? told ?? sweep;
  if (kind === undefined) return undefined;
  return { known, effects: [...wanted(kind, number ?? instance ?? '', zone, known, now)], wakeAt: undefined };
}

function wanted(kind: string, name: string, zone: string, known: Known, now: Instant): readonly Owed[] {
  const preview = known.previews.get(Number(name));
  switch (kind) {
    case 'comment':
      return preview === undefined ? [] : owedForComment(preview, now);
    case 'label':
      return preview === undefined ? [] : owedForLabel(preview, known, now);
    case 'index':
      return preview === undefined ? [] : entryAnew(preview, zone, known, now);
    case 'pull':
      return [readOf(Number(name), false, now)];
    case 'sweep':
      return [listing(known, now)];
    case 'refresh':
      return [refreshOf(name, now)];
    case 'hold':
      return [holdOf(name, known, now)];
    default: {
      const environment = known.config.previews.environment.replaceAll('{number}', name);
      if (preview?.head?.kind !== 'closed') return [];
      return [{ lane: `environment ${name}`, class: 3, effect: { kind: 'delete-environment', environment } }];
    }
  }
}
