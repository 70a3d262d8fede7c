/**
 * Pins another tag or digest of an image in the text of a file. One line changes for each place that pins it, and a second
 * one there only where both a tag and a digest stand in lines of their own and one of them has to go, or both to change.
 */
import { Digest, Tag } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { type Change, changesAt } from './change.ts';
import type { Pin, Place } from './place.ts';
import { findPlaces, type Target } from './places.ts';
import { proves } from './proof.ts';
import { lineOf, type Refusal, readSource, refuse, type Source } from './source.ts';
import { splice } from './splice.ts';

/** With both, the file's own way of pinning decides which of them it shall hold. */
export type Wanted = Pin;
export type Edit =
  | { readonly kind: 'unchanged'; readonly pin: Pin }
  /** `lines` are those of the old text that change or go; what is added, is added after its line. */
  | {
      readonly kind: 'edited';
      readonly text: string;
      readonly lines: readonly number[];
      readonly from: Pin;
      readonly to: Pin;
    };

export function pinImage(text: string, target: Target, wanted: Wanted): Result<Edit, Refusal> {
  const read = readSource(text);
  if (!read.ok) return read;
  const source = read.value;
  const found = findPlaces(source, target);
  if (!found.ok) return found;

  const [place, ...others] = found.value;
  if (place === undefined) return refuse('not-pinned', 1, `The file does not pin ${target.image}.`);
  const refused = unlike(source, place, others);
  if (refused !== undefined) return refused;

  const from = place.pin;
  const to = chosen(from, wanted);
  if (holds(from, to)) return ok({ kind: 'unchanged', pin: from });
  return edit(source, found.value, from, to);
}

function edit(source: Source, places: readonly Place[], from: Pin, to: Pin): Result<Edit, Refusal> {
  const changes: Change[] = [];
  for (const place of places) {
    const made = changesAt(source, place, to);
    if (!made.ok) return made;
    changes.push(...made.value);
  }
  const spliced = splice(source, changes);
  if (!spliced.ok) return spliced;
  const { text, lines } = spliced.value;
  if (!proves(source.text, text, changes)) {
    return refuse('unproven', lines[0] ?? 1, 'Something else in the file would have changed its meaning.');
  }
  return ok({ kind: 'edited', text, lines, from, to });
}

/** A canary beside the stable release is a choice that somebody made; what is no tag at all is filled in by somebody else. */
function unlike(source: Source, first: Place, others: readonly Place[]): ReturnType<typeof refuse> | undefined {
  for (const place of [first, ...others]) {
    const { tag, digest } = place.pin;
    const odd = [Tag.optional().safeParse(tag), Digest.optional().safeParse(digest)].some(({ success }) => !success);
    if (odd) return refuse('template', placeLine(source, place), `${digest ?? tag} is no tag and no digest.`);
    if (!(holds(place.pin, first.pin) && holds(first.pin, place.pin))) {
      const lines = `${placeLine(source, first)} and ${placeLine(source, place)}`;
      return refuse('pins-differ', placeLine(source, place), `The lines ${lines} pin the image differently.`);
    }
  }
  return undefined;
}

function placeLine(source: Source, place: Place): number {
  if (place.kind === 'entry') return lineOf(source, place.map);
  return lineOf(source, place.kind === 'reference' ? place.slot.scalar : (place.tag ?? place.digest)?.scalar);
}

function chosen(from: Pin, wanted: Wanted): Pin {
  if (wanted.tag === undefined || wanted.digest === undefined) return wanted;
  if (from.digest === undefined) return { tag: wanted.tag, digest: undefined };
  return from.tag === undefined ? { tag: undefined, digest: wanted.digest } : wanted;
}

/** A tag alone is asked for, and the file pins that tag by its digest too: nothing is gained by taking that away. */
function holds(from: Pin, to: Pin): boolean {
  const { tag = from.tag, digest = from.digest } = to;
  return from.tag === tag && from.digest === digest;
}
