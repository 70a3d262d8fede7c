/** Puts what was measured into words: lines for the screen, and `docs/performance.md`. */
import type { Figure, Part } from './figure.ts';

export function onScreen({ title, figures }: Part): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map((each) => `  ${each.name.padEnd(width)}  ${each.value}${inBrackets(each)}`);
  return `\n${title}\n${lines.join('\n')}`;
}

function inBrackets({ goal }: Figure): string {
  return goal === undefined ? '' : `   [goal ${goal.text}: ${goal.met ? 'met' : 'missed'}]`;
}

type Measured = { readonly machine: string; readonly seconds: number; readonly parts: readonly Part[] };

export function inMarkdown({ machine, seconds, parts }: Measured): string {
  return `# Performance

Written by \`npm run bench\`, from one run of ${seconds} s on one machine: ${machine}. Workers run in workerd on this machine,
with a socket of their own and storage on disk; nothing leaves loopback. A value is the median of its repeats, with the lowest and
the highest in brackets; what is compared was measured in turn. Nothing here fails a build: on another machine, or on Cloudflare,
where a commit is replicated rather than synced to one disk, the figures are others and the ratios what to look at.

\`npm run bench -- acknowledgement\` measures one part alone, and writes nothing; the parts are \`acknowledgement\`, \`status\`, \`growth\`,
\`storm\` and \`size\`.
${parts.map(section).join('')}`;
}

function section({ title, how, figures }: Part): string {
  return `
## ${title}

${how}

| | measured | goal |
| --- | --- | --- |
${figures.map(row).join('\n')}
`;
}

function row({ name, value, goal }: Figure): string {
  return `| ${name} | ${value} | ${goal === undefined ? '' : `${goal.text}: ${goal.met ? 'met' : '**missed**'}`} |`;
}
