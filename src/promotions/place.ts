/** Where a file pins an image, and what it pins there. */
import { isScalar, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Path } from './source.ts';

export type Pin = { readonly tag: string | undefined; readonly digest: string | undefined };

/** A value of its own; `path` leads to it. */
export type Slot = { readonly scalar: Scalar; readonly path: Path };

export type Place =
  /** One value holds all of it; `name` is what stands before the tag. */
  | { readonly kind: 'reference'; readonly slot: Slot; readonly name: string; readonly pin: Pin }
  /** A value each; what no longer holds is emptied, for a chart's own default would come back in its place. */
  | { readonly kind: 'values'; readonly tag: Slot | undefined; readonly digest: Slot | undefined; readonly pin: Pin }
  /** An entry of a kustomization's `images`; what no longer holds is taken out. */
  | { readonly kind: 'entry'; readonly map: YAMLMap; readonly path: Path; readonly pin: Pin };

/** As it is written: `1.20` is a number to YAML, and a tag to whoever wrote it. Undefined: nothing, or no scalar. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === '') return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

/** The value of a pair; one that is missing has its place right after the colon. */
export function slotOf(pair: Pair | undefined, path: Path): Slot | undefined {
  return pair !== undefined && isScalar(pair.value) ? { scalar: pair.value, path } : undefined;
}
