/** The reading of a Git tag, as what is owed. */
import type { Owed } from '../../schemas/effect.ts';
import type { TagLookup } from './app-sha.ts';

export function owedRead({ image, tag, references, askedAt }: TagLookup): Owed {
  const lane = `tag ${image}:${tag}`;
  return { lane, class: 1, effect: { kind: 'resolve-tag', image, tag, references: [...references], askedAt } };
}
