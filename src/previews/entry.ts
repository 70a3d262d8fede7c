/** Decides what the index of previews says of one, and when it has to be told: its names, and whether it is there. */
import type { Owed } from '../../schemas/effect.ts';
import type { Known, Rollout } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { PreviewEntry } from '../../schemas/preview-entry.ts';
import { shown } from '../words/https-url.ts';
import { Instant } from '../words/instant.ts';
import { previewZone } from '../words/preview-zone.ts';
import { ownName } from './name.ts';
import { progressOf } from './progress.ts';

/** The preview with the entry that the index ought to have. */
export function indexed(preview: Preview, known: Known, now: Instant): Preview {
  const zone = previewZone(known.config.previews.url);
  const { entry } = preview;
  const was = entry?.zone === zone ? entry : null;
  const said = zone === undefined ? undefined : saidOf(preview, was, known);
  if (said === undefined || zone === undefined) return entry === null ? preview : { ...preview, entry: null };
  if (was !== null && isSame(was, said)) return preview;
  const { repository } = known;
  return { ...preview, entry: { zone, repository, number: preview.number, ...said, at: after(entry, now) } };
}

/**
 * It is there, and the index of this zone was never told, or by another name: Hawser has an index since, the zone is
 * another, or the repository was renamed.
 */
export function isUntold(preview: Preview, known: Known): boolean {
  const { stage, entry } = preview;
  const zone = previewZone(known.config.previews.url);
  if (zone === undefined || stage.kind !== 'live') return false;
  return entry?.zone !== zone || entry.names.join() !== namesOf(preview, known).join();
}

export function owedForEntry(preview: Preview, before: Preview | undefined, now: Instant): readonly Owed[] {
  const was = before?.entry ?? null;
  const { entry } = preview;
  if (entry === was) return [];
  const left = was !== null && was.zone !== entry?.zone ? [owed(ended(was, now))] : [];
  return [...left, ...(entry === null ? [] : [owed(entry)])];
}

/** What is there is told again by each sweep: an index that was lost, or was not told, has it within the hour. */
export function owedAgain({ entry }: Preview, { config }: Known, now: Instant): readonly Owed[] {
  if (entry === null || entry.state === 'gone' || entry.zone !== previewZone(config.previews.url)) return [];
  return [owed(entry, now)];
}

/** `zone`: which the lane is about, maybe a former one. */
export function entryAnew(preview: Preview, zone: string, known: Known, now: Instant): readonly Owed[] {
  if (preview.entry?.zone === zone) return [owed(preview.entry)];
  const { number } = preview;
  const { repository } = known;
  return [owed({ zone, repository, number, names: namesOf(preview, known), state: 'gone', log: null, at: now })];
}

type Said = Pick<PreviewEntry, 'names' | 'state' | 'log'>;

/** Undefined: it never was there. */
function saidOf(preview: Preview, was: PreviewEntry | null, known: Known): Said | undefined {
  const rollouts = [...known.rollouts.values()].filter(({ pr, end }) => pr === preview.number && end === null);
  // Where Argo CD makes previews by other signs than this label, they are there when their applications say so.
  const isThere = preview.stage.kind === 'live' || (preview.head === null && rollouts.length > 0);
  if (!isThere) return was === null ? undefined : { names: was.names, state: 'gone', log: null };
  return { names: namesOf(preview, known), ...stateOf(rollouts, was) };
}

function stateOf(rollouts: readonly Rollout[], was: PreviewEntry | null): Pick<PreviewEntry, 'state' | 'log'> {
  const page = (those: readonly Rollout[]) => those.flatMap(({ wanted }) => shown(wanted?.logUrl) ?? [])[0] ?? null;
  switch (progressOf(rollouts)) {
    case 'ready':
      return { state: 'ready', log: null };
    case 'failed': {
      const failed = rollouts.filter((rollout) => isFailure(rollout.wanted) && !isUnheard(rollout));
      return failed.length === 0 ? { state: 'unheard', log: null } : { state: 'failed', log: page(failed) };
    }
    case 'on its way':
      // Pods are replaced one by one: what was ready answers while another commit comes.
      if (was?.state === 'ready') return { state: 'ready', log: null };
      if (was?.state === 'unheard' && rollouts.every(isUnheard)) return { state: 'unheard', log: null };
      return { state: 'building', log: page(rollouts) };
  }
}

function isFailure(wanted: Rollout['wanted']): boolean {
  return wanted?.state === 'failure' || wanted?.state === 'error';
}

/** The deadline alone has ended it: nobody has said a word, of whatever runs there. */
function isUnheard({ awaitedSince, outsider }: Rollout): boolean {
  return awaitedSince !== null && outsider === null;
}

function namesOf({ number, name }: Preview, { present }: Known): string[] {
  return [...new Set([name, ownName(number, present)])];
}

function isSame({ names, state, log }: PreviewEntry, said: Said): boolean {
  return JSON.stringify([names, state, log]) === JSON.stringify([said.names, said.state, said.log]);
}

function ended(was: PreviewEntry, now: Instant): PreviewEntry {
  return { ...was, state: 'gone', log: null, at: after(was, now) };
}

/** Two may be decided within a millisecond. */
function after(was: PreviewEntry | null, now: Instant): Instant {
  return Instant.parse(Math.max(now, (was?.at ?? 0) + 1));
}

function owed(entry: PreviewEntry, again?: Instant): Owed {
  const { number, zone } = entry;
  const told = again === undefined ? { entry } : { entry, again };
  return { lane: `index ${number} ${zone}`, class: 3, effect: { kind: 'index-preview', ...told } };
}
