import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Candidate } from '../../schemas/candidate.ts';
import type { Compared } from '../../schemas/promotion.ts';
import { newestOf, withCandidate } from '../../src/promotions/newest.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';

const T0 = Instant.parse(Date.parse('2026-11-25T09:00:00Z'));
const SHOP = Repository.parse('acme/shop');
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const sha = (letter: string) => Sha.parse(letter.repeat(40));

type Told = { readonly tag?: string; readonly digest?: string; readonly from?: string };

function candidate({ tag, digest: build, from }: Told, minute: number): Candidate {
  return Candidate.parse({
    image: 'ghcr.io/acme/shop',
    tag,
    digest: build === undefined ? undefined : digest(build),
    ...(from === undefined ? {} : { source: { repository: SHOP, sha: sha(from) } }),
    origin: 'publisher',
    firstSeen: T0 + minute * 60_000,
  });
}

function told({ tag, digest: build, source, firstSeen }: Candidate): string {
  const commit = source === undefined ? '' : ` from ${source.sha.charAt(0)}`;
  return `${tag ?? ''}@${build?.charAt(7) ?? ''}${commit} at ${(firstSeen - T0) / 60_000}`;
}

describe('what several tell of one image, minute by minute', () => {
  it.each<[string, readonly Told[], readonly string[]]>([
    ['a tag and then its digest are one', [{ tag: 'v1' }, { tag: 'v1', digest: 'a' }], ['v1@a at 1']],
    ['a digest and then its tag are one', [{ digest: 'a' }, { tag: 'v1', digest: 'a' }], ['v1@a at 0']],
    ['with a commit and without are one', [{ tag: 'v1', from: 'c' }, { tag: 'v1' }], ['v1@ from c at 0']],
    [
      'a tag that was pushed again is two, and each word of the tag alone means the later',
      [{ tag: 'v1', digest: 'a' }, { tag: 'v1', digest: 'b' }, { tag: 'v1' }],
      ['v1@a at 0', 'v1@b at 1'],
    ],
    [
      'a commit told for the tag alone goes to the later build',
      [
        { tag: 'v1', digest: 'a' },
        { tag: 'v1', digest: 'b' },
        { tag: 'v1', digest: 'b', from: 'c' },
      ],
      ['v1@a at 0', 'v1@b from c at 1'],
    ],
    [
      'two tags of one digest are two',
      [{ tag: 'v1', digest: 'a' }, { tag: 'latest', digest: 'a' }, { digest: 'a' }],
      ['v1@a at 0', 'latest@a at 1'],
    ],
    [
      'a build that was first heard of by its tag is as old as its own first word',
      [{ tag: 'main' }, { tag: 'main', digest: 'b' }, { tag: 'main', digest: 'b', from: 'c' }],
      ['main@b from c at 1'],
    ],
  ])('%s', (_, words, expected) => {
    const candidates = words.map(candidate).reduce<Candidate[]>(withCandidate, []);

    expect(candidates.map(told)).toEqual(expected);
  });
});

const letters = ['a', 'b', 'c'] as const;
const anybody = fc.record(
  {
    tag: fc.constantFrom('v1.0.0', 'v1.1.0', '1.1.0', 'build-1', 'build-2'),
    digest: fc.constantFrom(...letters),
    from: fc.constantFrom(...letters),
  },
  { requiredKeys: ['tag'] },
);
const answers = fc.tuple(
  ...letters.flatMap((one) =>
    letters.map((other) =>
      fc.constantFrom('ahead' as const, 'identical' as const, 'behind' as const, 'diverged' as const).map(
        (order): Compared => ({
          repository: SHOP,
          sha: sha(one),
          present: sha(other),
          order,
          onDefaultBranch: true,
          at: T0,
        }),
      ),
    ),
  ),
);

it('of any candidates one is the newest, and none is both proposed and outdone', () => {
  fc.assert(
    fc.property(fc.array(anybody, { minLength: 1, maxLength: 8 }), answers, (words, compared) => {
      const candidates = words.map(candidate).reduce<Candidate[]>(withCandidate, []);

      const { newest, outdone } = newestOf(candidates, { compared });

      expect(newest).toBeDefined();
      expect(outdone).not.toContain(newest);
    }),
    { numRuns: 2000 },
  );
});
