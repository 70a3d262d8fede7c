/** What a rule asks, what was found, and so what it says; in the words that the check run and the command line show. */
import type { Instant } from '../words/instant.ts';

export type Answer = {
  readonly what: string;
  readonly pass: 'yes' | 'not yet' | 'no';
  /** One sentence of Markdown. What others wrote stands in it as code. */
  readonly words: string;
};

/** `or` is what a "no" makes of it: most leave it to a person. `at` is when a "not yet" becomes a yes if nothing happens. */
export type Finding = Answer & { readonly or?: 'ignore' | undefined; readonly at?: Instant | undefined };

export function yes(what: string, words: string): Finding {
  return { what, pass: 'yes', words };
}

export function no(what: string, words: string, or?: 'ignore'): Finding {
  return { what, pass: 'no', words, or };
}

export function notYet(what: string, words: string, at?: Instant): Finding {
  return { what, pass: 'not yet', words, at };
}
