/** A Helm values file: the keys of one image, apart or in one value. */
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { type Place, type Slot, slotOf, textOf } from './place.ts';
import { references } from './references.ts';
import {
  childOf,
  lineOf,
  nodeAt,
  type Path,
  pairOf,
  type Refusal,
  refuse,
  refuseShared,
  type Source,
} from './source.ts';

/** Dotted paths, with `[0]` for an item of a list. Without `tag` and `digest`, `image` holds the whole reference. */
export type Keys = {
  readonly image?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
};

/** What `helm create` lays down, and the digest where most charts have it. */
const USUAL: Keys = { image: 'image.repository', tag: 'image.tag', digest: 'image.digest' };

export function inValues(source: Source, image: string, keys = USUAL): Result<readonly Place[], Refusal> {
  const at = (key: string | undefined) => (key === undefined ? undefined : pathOf(key));
  const [whole, tag, digest] = [at(keys.image), at(keys.tag), at(keys.digest)];
  for (const path of [whole, tag, digest]) {
    const refused = path === undefined ? undefined : refuseShared(source, path);
    if (refused !== undefined) return refused;
  }
  if (tag === undefined && digest === undefined) {
    return references(source, image, whole === undefined ? [] : [{ path: whole, node: nodeAt(source, whole) }]);
  }
  return otherImage(source, whole, image) ?? ok(valuesAt(slotAt(source, tag), slotAt(source, digest)));
}

export function valuesAt(tag: Slot | undefined, digest: Slot | undefined): readonly Place[] {
  if (tag === undefined && digest === undefined) return [];
  return [{ kind: 'values', tag, digest, pin: { tag: textOf(tag?.scalar), digest: textOf(digest?.scalar) } }];
}

function slotAt(source: Source, path: Path | undefined): Slot | undefined {
  const pair = path === undefined ? undefined : pairOf(nodeAt(source, path.slice(0, -1)), String(path.at(-1)));
  return path === undefined ? undefined : slotOf(pair, path);
}

/** Charts often keep the registry's host beside the repository, in `registry`. */
function otherImage(source: Source, path: Path | undefined, image: string): ReturnType<typeof refuse> | undefined {
  const node = path === undefined ? undefined : nodeAt(source, path);
  const name = textOf(node);
  if (path === undefined || name === undefined) return undefined;
  const registry = textOf(childOf(nodeAt(source, path.slice(0, -1)), 'registry'));
  if (sameImage(name, image) || (registry !== undefined && sameImage(`${registry}/${name}`, image))) return undefined;
  return refuse('other-image', lineOf(source, node), `The target's image is ${image}; here it is ${name}.`);
}

function pathOf(key: string): Path {
  return [...key.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) => (index === undefined ? step : Number(index)));
}
