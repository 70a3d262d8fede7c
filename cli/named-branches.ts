/** What src/routing makes of very many branches and commits, for Argo CD's own generator to be compared with. */
import { createHash } from 'node:crypto';
import { branchNames, isLacking, KNOWN_SLUGS } from '../local/branch-names.ts';
import { slugOf } from '../src/routing/slug.ts';
import { Sha, short } from '../src/words/sha.ts';

/** Every vector, the made up ones, and each character that a text on the wire may hold, between two letters. */
export function namedBranches(seed: number): readonly unknown[] {
  const signs = Array.from({ length: 0x1_0000 }, (_, point) => point)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => `x${String.fromCodePoint(point)}x`);
  const known = new Map(KNOWN_SLUGS);
  return [...known.keys(), ...branchNames(10_000, seed), ...signs].map((branch) => {
    const sha = Sha.parse(createHash('sha1').update(branch).digest('hex'));
    return {
      branch,
      slug: slugOf(branch),
      lacking: isLacking(branch),
      known: known.get(branch),
      sha,
      short: short(sha),
    };
  });
}
