/** One of the set's repositories under an organisation's own names. */
import type { Answers } from '../../schemas/reference-set.ts';
import type { Content, Files } from './content.ts';
import { partOf, renamed } from './names.ts';
import { Refused } from './refused.ts';
import type { Template } from './set.ts';

export type Rendered = { readonly part: string; readonly folder: string; readonly files: Files };

export function render({ folder, files }: Template, answers: Answers): Rendered {
  const written = new Map<string, Content>();
  for (const [path, { bytes, executable }] of files) {
    const name = renamed(path, answers);
    if (written.has(name))
      throw new Refused(`${folder}/${path}: would have the name of another file of the set, ${name}`);
    written.set(name, { bytes: renamedBytes(bytes, answers), executable });
  }
  return { part: partOf(folder), folder: renamed(folder, answers), files: written };
}

/** Whatever is no text stays as it is, to the byte. */
function renamedBytes(bytes: Uint8Array, answers: Answers): Uint8Array {
  const text = textOf(bytes);
  return text === undefined ? bytes : new TextEncoder().encode(renamed(text, answers));
}

export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
