/** Plans one repository: every file's verdict, and the changes that follow from them. */
import { isDeepStrictEqual } from 'node:util';
import type { Remembered } from '../../schemas/reference-set.ts';
import type { Change } from './apply.ts';
import type { Content, Files } from './content.ts';
import { identityOf } from './content.ts';
import { decide, type Verdict } from './decide.ts';
import { MEMORY, textOfMemory } from './memory.ts';

/** `folder` is below the root, '' for the root itself. `next` is what will be remembered, but for the files. */
export type Target = {
  readonly folder: string;
  readonly files: Files;
  readonly memory: Remembered | undefined;
  readonly next: Omit<Remembered, 'files'>;
};

type Outcome = { readonly path: string; readonly verdict: Verdict; readonly open: boolean };
export type Plan = {
  readonly folder: string;
  readonly known: boolean;
  readonly outcomes: readonly Outcome[];
  readonly changes: readonly Change[];
};

export type Look = (path: string) => string | undefined;

export function planRepository({ folder, files, memory, next }: Target, look: Look): Plan {
  const at = (path: string) => (folder === '' ? path : `${folder}/${path}`);
  const outcomes: Outcome[] = [];
  const changes: Change[] = [];
  const remembered: Record<string, string> = {};
  for (const path of pathsOf(files, memory)) {
    const content = files.get(path);
    const sides = {
      written: memory?.files[path],
      present: look(at(path)),
      wanted: content === undefined ? undefined : identityOf(content),
      beside: look(at(besideOf(path))),
    };
    const { verdict, remember, open } = decide(sides);
    outcomes.push({ path, verdict, open });
    if (remember !== undefined) remembered[path] = remember;
    if (verdict === 'new' || verdict === 'replaced') changes.push(put(at(path), sides.present, content));
    if (verdict === 'removed') changes.push(put(at(path), sides.present, undefined));
    if (verdict === 'conflict') changes.push({ ...put(at(besideOf(path)), sides.beside, content), beside: at(path) });
  }
  const after = { ...next, files: remembered };
  // Last, so that a run which is killed before the end is made good by the next. A new version alone is no reason to write.
  if (memory === undefined || !isDeepStrictEqual({ ...memory, version: after.version }, after)) {
    const bytes = new TextEncoder().encode(textOfMemory(after));
    changes.push(put(at(MEMORY), look(at(MEMORY)), { bytes, executable: false }));
  }
  return { folder, known: memory !== undefined, outcomes, changes };
}

export function besideOf(path: string): string {
  return `${path}.hawser-new`;
}

function pathsOf(files: Files, memory: Remembered | undefined): readonly string[] {
  return [...new Set([...files.keys(), ...Object.keys(memory?.files ?? {})])].toSorted();
}

function put(path: string, seen: string | undefined, content: Content | undefined): Change {
  return content === undefined ? { path, seen } : { path, seen, content };
}
