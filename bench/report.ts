/** Puts what was measured into words: lines for the screen, and `docs/performance.md`. */
import type { Figure, Part } from './figure.ts';

export function onScreen({ title, command, figures }: Part): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map((each) => `  ${each.name.padEnd(width)}  ${each.value}${inBrackets(each)}`);
  return `\n${title}${command === undefined ? '' : ` (${command})`}\n${lines.join('\n')}`;
}

function inBrackets({ goal }: Figure): string {
  return goal === undefined ? '' : `   [goal ${goal.text}: ${goal.met ? 'met' : 'missed'}]`;
}

type Measured = {
  readonly machine: string;
  readonly seconds: number;
  readonly parts: readonly Part[];
  /** What was found out beside the figures; Markdown. */
  readonly findings: string;
};

export function inMarkdown({ machine, seconds, parts, findings }: Measured): string {
  return `# Performance

Written by \`npm run bench\`, from one run of ${seconds} s on one machine: ${machine}. Workers run in workerd on this machine,
with a socket of their own and storage on disk; nothing leaves loopback. A value is the median of its repeats, with the lowest and
the highest in brackets; what is compared was measured in turn. Nothing here fails a build: on another machine, or on Cloudflare,
where a commit is replicated rather than synced to one disk, the figures are others and the ratios what to look at.
A command under a title measures that part alone, and writes nothing.
${parts.map(section).join('')}
${findings}`;
}

function section({ title, command, how, figures }: Part): string {
  return `
## ${title}

${command === undefined ? '' : `\`${command}\`: `}${how}

| | measured | goal |
| --- | --- | --- |
${figures.map(row).join('\n')}
`;
}

function row({ name, value, goal }: Figure): string {
  return `| ${name} | ${value} | ${goal === undefined ? '' : `${goal.text}: ${goal.met ? 'met' : '**missed**'}`} |`;
}
