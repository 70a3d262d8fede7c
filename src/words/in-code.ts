/** What others wrote, as code in Markdown: neither Markdown, HTML nor a mention means anything there. */
import { clipped, oneLine } from './text.ts';

const MOST = 200;

/** The fence is longer than every run of backticks in it. */
export function inCode(text: string): string {
  const shown = clipped(oneLine(text), MOST);
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return shown === '' ? '' : `${fence}${space}${shown}${space}${fence}`;
}
