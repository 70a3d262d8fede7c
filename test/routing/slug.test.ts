/** The name that a branch has where only a DNS label will do, as Argo CD's pull request generator makes it. */
import { describe, expect, it } from 'vitest';
import { branchNames, isLacking, KNOWN_SLUGS } from '../../local/branch-names.ts';
import { slugOf } from '../../src/routing/slug.ts';

describe("a branch's slug is Argo CD's", () => {
  it.each(KNOWN_SLUGS.filter(([branch]) => !isLacking(branch)))('%j is %j', (branch, slug) => {
    expect(slugOf(branch)).toBe(slug);
  });
});

describe('a slug is empty, and never a guess', () => {
  it.each([
    ['a Han sign, whose reading no rule tells', '功能/预览'],
    ['one such sign among letters', 'feat/预-view'],
    ['a Yi syllable', 'x-ꀀ'],
    ['a sign that Argo CD turns into _, which no label may hold', 'a‿b'],
    ['nothing but what leaves nothing', '🚀🚀'],
  ])('%s', (_, branch) => {
    expect(slugOf(branch)).toBe('');
  });

  it('but a _ that is cut off or trimmed takes nothing else along', () => {
    expect(slugOf('‿trimmed')).toBe('trimmed');
    expect(slugOf(`cut-off/${'x'.repeat(50)}‿`)).toBe('cut-off');
  });
});

it('66 · Unicode or 300-character branch: is an RFC 1123 label of at most 50 characters, or empty: 100,000 names', {
  timeout: 60_000,
}, () => {
  const wrong = branchNames(100_000, 5).filter((name) => !/^([a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?)?$/.test(slugOf(name)));
  expect(wrong).toEqual([]);
});

it('is half empty at most of the made up names, so that those show something', { timeout: 60_000 }, () => {
  const names = branchNames(10_000, 5);
  expect(names.filter((name) => slugOf(name) === '').length).toBeLessThan(5_000);
});
