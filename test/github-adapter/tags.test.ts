/** Which commit a Git tag names. */
import { describe, expect, it } from 'vitest';
import type { ResolveTag } from '../../schemas/effect.ts';
import { namesOf } from '../../src/github/tags.ts';
import { perform } from '../../src/perform.ts';
import { attempting, linesOf, type Recorded } from './recorded.ts';

const SHA = '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d';
const references = [':1.2.3', '@sha256:aa'];
const PLAIN = { 'content-type': 'application/vnd.github.sha; charset=utf-8' };
const NONE: Recorded = { status: 422, body: { message: 'No commit found for SHA: tags/1.2.3' } };

function resolve(tag: string): ResolveTag {
  return { kind: 'resolve-tag', image: 'ghcr.io/acme/shop', tag, references, askedAt: 'x' };
}

function learned(sha: string | null) {
  return { kind: 'done', learned: { kind: 'tag', image: 'ghcr.io/acme/shop', references, sha, askedAt: 'x' } };
}

describe('a tag', () => {
  it('is asked for as it is, and only its commit', async () => {
    const { attempt, asked } = attempting({}, { status: 200, headers: PLAIN, body: SHA });

    expect(await perform(resolve('1.2.3'), attempt)).toEqual(learned(SHA));
    expect(linesOf(asked)).toEqual(['GET /repos/acme/shop/commits/tags/1.2.3']);
    expect(asked[0]?.headers.get('accept')).toBe('application/vnd.github.sha');
  });

  it.each([
    ['1.2.3', 'v1.2.3'],
    ['v1.2.3', '1.2.3'],
  ])('%s may be called %s in Git', async (tag, other) => {
    const { attempt, asked } = attempting({}, NONE, { status: 200, headers: PLAIN, body: `${SHA}\n` });

    expect(await perform(resolve(tag), attempt)).toEqual(learned(SHA));
    expect(linesOf(asked)).toEqual([tag, other].map((name) => `GET /repos/acme/shop/commits/tags/${name}`));
  });

  it.each([404, 409, 422])('that Git lacks (%i) is known to be none', async (status) => {
    const { attempt } = attempting({}, { status, body: { message: 'No' } }, NONE);

    expect(await perform(resolve('1.2.3'), attempt)).toEqual(learned(null));
  });

  it('is read from a commit as JSON too', async () => {
    const { attempt } = attempting({}, { status: 200, body: { sha: SHA.toUpperCase() } });

    expect(await perform(resolve('1.2.3'), attempt)).toEqual(learned(SHA));
  });

  it('cannot lead to another resource', async () => {
    const { attempt, asked } = attempting({}, NONE, NONE);

    await perform(resolve('../../x?y#z%2e'), attempt);

    expect(linesOf(asked)).toEqual([
      'GET /repos/acme/shop/commits/tags/..%2F..%2Fx%3Fy%23z%252e',
      'GET /repos/acme/shop/commits/tags/v..%2F..%2Fx%3Fy%23z%252e',
    ]);
  });

  it.each([
    ['1.0', ['1.0', 'v1.0']],
    ['v', ['v']],
    ['.', ['v.']],
    ['..', ['v..']],
    ['v..', ['v..']],
  ] as const)('%s stands for %j', (tag, names) => {
    expect(namesOf(tag)).toEqual(names);
  });

  it.each([
    [{ status: 500 }, { kind: 'later' }],
    [
      { status: 200, body: '<html>' },
      { kind: 'later', reason: { code: 'unreadable' } },
    ],
    [
      { status: 401, body: { message: 'Bad credentials' } },
      { kind: 'later', badToken: true },
    ],
  ])('is asked for later after %j', async (answer, outcome) => {
    const { attempt } = attempting({}, answer);

    expect(await perform(resolve('1.2.3'), attempt)).toMatchObject(outcome);
  });
});
