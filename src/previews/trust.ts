/** What has to be asked or taken off before a fork's pull request may be deployed. */
import type { Owed } from '../../schemas/effect.ts';
import type { Learned } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { type Instant, later } from '../words/instant.ts';
import { UNKNOWN } from './stage.ts';
import { staged } from './staged.ts';

/** How long a delivery that says who put the label on may come after another one. */
const GRACE = 10_000;

/** GitHub has said what the one may do who put the label on. */
export function permitted(
  preview: Preview,
  { login, mayWrite }: Extract<Learned, { kind: 'permission' }>,
  known: Known,
): Preview {
  const { stage, pull } = preview;
  if (stage.kind !== 'asking' || stage.login !== login || stage.sha !== pull.head.sha) return preview;
  if (!mayWrite) return staged(preview, { kind: 'refusing', why: 'Who put the label on has no write access.' }, known);
  const approved = { ...preview, approval: { sha: stage.sha, login } };
  return staged(approved, { kind: 'live', since: pull.updatedAt }, known);
}

/** The label is off, or stays on for good: either way a refresh need not wait for it any longer. */
export function unlabelled(
  preview: Preview,
  { stuck, seen }: Extract<Learned, { kind: 'label-removed' }>,
  known: Known,
): Preview {
  const { stage, pull } = preview;
  // Somebody may have put it on again after it was taken off: it is taken off once more before that is believed.
  if (seen !== null && seen < pull.updatedAt && pull.labels.includes(known.config.previews.label)) return preview;
  const labels = pull.labels.filter((label) => label !== known.config.previews.label);
  const isNews = stuck === null && labels.length < pull.labels.length;
  const looked = isNews ? { ...preview, pull: { ...pull, labels }, refresh: true } : preview;
  return stage.kind === 'refusing' ? staged(looked, { kind: 'refused', why: stage.why, stuck }, known) : looked;
}

/** Nobody has said who it was. */
export function unanswered(preview: Preview, known: Known, now: Instant): Preview {
  const until = graceOf(preview);
  return until !== undefined && until <= now ? staged(preview, { kind: 'refusing', why: UNKNOWN }, known) : preview;
}

export function graceOf({ stage }: Preview): Instant | undefined {
  return stage.kind === 'asking' && stage.login === null ? later(stage.since, GRACE) : undefined;
}

/** While one of these is on its way, Argo CD must not be asked to look: it sees nothing but the label. */
export function isUntrusted({ stage }: Preview): boolean {
  return stage.kind === 'asking' || stage.kind === 'refusing';
}

/**
 * Undefined effect: what was asked or wanted of its label before is no longer. `was`: the preview before this event; without
 * it, what was tried before is tried again, and were it given up.
 */
export function owedForLabel(
  { number, stage, pull }: Preview,
  { config }: Known,
  now: Instant,
  was?: Preview,
): readonly Owed[] {
  const lane = `label ${number}`;
  const { label } = config.previews;
  const removal = { kind: 'remove-label', number, label, seen: pull.updatedAt, at: now } as const;
  switch (stage.kind) {
    case 'asking':
      if (stage.login === null) break;
      if (was?.stage === stage) return [];
      return [{ lane, class: 0, effect: { kind: 'read-permission', number, login: stage.login, at: now } }];
    case 'refusing':
      if (was?.stage === stage && was.pull.updatedAt === pull.updatedAt) return [];
      return [{ lane, class: 0, effect: removal }];
    case 'closed':
      if (stage.why !== 'stale' || !pull.labels.includes(label)) break;
      // GitHub may refuse it: it is tried when the preview is removed, and by each sweep that finds the label still there.
      return was?.stage === stage ? [] : [{ lane, class: 3, effect: removal }];
    default:
      break;
  }
  return [{ lane, class: 0, effect: undefined }];
}
