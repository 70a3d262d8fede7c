/** What the adapter believes of a pull request's labels, and which comment it takes for its own. */
import { describe, expect, it } from 'vitest';
import { perform } from '../../src/perform.ts';
import { attempting, linesOf, type Recorded } from './recorded.ts';

const LABELS = '/repos/acme/shop/issues/7/labels';
const MISSING: Recorded = { status: 404, body: { message: 'Not Found' } };
const listing = (...names: readonly string[]): Recorded => ({ status: 200, body: names.map((name) => ({ name })) });

describe('a label that GitHub says is not there', () => {
  const effect = { kind: 'remove-label', number: 7, label: 'preview', seen: null, at: null } as const;
  const REMOVED = { kind: 'done', learned: { kind: 'label-removed', number: 7, stuck: null, seen: null } };

  it.each([
    ['is off where the pull request has others', listing('bug'), REMOVED],
    [
      'is on where the pull request lists it',
      listing('Preview'),
      { kind: 'later', reason: { code: 'label-still-on' } },
    ],
    [
      'may still be on where the pull request is not to be seen',
      MISSING,
      { kind: 'later', reason: { code: 'not-found' } },
    ],
  ] as const)('%s', async (_, labels, outcome) => {
    const { attempt, asked } = attempting({}, MISSING, labels);

    expect(await perform(effect, attempt)).toMatchObject(outcome);
    expect(linesOf(asked)).toEqual([`DELETE ${LABELS}/preview`, `GET ${LABELS}?per_page=100&page=1`]);
  });

  it('is not looked for where it was taken off', async () => {
    const { attempt, asked } = attempting({}, listing());

    expect(await perform(effect, attempt)).toEqual(REMOVED);
    expect(linesOf(asked)).toEqual([`DELETE ${LABELS}/preview`]);
  });
});

describe('a comment that carries the marker', () => {
  const marked = '<!-- hawser:preview -->\n\nBefore';
  const effect = {
    kind: 'write-comment',
    number: 7,
    id: null,
    look: true,
    body: '<!-- hawser:preview -->\n\nNow',
  } as const;
  const COMMENTS = '/repos/acme/shop/issues/7/comments';

  it('is edited where this App has written it, and not where a person or another App has', async () => {
    const comments = [
      { id: 1, body: marked, performed_via_github_app: null },
      { id: 2, body: marked, performed_via_github_app: { id: 999 } },
      { id: 3, body: marked, performed_via_github_app: { id: 12_345 } },
    ];
    const { attempt, asked } = attempting({}, { status: 200, body: comments }, { status: 200, body: { id: 3 } });

    expect(await perform(effect, attempt)).toMatchObject({ kind: 'done', learned: { id: 3 } });
    expect(linesOf(asked).at(-1)).toBe('PATCH /repos/acme/shop/issues/comments/3');
  });

  it('is another one’s, and a new one is written', async () => {
    const stranger = { id: 2, body: marked, performed_via_github_app: { id: 999 } };
    const { attempt, asked } = attempting({}, { status: 200, body: [stranger] }, { status: 201, body: { id: 4 } });

    expect(await perform(effect, attempt)).toMatchObject({ kind: 'done', learned: { id: 4 } });
    expect(linesOf(asked).at(-1)).toBe(`POST ${COMMENTS}`);
  });
});
