/** Every node of a tree with the path to it, in the order of the text. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Path } from './source.ts';

export type Step = { readonly path: Path; readonly node: unknown };

export function* walk(node: unknown, path: Path = []): Generator<Step> {
  yield { path, node };
  if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* walk(item, [...path, index]);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) yield* walk(value, [...path, nameOf(key)]);
}

/** YAML allows any node as a key. Those that are no scalar are told apart well enough by their text. */
function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
