/** Hawser's own regular expressions against JavaScript's, and against who wants them never to end. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { matcherOf } from '../../src/words/pattern.ts';

const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((ways) => ways.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 3 },
    fc
      .tuple(
        fc.constantFrom(
          'a',
          'b',
          '.',
          String.raw`\d`,
          String.raw`\.`,
          '[ab]',
          '[^a-c]',
          String.raw`[\w-]`,
          '^',
          '$',
          '-',
        ),
        repeat(),
      )
      .map(([atom, repeat]) => atom + (['^', '$'].includes(atom) ? '' : repeat)),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('pattern'), repeat())
      .map(([open, inner, repeat]) => `${open}${inner})${repeat}`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', '-'), maxLength: 8 });

function repeat() {
  return fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,}', '{0,2}');
}

it('says what JavaScript says', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 5, maxLength: 5 }), (pattern, texts) => {
      const matches = matcherOf(pattern);

      for (const text of texts) expect(matches?.(text)).toBe(new RegExp(pattern, 'u').test(text));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 500) },
  );
});

it.each([
  ['^v', 'v1.5.0', true],
  [String.raw`^v?\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$`, '1.5.0-rc.12', true],
  [String.raw`^v?\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$`, '1.5.0-rc', false],
  ['^[0-9a-f]{40}$', 'a'.repeat(40), true],
  ['^[0-9a-f]{40}$', 'a'.repeat(41), false],
  ['main|release', 'the-release', true],
  ['', 'x', true],
  [String.raw`^\w+$`, 'ä', false],
  [String.raw`^[ \t]*a\t$`, '\t a\t', true],
  [String.raw`^[ \t]*a$`, 'ta', false],
] as const)('%j and %j: %s', (pattern, text, holds) => {
  expect(matcherOf(pattern)?.(text)).toBe(holds);
});

it.each([
  '(',
  ')',
  'a)',
  '*',
  'a**',
  'a+?',
  '[',
  '[]',
  '[b-a]',
  '{',
  'a{2,1}',
  String.raw`\1`,
  String.raw`\b`,
  String.raw`\q`,
  '\\',
  '(?=a)',
  '(?<x>a)',
  '(?i:a)',
  '((a{99}){99}){99}',
])('%j is refused', (pattern) => {
  expect(matcherOf(pattern)).toBeUndefined();
});

it.each([
  '^(a+)+$',
  '(a|aa)+$',
  'a*a*a*a*a*a*a*a*b',
  '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b',
  '((a{1,9}){1,9}){1,9}b',
  '((a*)*)*b',
])('%s ends, and soon', (pattern) => {
  const before = performance.now();

  expect(matcherOf(pattern)?.(`${'a'.repeat(127)}!`)).toBe(false);
  expect(performance.now() - before).toBeLessThan(2_000);
});
