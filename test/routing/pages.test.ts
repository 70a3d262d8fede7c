/** The router's pages, as text: what each says, where it leads, and what it lets in. A browser looks at them in `test/pages`. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedPreviews } from '../../schemas/preview-entry.ts';
import { answerFor, type State } from '../../src/routing/answer-for.ts';
import { STYLE, STYLE_HASH } from '../../src/routing/page-style.ts';
import { shownFor } from '../../src/routing/shown.ts';

type Named = NamedPreviews[number];

const named = (state: Named['state'], given: Partial<Named> = {}): Named => {
  const [found] = NamedPreviews.parse([
    { repository: 'acme/shop', number: 7, state, pull: 'https://github.com/acme/shop/pull/7', log: null, ...given },
  ]);
  if (found === undefined) throw new Error('none');
  return found;
};
const LOG = 'https://argocd.example.com/applications/argocd/shop-7';

/** The words that stand on a page, a line for each element; links as `words -> target`. */
function wordsOf(state: State): readonly string[] {
  const [, body = ''] = /<main>(.*)<\/main>/s.exec(answerFor(state, true).body) ?? [];
  return body
    .replace(/<a href="([^"]*)"[^>]*>([^<]*)<\/a>/g, '\n$2 -> $1\n')
    .replace(/<\/?code>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .split('\n')
    .filter((line) => line !== '');
}

describe('what a name leads to', () => {
  it.each([
    ['nothing', [], 'absent'],
    ['one that is gone', ['gone'], 'absent'],
    ['one that is being built', ['building'], 'building'],
    ['one that has failed', ['failed'], 'failed'],
    ['one that is ready', ['ready'], undefined],
    ['one that Argo CD says nothing of', ['unheard'], undefined],
    ['one that Argo CD says nothing of, and one that has failed', ['failed', 'unheard'], undefined],
    ['a ready one and a failed one', ['ready', 'failed'], undefined],
    ['a failed one and one that is being built', ['failed', 'building'], 'building'],
    ['a failed one and one that is gone', ['failed', 'gone'], 'failed'],
    ['a ready one and one that is gone', ['gone', 'ready'], undefined],
  ] as const)('%s is shown as %3$s', (_, states, kind) => {
    expect(
      shownFor(
        'foo',
        states.map((state) => named(state)),
      )?.kind,
    ).toBe(kind);
  });
});

describe('a page says', () => {
  const pages: readonly (readonly [string, State, number, readonly string[]])[] = [
    [
      'that it is being built, and where',
      { kind: 'building', name: 'feat-x', previews: [named('building', { log: LOG })] },
      503,
      [
        'Being built',
        'Preview feat-x is being built',
        'It is not ready yet. This page looks again every 5 seconds, and shows it as soon as it is.',
        'acme/shop #7 is being built',
        'Pull request #7 -> https://github.com/acme/shop/pull/7',
        `Log in Argo CD -> ${LOG}`,
      ],
    ],
    [
      'that it has failed, and where its log is',
      { kind: 'failed', name: 'feat-x', previews: [named('failed', { log: LOG })] },
      503,
      [
        'Failed',
        'Preview feat-x has failed',
        'Its log says why. It is built anew when something is pushed.',
        'acme/shop #7 has failed',
        'Pull request #7 -> https://github.com/acme/shop/pull/7',
        `Log in Argo CD -> ${LOG}`,
      ],
    ],
    [
      'that there is none any more',
      { kind: 'absent', name: 'feat-x', previews: [named('gone')] },
      404,
      [
        'Not there',
        'There is no preview feat-x',
        'It was removed, because its pull request was closed or no longer asks for it.',
        'acme/shop #7 was removed',
        'Pull request #7 -> https://github.com/acme/shop/pull/7',
      ],
    ],
    [
      'that there never was one',
      { kind: 'absent', name: 'feat-x', previews: [] },
      404,
      [
        'Not there',
        'There is no preview feat-x',
        'No open pull request asks for one of that name. The comment on a pull request says where its preview is.',
      ],
    ],
    [
      'that a name is none',
      { kind: 'invalid' },
      400,
      [
        'Not a name',
        'This is no name that a preview can have',
        'A name is lower-case letters, digits and single dashes, at most 50, as in the comment on its pull request.',
      ],
    ],
    [
      'that an application is unknown',
      { kind: 'unknown app' },
      404,
      [
        'Not there',
        'There is no application of that name here',
        'What stands after the two dashes has to be one that the router knows.',
      ],
    ],
    [
      'that a host is not its own',
      { kind: 'not ours' },
      404,
      ['Not there', 'Nothing lives at this name', 'It is no preview’s.'],
    ],
    [
      'that nobody answers',
      { kind: 'unreachable' },
      502,
      ['No answer', 'The environment behind this name gave no answer', 'It may be back in a moment.'],
    ],
    [
      'that it is out of order',
      { kind: 'misconfigured' },
      503,
      ['Out of order', 'The preview router is not configured as it must be', 'Its log says what is wrong.'],
    ],
  ];

  it.each(pages)('%s', (_, state, status, words) => {
    expect(wordsOf(state)).toEqual(words);
    expect(answerFor(state, true).status).toBe(status);
    // To a program, the same in a line.
    const [, title, lead] = words;
    expect(answerFor(state, false)).toMatchObject({ status, body: `${title}. ${lead}\n` });
  });

  it.each(pages)(
    '%s: kept by nobody, framed by nobody, with no script, and at home with assistive technology',
    (_, state) => {
      const { headers, body } = answerFor(state, true);

      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src '${STYLE_HASH}'`,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-robots-tag': 'noindex',
      });
      expect(headers['refresh'] === undefined).toBe(state.kind !== 'building');
      expect(headers['retry-after']).toBe(headers['refresh']);
      expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(body).not.toMatch(/<script|<img|<link|style=|\son\w+=/i);
      expect(body.match(/<h1>/g)).toHaveLength(1);
      expect(new Blob([body]).size).toBeLessThan(5_000);
    },
  );

  it('is styled by the one style that its policy lets in', () => {
    expect(STYLE_HASH).toBe(`sha256-${createHash('sha256').update(STYLE).digest('base64')}`);
    expect(answerFor({ kind: 'invalid' }, true).body).toContain(`<style>${STYLE}</style>`);
  });
});

describe('whatever the index says', () => {
  const link = fc.oneof(
    fc.constantFrom(
      null,
      'javascript:alert(1)',
      'http://plain.example.com/',
      'https://user@example.com/',
      '//example.com',
    ),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string().map((text) => `https://example.com/${text}"'<>&`),
    fc.string(),
  );
  const preview = fc.record({
    repository: fc.string(),
    number: fc.integer(),
    state: fc.constantFrom('building', 'failed', 'gone'),
    pull: link,
    log: link,
  });

  it('the page holds it as text, and links to https alone', () => {
    fc.assert(
      fc.property(fc.array(preview, { maxLength: 3 }), fc.string(), (previews, name) => {
        const state = { kind: 'failed', name, previews: previews as unknown as NamedPreviews } as const;
        const { body } = answerFor(state, true);
        const tags = [...body.replace(STYLE, '').matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

        const known =
          /^<(!doctype html|html lang=""|\/?head|meta charset=""|meta name="" content=""|\/?title|\/?style|body class=""|\/?main|p class=""|\/?p|\/?h1|\/?code|\/?ul|\/?li|\/?span|a href="" aria-label=""|\/a|\/body|\/html)>$/;
        expect(tags.filter((tag) => !known.test(tag))).toEqual([]);
        for (const [, target = ''] of body.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^https:\/\//);
      }),
    );
  });
});
