/** A kustomization's `images`: the entry whose image is the wanted one after the base's own transformers. */
import { isMap, isSeq, type YAMLMap } from 'yaml';
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { type Place, textOf } from './place.ts';
import { childOf, type Path, pairOf, type Refusal, refuseShared, type Source, wordAt } from './source.ts';

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
  for (const { path } of entries) {
    const refused = refuseShared(source, [...path, 'newTag']) ?? refuseShared(source, [...path, 'digest']);
    if (refused !== undefined) return refused;
  }
  return ok(entries.map(({ map, path }): Place => ({ kind: 'entry', map, path, pin: pinOf(map) })));
}

/**
 * `newName` has the last word, so an entry that only starts from the wanted image counts where none ends at it.
 * https://github.com/kubernetes-sigs/kustomize/issues/1040
 */
function ownEntries(source: Source, entries: readonly Entry[], image: string): readonly Entry[] {
  const isCalled = (key: string) => (entry: Entry) => {
    const name = wordAt(source, childOf(entry.map, key));
    return name !== undefined && sameImage(name, image);
  };
  const ending = entries.filter((entry) => isCalled(pairOf(entry.map, 'newName') ? 'newName' : 'name')(entry));
  return ending.length > 0 ? ending : entries.filter(isCalled('name'));
}

function pinOf(entry: YAMLMap): Place['pin'] {
  return { tag: textOf(childOf(entry, 'newTag')), digest: textOf(childOf(entry, 'digest')) };
}
