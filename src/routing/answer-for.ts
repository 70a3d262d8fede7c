/** What the router itself says, where nothing is forwarded: a page to who goes there, a line to all others. */
import { LONGEST_SLUG } from '../words/label.ts';
import type { Misplaced } from './host.ts';
import { pageOf, type Words } from './page.ts';
import { STYLE_HASH } from './page-style.ts';
import type { Shown } from './shown.ts';

export type State =
  | Misplaced
  | Shown
  /** The environment behind the name gave no answer at all. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'misconfigured' };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Whoever waits looks again after so many seconds. */
const AGAIN = 5;

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};
const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function answerFor(state: State, isNavigation: boolean): Answer {
  const { status, ...words } = wordsFor(state);
  const again = state.kind === 'building' ? { 'retry-after': String(AGAIN), refresh: String(AGAIN) } : {};
  const type = `text/${isNavigation ? 'html' : 'plain'}; charset=utf-8`;
  const policy = isNavigation ? `${CLOSED}; style-src '${STYLE_HASH}'` : CLOSED;
  return {
    status,
    headers: { ...HEADERS, ...again, 'content-type': type, 'content-security-policy': policy },
    body: isNavigation ? pageOf(words) : `${words.title.join('')}. ${words.lead}\n`,
  };
}

type Said = Words & { readonly status: number };

function wordsFor(state: State): Said {
  switch (state.kind) {
    case 'building':
      return {
        ...said(503, 'Being built', 'building', ['Preview ', state.name, ' is being built']),
        lead: `It is not ready yet. This page looks again every ${AGAIN} seconds, and shows it as soon as it is.`,
        previews: state.previews,
      };
    case 'failed':
      return {
        ...said(503, 'Failed', 'failed', ['Preview ', state.name, ' has failed']),
        lead: 'Its log says why. It is built anew when something is pushed.',
        previews: state.previews,
      };
    case 'absent': {
      const isGone = state.previews.length > 0;
      return {
        ...said(404, 'Not there', 'absent', ['There is no preview ', state.name]),
        lead: isGone
          ? 'It was removed, because its pull request was closed or no longer asks for it.'
          : 'No open pull request asks for one of that name. The comment on a pull request says where its preview is.',
        previews: state.previews,
      };
    }
    case 'invalid':
      return {
        ...said(400, 'Not a name', 'absent', ['This is no name that a preview can have']),
        lead: `A name is lower-case letters, digits and single dashes, at most ${LONGEST_SLUG}, as in the comment on its pull request.`,
      };
    case 'unknown app':
      return {
        ...said(404, 'Not there', 'absent', ['There is no application of that name here']),
        lead: 'What stands after the two dashes has to be one that the router knows.',
      };
    case 'not ours':
      return { ...said(404, 'Not there', 'absent', ['Nothing lives at this name']), lead: 'It is no preview’s.' };
    case 'unreachable':
      return {
        ...said(502, 'No answer', 'failed', ['The environment behind this name gave no answer']),
        lead: 'It may be back in a moment.',
      };
    case 'misconfigured':
      return {
        ...said(503, 'Out of order', 'failed', ['The preview router is not configured as it must be']),
        lead: 'Its log says what is wrong.',
      };
  }
}

function said(status: number, sign: string, tone: Words['tone'], title: Words['title']): Said {
  return { status, sign, tone, title, lead: '', previews: [] };
}
