/** `.argocd-source-<application>.yaml`, which Image Updater writes: Kustomize's images, or Helm's parameters. */
import { isSeq } from 'yaml';
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { type Keys, valuesAt } from './chart-values.ts';
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
  wordAt,
} from './source.ts';
import type { Step } from './walk.ts';

/** https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/ */
const USUAL: Keys = { image: 'image.name', tag: 'image.tag' };

export function inArgoCdSource(source: Source, image: string, keys = USUAL): Result<readonly Place[], Refusal> {
  const inKustomize = references(source, image, itemsAt(source, ['kustomize', 'images']));
  if (!inKustomize.ok || inKustomize.value.length > 0) return inKustomize;

  const parameters = itemsAt(source, ['helm', 'parameters']);
  for (const { path } of parameters) {
    const refused = refuseShared(source, [...path, 'value']);
    if (refused !== undefined) return refused;
  }
  const twice = refuseTwice(source, keys, [...parameters, ...itemsAt(source, ['helm', 'fileParameters'])]);
  if (twice !== undefined) return twice;
  const slot = (key: string | undefined): Slot | undefined => {
    const [one] = called(source, key, parameters);
    return one && slotOf(pairOf(one.node, 'value'), [...one.path, 'value']);
  };
  const whole = slot(keys.image);
  if (keys.tag === undefined && keys.digest === undefined) {
    return references(source, image, whole === undefined ? [] : [{ path: whole.path, node: whole.scalar }]);
  }
  const name = textOf(whole?.scalar);
  return ok(name === undefined || sameImage(name, image) ? valuesAt(slot(keys.tag), slot(keys.digest)) : []);
}

function called(source: Source, key: string | undefined, parameters: readonly Step[]): readonly Step[] {
  return parameters.filter(({ node }) => key !== undefined && wordAt(source, childOf(node, 'name')) === key);
}

/**
 * Argo CD hands each name over once, the last of them; then Helm lets one that is forced to be a string win, and one from a
 * file over that: https://github.com/argoproj/argo-cd/blob/master/util/helm/cmd.go
 */
function refuseTwice(source: Source, keys: Keys, parameters: readonly Step[]) {
  for (const key of [keys.image, keys.tag, keys.digest]) {
    const [, again] = called(source, key, parameters);
    if (again === undefined) continue;
    const words = `The parameter ${key} stands here a second time: which one counts is not for their order alone to say.`;
    return refuse('duplicate-key', lineOf(source, again.node), words);
  }
  return undefined;
}

function itemsAt(source: Source, path: Path): readonly Step[] {
  const list = nodeAt(source, path);
  // An alias is looked at as well, and refused.
  const items = isSeq(list) ? list.items : [];
  return items.map((node, index) => ({ path: [...path, index], node }));
}
