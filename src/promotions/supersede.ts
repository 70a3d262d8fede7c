/** Closes Image Updater's own pull requests, with a link, once ours stand for all that they bring. */
import type { Candidate, Pin } from '../../schemas/candidate.ts';
import type { Owed } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { sameImage } from '../words/image.ts';
import { byVersion } from './newest.ts';
import { agrees, meantBy } from './targets.ts';

export function withoutUpdaters(known: Known): { readonly known: Known; readonly effects: readonly Owed[] } {
  const over = known.desk.updaters.flatMap((updater) => {
    const { number, candidates } = updater;
    const ours = number === null ? [] : successorsOf(candidates ?? [], known);
    return number === null || ours.length === 0 ? [] : [{ updater, number, ours }];
  });
  if (over.length === 0) return { known, effects: [] };
  const effects = over.map(({ number, ours }): Owed => {
    const comment = `Hawser promotes this by the rules of this repository: ${ours.map((each) => `#${each}`).join(', ')}.`;
    return { lane: `close ${number}`, class: 3, effect: { kind: 'close-pull', number, comment, deleteBranch: null } };
  });
  const updaters = known.desk.updaters.filter((each) => !over.some(({ updater }) => updater === each));
  return { known: { ...known, desk: { ...known.desk, updaters } }, effects };
}

/** Empty: something of what it brings is promoted by none of ours. */
function successorsOf(candidates: readonly Candidate[], known: Known): readonly number[] {
  const bearers = candidates.map((candidate) => bearersOf(candidate, known));
  return bearers.every(({ length }) => length > 0) ? [...new Set(bearers.flat())] : [];
}

/**
 * Each target that it is for needs one of ours, or has it already by other hands. A file that is no target's, as the base
 * of all overlays, is for every target of the image.
 */
function bearersOf(candidate: Candidate, { promotions, desk }: Known): readonly number[] {
  // A look at the base may find further targets for it.
  const waits = desk.waiting.some(
    (each) => sameImage(each.candidate.image, candidate.image) && agrees(each.candidate, candidate),
  );
  const targets = [...promotions.values()].filter(
    ({ image, files }) => sameImage(image, candidate.image) && files.length > 0,
  );
  const bearers = meantBy(candidate, targets).map((target) => ({ target, number: bearerIn(target, candidate) }));
  const isBorne = bearers.every(({ target, number }) => number !== undefined || brings(target.present, candidate));
  return waits || !isBorne ? [] : bearers.flatMap(({ number }) => number ?? []);
}

/** Ours that is open with it, or was merged with it and is pinned still. */
function bearerIn({ pull, writes, closed, merged, present }: Promotion, candidate: Candidate): number | undefined {
  const written = pull === null || closed.includes(pull.number) ? undefined : pull;
  const draft = writes.findLast(({ head }) => head !== null && head === written?.head)?.draft;
  if (draft !== undefined && brings(draft.pin, candidate)) return written?.number;
  return merged.findLast(({ draft }) => agrees(draft.to, present) && brings(draft.pin, candidate))?.number;
}

/** What it asks for, or a higher version of it. */
function brings(pin: Pin, candidate: Candidate): boolean {
  return agrees(pin, candidate) || (byVersion(pin, candidate) ?? 0) > 0;
}
