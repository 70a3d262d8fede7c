/** What has to change at a place, so that it pins what is wanted. */
import type { Pair, Scalar, YAMLMap } from 'yaml';
import { ok, type Result } from '../words/result.ts';
import { type Pin, type Place, type Slot, slotOf } from './place.ts';
import { lineOf, type Path, pairOf, type Refusal, refuse, type Source } from './source.ts';

export type Change =
  | { readonly kind: 'set'; readonly scalar: Scalar; readonly path: Path; readonly value: string }
  /** A key and its value make way for others in the same line. */
  | { readonly kind: 'replace'; readonly pair: Pair; readonly path: Path; readonly key: string; readonly value: string }
  | { readonly kind: 'remove'; readonly map: YAMLMap; readonly pair: Pair; readonly path: Path }
  | {
      readonly kind: 'add';
      readonly map: YAMLMap;
      readonly after: Pair;
      readonly path: Path;
      readonly key: string;
      readonly value: string;
    };

export function changesAt(source: Source, place: Place, to: Pin): Result<readonly Change[], Refusal> {
  switch (place.kind) {
    case 'reference': {
      const value = `${place.name}${to.tag === undefined ? '' : `:${to.tag}`}${to.digest === undefined ? '' : `@${to.digest}`}`;
      return ok([set(place.slot, value)]);
    }
    case 'values':
      return changesOfValues(source, place, to);
    case 'entry':
      return changesOfEntry(source, place, to);
  }
}

function changesOfValues(
  source: Source,
  { tag, digest, pin }: Extract<Place, { kind: 'values' }>,
  to: Pin,
): Result<readonly Change[], Refusal> {
  const changes: Change[] = [];
  for (const [what, slot] of [
    ['tag', tag],
    ['digest', digest],
  ] as const) {
    const [had, wanted] = [pin[what], to[what]];
    if (had === wanted) continue;
    if (slot === undefined) {
      const line = lineOf(source, (tag ?? digest)?.scalar);
      return refuse('no-key', line, `A ${what} is wanted, and the file has no key for one where the target says.`);
    }
    // A chart's own default would come back in the place of a key that is gone.
    changes.push(set(slot, wanted ?? ''));
  }
  return ok(changes);
}

function changesOfEntry(
  source: Source,
  { map, path, pin }: Extract<Place, { kind: 'entry' }>,
  to: Pin,
): Result<readonly Change[], Refusal> {
  const tag = { key: 'newTag', pair: pairOf(map, 'newTag'), had: pin.tag, wanted: to.tag };
  const digest = { key: 'digest', pair: pairOf(map, 'digest'), had: pin.digest, wanted: to.digest };
  const changes: Change[] = [];
  const replaced = new Set<Pair>();
  for (const [{ key, pair, had, wanted }, other] of [
    [tag, digest],
    [digest, tag],
  ] as const) {
    if (wanted === undefined || wanted === had) continue;
    const below = [...path, key];
    if (pair !== undefined) {
      const slot = slotOf(pair, below);
      if (slot === undefined) return refuse('shape', lineOf(source, pair.key), `${key} is not a single value here.`);
      changes.push(set(slot, wanted));
    } else if (other.pair !== undefined && other.wanted === undefined) {
      replaced.add(other.pair);
      changes.push({ kind: 'replace', pair: other.pair, path: [...path, other.key], key, value: wanted });
    } else {
      const after = map.items.findLast((item) => item === pairOf(map, 'name') || item === pairOf(map, 'newName'));
      if (after !== undefined) changes.push({ kind: 'add', map, after, path: below, key, value: wanted });
    }
  }
  for (const { key, pair, had, wanted } of [tag, digest]) {
    if (pair === undefined || had === undefined || wanted !== undefined || replaced.has(pair)) continue;
    changes.push({ kind: 'remove', map, pair, path: [...path, key] });
  }
  return ok(changes);
}

function set({ scalar, path }: Slot, value: string): Change {
  return { kind: 'set', scalar, path, value };
}
