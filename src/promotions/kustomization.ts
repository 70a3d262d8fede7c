/** A kustomization's `images`: the entry whose image is the wanted one after the base's own transformers. */
import { isMap, isSeq, type YAMLMap } from 'yaml';
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { mayMean } from './kustomize-name.ts';
import { type Place, textOf } from './place.ts';
import {
  childOf,
  lineOf,
  type Path,
  pairOf,
  type Refusal,
  refuse,
  refuseShared,
  type Source,
  wordAt,
} from './source.ts';

type Entry = { readonly map: YAMLMap; readonly path: Path };

export function inKustomization(source: Source, image: string): Result<readonly Place[], Refusal> {
  const images = childOf(source.document.contents, 'images');
  const all: Entry[] = [];
  for (const [index, node] of (isSeq(images) ? images.items : [images]).entries()) {
    const path = isSeq(images) ? ['images', index] : ['images'];
    // What an entry shares may hold the name that it is to be known by.
    const refused = refuseShared(source, [...path, '<<']);
    if (refused !== undefined) return refused;
    if (isMap(node)) all.push({ map: node, path });
  }

  const entries = ownEntries(source, all, image);
  const meant = meantByPattern(source, all, entries, image);
  if (meant !== undefined) {
    const words = 'Kustomize takes this name for a regular expression, and the image may be meant by it.';
    return refuse('pattern', lineOf(source, childOf(meant.map, 'name')), words);
  }
  for (const { path } of entries) {
    const refused = refuseShared(source, [...path, 'newTag']) ?? refuseShared(source, [...path, 'digest']);
    if (refused !== undefined) return refused;
  }
  const last = overruling(source, all, entries);
  if (last !== undefined) {
    return refuse('overruled', lineOf(source, last.map), 'Kustomize changes the image once more by this later entry.');
  }
  const suffix = entries.map(({ map }) => pairOf(map, 'tagSuffix')).find((pair) => pair !== undefined);
  if (suffix !== undefined) {
    return refuse('overruled', lineOf(source, suffix.key), 'Kustomize changes the tag once more by this suffix.');
  }
  return ok(entries.map(({ map, path }): Place => ({ kind: 'entry', map, path, pin: pinOf(map) })));
}

/**
 * `newName` has the last word, so an entry that only starts from the wanted image counts where none ends at it.
 * https://github.com/kubernetes-sigs/kustomize/issues/1040
 */
function ownEntries(source: Source, entries: readonly Entry[], image: string): readonly Entry[] {
  const ending = entries.filter((entry) => isCalled(source, entry, endOf(entry), image));
  return ending.length > 0 ? ending : entries.filter((entry) => isCalled(source, entry, 'name', image));
}

/** Entries are applied one after the other: what one has made is what the next one starts from. */
function overruling(source: Source, all: readonly Entry[], entries: readonly Entry[]): Entry | undefined {
  return all.find(
    (later, index) =>
      !entries.includes(later) &&
      all.slice(0, index).some((entry) => {
        const name = entries.includes(entry) ? wordAt(source, childOf(entry.map, endOf(entry))) : undefined;
        return name !== undefined && isCalled(source, later, 'name', name);
      }),
  );
}

/** Such an entry pins what else it describes as well, and whether it changes ours before or after its own ones is left to no guess. */
function meantByPattern(
  source: Source,
  all: readonly Entry[],
  own: readonly Entry[],
  image: string,
): Entry | undefined {
  const names = [image, ...own.flatMap((entry) => wordAt(source, childOf(entry.map, endOf(entry))) ?? [])];
  return all.find(({ map }) => {
    const name = wordAt(source, childOf(map, 'name'));
    if (name === undefined || own.some((entry) => entry.map === map)) return false;
    return !names.some((each) => sameImage(each, name)) && names.some((each) => mayMean(name, each));
  });
}

function endOf({ map }: Entry): 'newName' | 'name' {
  return pairOf(map, 'newName') ? 'newName' : 'name';
}

function isCalled(source: Source, { map }: Entry, key: 'newName' | 'name', image: string): boolean {
  const name = wordAt(source, childOf(map, key));
  return name !== undefined && sameImage(name, image);
}

function pinOf(entry: YAMLMap): Place['pin'] {
  return { tag: textOf(childOf(entry, 'newTag')), digest: textOf(childOf(entry, 'digest')) };
}
