/** Values that hold a whole reference, `ghcr.io/acme/shop:v1`, of the wanted image. */
import { isScalar } from 'yaml';
import { imageOf, sameImage } from '../words/image.ts';
import { ok, type Result } from '../words/result.ts';
import type { Place } from './place.ts';
import { type Refusal, refuseShared, type Source, wordAt } from './source.ts';
import type { Step } from './walk.ts';

export function references(source: Source, image: string, steps: readonly Step[]): Result<readonly Place[], Refusal> {
  const places: Place[] = [];
  for (const { path, node } of steps) {
    const text = wordAt(source, node) ?? '';
    const { name, tag, digest } = imageOf(text);
    if (!sameImage(name, image)) continue;
    const refused = refuseShared(source, path);
    if (refused !== undefined) return refused;
    if (!isScalar(node)) continue;
    // Kustomize's `name=new:tag`, as Argo CD takes it, keeps its first half.
    const before = text.slice(0, text.lastIndexOf('=') + 1);
    places.push({ kind: 'reference', slot: { scalar: node, path }, name: before + name, pin: { tag, digest } });
  }
  return ok(places);
}
