/** Draws the conclusions of a plan for previews: labels, refreshes, comments, the index, environments, and when to look again. */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import { commentOn } from './comment.ts';
import { indexed, owedForEntry } from './entry.ts';
import { dueAt, staleAt } from './expiry.ts';
import { refreshed } from './refresh.ts';
import { owedForLabel } from './trust.ts';

/** Edits wait a moment for what else is about to change: people read one text, not its history. */
const GATHER = 5_000;
/** GitHub is told first that nothing is there any more. */
const FAREWELL = 60_000;
/** Of each comment that a person writes the date moves: not each is worth an edit of ours. */
const FAR_OFF = 24 * 3_600_000;

export function concludePreviews(before: Known, planned: Planned, now: Instant): Planned {
  const concerned = [...planned.known.previews.values()].filter((preview) =>
    isConcerned(preview, before, planned.known),
  );
  if (concerned.length === 0) return planned;
  const concluded = concerned.reduce((known, preview) => {
    const told = indexed(withComment(preview, known, now), known, now);
    return {
      ...known,
      previews: new Map(known.previews).set(preview.number, { ...told, dueAt: dueAt(told, known, now) }),
    };
  }, planned.known);
  const { known, effects } = refreshed(before, concluded, now);
  const previews = concerned.flatMap(({ number }) => known.previews.get(number) ?? []);
  return {
    known,
    effects: [
      // A refresher hears of a label that has to come off before GitHub does.
      ...effects,
      ...previews.flatMap((preview) => owedForLabel(preview, known, now, before.previews.get(preview.number))),
      ...planned.effects,
      ...previews.flatMap((preview) => owedForComment(preview, now)),
      ...previews.flatMap((preview) => owedForEntry(preview, before.previews.get(preview.number), now)),
      ...previews.flatMap((preview) => owedForEnvironment(preview, before, known, now)),
    ],
    wakeAt: earliest(planned.wakeAt, ...previews.map((preview) => preview.dueAt ?? undefined)),
  };
}

/** Something of it has changed, or of what runs in it. */
function isConcerned(preview: Preview, before: Known, after: Known): boolean {
  if (preview !== before.previews.get(preview.number)) return true;
  const own = new Set([...after.slots.values()].filter(({ pr }) => pr === preview.number).map(({ key }) => key));
  const isChanged = ({ key, slot }: { key: string; slot: string }, was: ReadonlyMap<string, unknown>, value: unknown) =>
    own.has(slot) && was.get(key) !== value;
  return (
    [...after.rollouts.values()].some((rollout) => isChanged(rollout, before.rollouts, rollout)) ||
    [...after.applications.values()].some((application) => isChanged(application, before.applications, application))
  );
}

/** It keeps the date that it has while that is off by a day at most, unless something else is new. */
function withComment(preview: Preview, known: Known, now: Instant): Preview {
  const { comment } = preview;
  const same = commentOn(preview, known, comment.expiresAt, now);
  if (same === undefined) return preview;
  const expiresAt = staleAt(preview, known.config) ?? comment.expiresAt;
  const isFarOff = expiresAt !== null && Math.abs(expiresAt - (comment.expiresAt ?? expiresAt)) > FAR_OFF;
  if (same === comment.wanted && !isFarOff) return preview;
  // What stands there already will do again.
  if (same === comment.written && !isFarOff) return { ...preview, comment: { ...comment, wanted: same } };
  return { ...preview, comment: { ...comment, expiresAt, wanted: commentOn(preview, known, expiresAt, now) ?? null } };
}

export function owedForComment({ number, comment }: Preview, now: Instant): readonly Owed[] {
  const { id, look, wanted, written } = comment;
  if (wanted === null) return [];
  const owed: Owed = {
    lane: `comment ${number}`,
    class: 3,
    effect: { kind: 'write-comment', number, id, look, body: wanted },
  };
  if (wanted === written) return [{ ...owed, done: true }];
  return [id === null ? owed : { ...owed, notBefore: later(now, GATHER) }];
}

function owedForEnvironment(preview: Preview, before: Known, { config, slots }: Known, now: Instant): readonly Owed[] {
  if (!config.previews.environment.includes('{number}')) return [];
  const was = before.previews.get(preview.number)?.head?.kind;
  if (preview.head?.kind === was) return [];
  const environment = config.previews.environment.replaceAll('{number}', String(preview.number));
  const owed = { lane: `environment ${preview.number}`, class: 3 } as const;
  if (preview.head?.kind !== 'closed') return [{ ...owed, effect: undefined }];
  // Of a fork that was refused at once there is none.
  if (![...slots.values()].some(({ pr }) => pr === preview.number)) return [];
  return [{ ...owed, effect: { kind: 'delete-environment', environment }, notBefore: later(now, FAREWELL) }];
}
