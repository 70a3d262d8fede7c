/** How many calls a look at a repository's pull requests costs, and that half a list is none. */
import { describe, expect, it } from 'vitest';
import type { GitHub } from '../../src/github/client.ts';
import { listPulls } from '../../src/github/pulls.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';

const now = () => Instant.parse(1_800_000_000_000);
const effect = { kind: 'list-pulls', label: 'preview', at: now() } as const;

function pullRequest(number: number) {
  const side = { sha: 'a'.repeat(40), ref: `branch-${number}`, repo: { id: 1 } };
  const labels = [{ name: number % 2 === 0 ? 'preview' : 'bug' }];
  return { number, title: 'Work', state: 'open', updated_at: '2026-11-02T10:00:00Z', head: side, base: side, labels };
}

/** A repository with so many open pull requests, every other one labelled; `fails`: this page is an error. */
function looking(open: number, fails?: number) {
  const pages: unknown[] = [];
  const github: GitHub = async (_, { page, per_page }) => {
    pages.push(page);
    const [at, size] = [Number(page), Number(per_page)];
    if (at === fails) return { kind: 'answered', status: 502, headers: {}, body: '' };
    const items = Array.from({ length: open }, (__, index) => pullRequest(index + 1));
    const headers: Record<string, string> = at * size < open ? { link: '<https://api.github.com/x>; rel="next"' } : {};
    return { kind: 'answered', status: 200, headers, body: items.slice((at - 1) * size, at * size) };
  };
  const attempt = { github, repository: Repository.parse('acme/shop'), app: '1', look: false, attempts: 0, now };
  return { pages, outcome: listPulls(effect, attempt) };
}

describe('a look at the pull requests of a repository', () => {
  it.each([
    [0, 1],
    [100, 1],
    [101, 2],
    [2_000, 20],
  ])('of which %i are open takes %i calls', async (open, calls) => {
    const { pages, outcome } = looking(open);

    expect(await outcome).toMatchObject({
      kind: 'done',
      learned: { kind: 'pulls', pulls: { length: Math.floor(open / 2) } },
    });
    expect(pages).toHaveLength(calls);
  });

  it('whose last page is an error has found nothing', async () => {
    const { outcome } = looking(1_000, 10);

    expect(await outcome).toMatchObject({ kind: 'later', reason: { code: 'unavailable' } });
  });

  it('that has no end is given up, and has found nothing', async () => {
    const { pages, outcome } = looking(10_001);

    expect(await outcome).toMatchObject({ kind: 'dead', reason: { code: 'too-long' } });
    expect(pages).toHaveLength(100);
  });
});
