/** A decision as people read it: on the command line, and in the check run `hawser/promotion`. The sentences are the same. */
import { clipped } from '../words/text.ts';
import type { Answer } from './answer.ts';
import type { Decision } from './decide.ts';

const MARKS: Readonly<Record<Answer['pass'], string>> = { yes: '✅', 'not yet': '⏳', no: '❌' };

export type CheckText = { readonly title: string; readonly summary: string };

export function asLines({ action, words, rules, answers }: Decision): readonly string[] {
  return [
    `${action}: ${words}`,
    ...(rules.length === 0 ? [] : ['', ...rules.map((rule) => `  ${rule}`)]),
    ...(answers.length === 0 ? [] : ['', ...answers.map(({ pass, words }) => `  ${pass.padEnd(7)}  ${words}`)]),
  ];
}

/** GitHub shows a title on one line and without Markdown, so the sentence stands in the summary as well. */
export function asCheck({ action, words, rules, answers }: Decision): CheckText {
  return {
    title: clipped(words.replaceAll('`', ''), 200),
    summary: [
      `**${action}**: ${words}`,
      rules.map((rule) => `- ${rule}`).join('\n'),
      answers.map(({ pass, words }) => `- ${MARKS[pass]} ${words}`).join('\n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}
