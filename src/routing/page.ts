/** One page of the router's: no script, nothing from elsewhere, and nothing of a request but a name that a preview can have. */
import type { NamedPreviews } from '../../schemas/preview-entry.ts';
import { shown } from '../words/https-url.ts';
import { inHtml } from '../words/in-html.ts';
import { STYLE } from './page-style.ts';

export type Words = {
  /** In one word, and in the colour of that. */
  readonly sign: string;
  readonly tone: 'building' | 'failed' | 'absent';
  /** What stands before the name, the name, and what stands after it; or all of it, where there is none. */
  readonly title: readonly [before: string, name?: string, after?: string];
  readonly lead: string;
  readonly previews: NamedPreviews;
};

export function pageOf({ sign, tone, title, lead, previews }: Words): string {
  const list = previews.length === 0 ? '' : `\n<ul>\n${previews.map(itemOf).join('\n')}\n</ul>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${inHtml(title.join(''))}</title>
<style>${STYLE}</style>
</head>
<body class="${tone}">
<main>
<p class="sign">${inHtml(sign)}</p>
<h1>${headingOf(title)}</h1>
<p>${inHtml(lead)}</p>${list}
</main>
</body>
</html>
`;
}

function headingOf([before, name, after = '']: Words['title']): string {
  return name === undefined ? inHtml(before) : `${inHtml(before)}<code>${inHtml(name)}</code>${inHtml(after)}`;
}

const STATES: Readonly<Record<NamedPreviews[number]['state'], string>> = {
  building: 'is being built',
  ready: 'is ready',
  failed: 'has failed',
  unheard: 'was not heard of',
  gone: 'was removed',
};

function itemOf({ repository, number, state, pull, log }: NamedPreviews[number]): string {
  const links = [
    linkTo(pull, `Pull request #${number}`, `of ${repository}`),
    linkTo(log, 'Log in Argo CD', `of ${repository} #${number}`),
  ].filter((link) => link !== undefined);
  return `<li><span>${inHtml(`${repository} #${number} ${STATES[state]}`)}</span>${links.join('')}</li>`;
}

/** Links of one page have different names, also for who hears them one by one. */
function linkTo(url: string | null, text: string, of: string): string | undefined {
  const target = shown(url ?? undefined);
  if (target === undefined) return undefined;
  return `<a href="${inHtml(target)}" aria-label="${inHtml(`${text} ${of}`)}">${inHtml(text)}</a>`;
}
