/** What a target's files become with another pin in them, or where and why they can't be edited. */
import type { Candidate, Pin } from '../../schemas/candidate.ts';
import type { Desk, Draft, Promotion } from '../../schemas/promotion.ts';
import { pinImage } from './pin.ts';
import { pinOf, samePin } from './targets.ts';

type Wanted = { readonly pin: Pin; readonly candidate: Candidate | null; readonly reverts: number | null };

/** A draft that would come out the same stays as it is: its base may have moved on without touching these files. */
export function drafted(wanted: Wanted, promotion: Promotion, base: NonNullable<Desk['base']>): Draft {
  const { draft, pull, present, source } = promotion;
  const next: Draft = { ...wanted, from: present, fromSha: source, base: base.sha, ...editOf(wanted.pin, promotion) };
  const isSame = draft !== null && said(draft) === said(next);
  return isSame && pull?.moved !== true ? draft : next;
}

function said(draft: Draft): string {
  return JSON.stringify({ ...draft, base: undefined });
}

function editOf(pin: Pin, promotion: Promotion): Pick<Draft, 'to' | 'files' | 'refused'> {
  const { image, files, unreadable, present } = promotion;
  const nothing = { to: present, files: [] };
  if (unreadable !== null) return { ...nothing, refused: unreadable };
  const edited: Draft['files'] = [];
  let to = present;
  for (const { path, text, format, keys } of files) {
    const made = pinImage(text, { format, image, keys }, { tag: pin.tag, digest: pin.digest });
    if (!made.ok) return { ...nothing, refused: { path, line: made.failure.line, words: made.failure.words } };
    if (made.value.kind === 'unchanged') continue;
    const here = pinOf(made.value.to);
    if (edited.length > 0 && !samePin(to, here)) {
      const words = `It would pin the image otherwise than ${edited[0]?.path}.`;
      return { ...nothing, refused: { path, line: made.value.lines[0] ?? 1, words } };
    }
    to = here;
    edited.push({ path, text: made.value.text });
  }
  return { to, files: edited, refused: null };
}
