/** The `.hawser.yaml` of a repository: what was written there, and by which answers. */
import { stringify } from 'yaml';
import { inLines, parseFile } from '../../schemas/parse-file.ts';
import { Remembered } from '../../schemas/reference-set.ts';
import type { Content } from './content.ts';
import { Refused } from './refused.ts';
import { textOf } from './render.ts';

export const MEMORY = '.hawser.yaml';

const HEAD = `# Written by Hawser: what it laid down here. \`npm run hawser -- update\` goes by it. Commit it, and leave it as it is.
`;

export function parseMemory({ bytes }: Content, file: string): Remembered {
  const memory = parseFile(textOf(bytes) ?? '', file, Remembered);
  if (memory.ok) return memory.value;
  const [first = ''] = inLines(memory.failure);
  throw new Refused(`${first}; Hawser did not write this: take the last one that it wrote from git`);
}

export function textOfMemory(memory: Remembered): string {
  const files = Object.fromEntries(Object.entries(memory.files).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return HEAD + stringify({ ...memory, files }, { lineWidth: 0 });
}
