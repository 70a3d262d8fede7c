/** Reads the reference set: each folder of `gitops/` is one repository. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Content, Files } from './content.ts';
import { Refused, reasonOf } from './refused.ts';

export type Template = { readonly folder: string; readonly files: Files };

export const SHIPPED = join(import.meta.dirname, '../../gitops');

/** What tools leave in a clone that somebody works in. */
const MADE = new Set(['.git', 'node_modules', 'dist', 'coverage', '.terraform']);

const RESERVED = /^\.hawser\.yaml$|\.hawser-new$/;

export function readSet(directory: string): readonly Template[] {
  try {
    const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders
      .map(({ name }) => ({ folder: name, files: new Map(filesIn(join(directory, name), '')) }))
      .filter(({ files }) => files.size > 0);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(`${directory}: the set can't be read: ${reasonOf(error)}`);
  }
}

function filesIn(directory: string, under: string): readonly (readonly [string, Content])[] {
  const entries = readdirSync(directory, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const [path, at] = [`${under}${entry.name}`, join(directory, entry.name)];
    if (MADE.has(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(at, `${path}/`);
    if (RESERVED.test(entry.name))
      throw new Refused(`${at}: has a name that init and update have a use for themselves`);
    if (!entry.isFile()) throw new Refused(`${at}: is no file, and the set is made of files`);
    return [[path, { bytes: readFileSync(at), executable: (statSync(at).mode & 0o100) !== 0 }] as const];
  });
}
