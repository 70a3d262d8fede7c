/** `.argocd-source-<application>.yaml`, which Image Updater writes: Kustomize's images, or Helm's parameters. */
import { isSeq } from 'yaml';
import { sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import { type Keys, valuesAt } from './chart-values.ts';
import { type Place, type Slot, slotOf, textOf } from './place.ts';
import { references } from './references.ts';
import { childOf, nodeAt, type Path, pairOf, type Refusal, refuseShared, type Source, wordAt } from './source.ts';
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
  const slot = (key: string | undefined): Slot | undefined => {
    const called = parameters.find(({ node }) => key !== undefined && wordAt(source, childOf(node, 'name')) === key);
    return called && slotOf(pairOf(called.node, 'value'), [...called.path, 'value']);
  };
  const whole = slot(keys.image);
  if (keys.tag === undefined && keys.digest === undefined) {
    return references(source, image, whole === undefined ? [] : [{ path: whole.path, node: whole.scalar }]);
  }
  const name = textOf(whole?.scalar);
  return ok(name === undefined || sameImage(name, image) ? valuesAt(slot(keys.tag), slot(keys.digest)) : []);
}

function itemsAt(source: Source, path: Path): readonly Step[] {
  const list = nodeAt(source, path);
  // An alias is looked at as well, and refused.
  const items = isSeq(list) ? list.items : [];
  return items.map((node, index) => ({ path: [...path, index], node }));
}
