/** What the router itself says, where nothing is forwarded. Constant texts: nothing of a request is repeated in them. */
import type { Misplaced } from './host.ts';

export type State =
  | Misplaced
  /** The environment behind the name gave no answer at all. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'misconfigured' };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const TEXTS: Readonly<Record<State['kind'], readonly [status: number, text: string]>> = {
  invalid: [400, 'This is no name that a preview can have.'],
  'unknown app': [404, 'There is no application of that name here.'],
  'not ours': [404, 'Nothing lives at this name.'],
  unreachable: [502, 'The environment behind this name gave no answer.'],
  misconfigured: [503, 'The preview router is not configured as it must be; its log says what is wrong.'],
};

const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

export function answerFor({ kind }: State): Answer {
  const [status, text] = TEXTS[kind];
  return { status, headers: HEADERS, body: `${text}\n` };
}
