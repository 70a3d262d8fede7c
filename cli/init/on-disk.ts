/** What stands at a path below a folder. Links are refused wherever they lead: what is written must be where it is said to be. */
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Content, identityOf } from './content.ts';
import { Refused, reasonOf } from './refused.ts';

/** Stands for whatever is no file, and is equal to none. */
const NO_FILE = 'no file';

export function identityAt(root: string, path: string): string | undefined {
  const found = statOf(root, path);
  if (found === undefined) return undefined;
  return found.isFile() ? identityOf(contentOf(root, path, found)) : NO_FILE;
}

export function contentAt(root: string, path: string): Content | undefined {
  const found = statOf(root, path);
  return found?.isFile() === true ? contentOf(root, path, found) : undefined;
}

function contentOf(root: string, path: string, { mode }: Stats): Content {
  try {
    return { bytes: readFileSync(join(root, path)), executable: (mode & 0o100) !== 0 };
  } catch (error) {
    throw new Refused(`${join(root, path)}: can't be read: ${reasonOf(error)}`);
  }
}

/** Undefined where there is nothing, be it that what should hold it is no folder. */
function statOf(root: string, path: string): Stats | undefined {
  const parts = path.split('/');
  let found: Stats | undefined;
  for (const index of parts.keys()) {
    const at = join(root, ...parts.slice(0, index + 1));
    found = lstatOf(at);
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) {
      throw new Refused(
        `${at}: is a symbolic link, which is not followed; put what it leads to in its place, or remove it`,
      );
    }
    if (index < parts.length - 1 && !found.isDirectory()) return undefined;
  }
  return found;
}

function lstatOf(at: string): Stats | undefined {
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch (error) {
    // Below something that is no folder there is nothing.
    if (reasonOf(error).startsWith('ENOTDIR')) return undefined;
    throw new Refused(`${at}: can't be looked at: ${reasonOf(error)}`);
  }
}
