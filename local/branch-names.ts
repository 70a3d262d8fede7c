/** Names that branches may have: those whose slug is known from Argo CD, and as many made up ones as are asked for. */
import * as fc from 'fast-check';
import { LACKING } from '../src/routing/lacking.ts';

const LONG = '_pull_request_name_to_test_argo_slugification_and_branch_name_shortening_feature';

/** With what Argo CD's pull request generator makes of each. */
export const KNOWN_SLUGS: readonly (readonly [string, string])[] = [
  ['my_branch', 'my-branch'],
  [`feat/areally+long${LONG}`, 'feat-areally-long-pull-request-name-to-test-argo'],
  [`feat/anotherreally+long${LONG}`, 'feat-anotherreally-long-pull-request-name-to-test'],
  ['feat/areallylongpullrequestnametotestargoslugificationandbranchnameshorteningfeature', 'feat'],
  [
    'areallylongpullrequestnametotestargoslugificationandbranches',
    'areallylongpullrequestnametotestargoslugificationa',
  ],
  [`x/${'a'.repeat(48)}`, `x-${'a'.repeat(48)}`],
  [`x/${'a'.repeat(49)}`, 'x'],
  [`${'a'.repeat(50)}-b`, 'a'.repeat(50)],
  ['feat/ABC-123_Fix.The.Thing', 'feat-abc-123-fix-the-thing'],
  ['release/1.20', 'release-1-20'],
  ['dependabot/npm_and_yarn/types/node-20.1.0', 'dependabot-npm-and-yarn-types-node-20-1-0'],
  ['renovate/@types/node-20.x', 'renovate-attypes-node-20-x'],
  ["user's-branch", 'users-branch'],
  ['user’s-branch', 'users-branch'],
  ['a&b', 'aandb'],
  ['fix/#42', 'fix-42'],
  ['_leading__and_trailing_', 'leading-and-trailing'],
  ['a--b---c', 'a-b-c'],
  ['fix/ünïcode-straße', 'fix-unicode-strasse'],
  ['功能/预览', 'gong-neng-yu-lan'],
  ['ветка', 'vetka'],
  ['Ελληνικά', 'ellenika'],
  ['한국어', 'hangugeo'],
  ['🚀/launch', 'launch'],
  ['---', ''],
  ['', ''],
];

/** No rule tells how it is read, so our slug of it is empty. */
export function isLacking(name: string): boolean {
  return Array.from(name).some((sign) => {
    const block = (sign.codePointAt(0) ?? 0) >> 8;
    return LACKING.some(([first, last]) => first <= block && block <= last);
  });
}

const signs = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcxyzABCXYZ0129'.split('')) },
  { weight: 4, arbitrary: fc.constantFrom(...'/-_.&@"\'+#, ’‘–—'.split('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xffff }).map(assigned) },
  { weight: 1, arbitrary: fc.integer({ min: 0xa0, max: 0x52f }).map(assigned) },
  { weight: 1, arbitrary: fc.integer({ min: 0xac00, max: 0xd7a3 }).map(assigned) },
);

/** Short and long, around the limit above all. */
const branchName = fc.oneof(
  fc.array(signs, { maxLength: 12, size: 'max' }),
  fc.array(signs, { minLength: 40, maxLength: 70, size: 'max' }),
  fc.array(fc.constantFrom('feat', 'a', 'fix-it', '/', '-', '_', 'ß', 'é', '한'), { maxLength: 40, size: 'max' }),
);

export function branchNames(count: number, seed: number): readonly string[] {
  return fc.sample(branchName, { numRuns: count, seed }).map((parts) => parts.join(''));
}

/** No text on the wire holds half a pair. */
function assigned(point: number): string {
  return point >= 0xd800 && point <= 0xdfff ? '-' : String.fromCodePoint(point);
}
