/** Names the one branch of a target: `hawser/<environment>/<last segment of the image>`. */
import type { Promotion } from '../../schemas/promotion.ts';
import { sha256 } from '../words/sha256.ts';

/** A branch keeps its name; one that would share it takes six digits of the image's name, or of the target's. */
export function branchFor(
  { key, environment, image }: Pick<Promotion, 'key' | 'environment' | 'image'>,
  others: ReadonlyMap<string, Promotion>,
): string {
  const taken = new Set([...others.values()].filter((other) => other.key !== key).map(({ branch }) => branch));
  const last = image.slice(image.lastIndexOf('/') + 1);
  const name = `hawser/${slug(environment)}/${slug(last)}`;
  const names = [name, `${name}-${sha256(image).slice(0, 6)}`, `${name}-${sha256(key).slice(0, 6)}`];
  return names.find((each) => !taken.has(each)) ?? `${name}-${sha256(key)}`;
}

/** What Git allows in a branch, and people type: https://git-scm.com/docs/git-check-ref-format */
function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/\.{2,}/g, '.');
  return plain.replace(/^[-.]+|[-.]+$|\.lock$/g, '') || 'x';
}
