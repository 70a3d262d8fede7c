/**
 * Writes and removes files, all of them or none. Everything is staged on the same file system first; then each file is
 * renamed into its place, and what stood there before is kept until the last one is in.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Content } from './content.ts';
import { identityAt } from './on-disk.ts';
import { Refused, reasonOf } from './refused.ts';

/** `seen`: what the decision was made on. Without content the file is removed. `beside`: the file that a conflict is about. */
export type Change = {
  readonly path: string;
  readonly seen: string | undefined;
  readonly content?: Content;
  readonly beside?: string;
};

type Undo = () => void;

const STAGE = '.hawser-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `step` is told where each step is done, just before; what it throws is that step's failure. */
export function apply(root: string, changes: readonly Change[], step: (at: string) => void = () => {}): void {
  if (changes.length === 0) return;
  const undo: Undo[] = [];
  let at = root;
  const begin = (path: string) => {
    at = path;
    step(at);
  };
  // A signal would end the process between two renames; it has to wait for the few milliseconds that they take.
  const wait = () => {};
  for (const signal of SIGNALS) process.on(signal, wait);
  try {
    const stage = makeStage(root, undo, begin);
    writeStaged(stage, changes, begin);
    for (const [index, change] of changes.entries()) put(root, join(stage, String(index)), change, undo, begin);
    begin(stage);
    rmSync(stage, { recursive: true });
  } catch (error) {
    throw new Refused(`${error instanceof Refused ? error.message : `${at}: ${reasonOf(error)}`}; ${undone(undo)}`);
  } finally {
    for (const signal of SIGNALS) process.off(signal, wait);
  }
  for (const { path, content } of changes) if (content === undefined) removeEmpty(root, dirname(path));
}

/** What runs that were killed have left. Nobody needs it: until a file is in its place, what was there is as well. */
export function leftovers(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\.hawser-\w{6}$/.test(entry.name))
    .map(({ name }) => join(root, name));
}

function makeStage(root: string, undo: Undo[], begin: (at: string) => void): string {
  begin(root);
  makeFolder(root, undo);
  const stage = mkdtempSync(join(root, STAGE));
  undo.push(() => rmSync(stage, { recursive: true }));
  return stage;
}

function writeStaged(stage: string, changes: readonly Change[], begin: (at: string) => void): void {
  for (const [index, { content }] of changes.entries()) {
    if (content === undefined) continue;
    const path = join(stage, `${index}.new`);
    begin(path);
    writeFileSync(path, content.bytes, { mode: content.executable ? 0o777 : 0o666 });
  }
}

function put(root: string, staged: string, change: Change, undo: Undo[], begin: (at: string) => void): void {
  const { path, seen, content } = change;
  const [target, was] = [join(root, path), `${staged}.was`];
  begin(target);
  if (identityAt(root, path) !== seen) throw new Refused(`${target}: was changed by somebody else meanwhile`);
  if (content === undefined) {
    renameSync(target, was);
    undo.push(() => renameSync(was, target));
    return;
  }
  makeFolder(dirname(target), undo);
  // A copy, so that the file is in its place at any moment: were this process killed, its absence would look like a deletion.
  if (seen !== undefined) cpSync(target, was, { preserveTimestamps: true });
  renameSync(`${staged}.new`, target);
  undo.push(seen === undefined ? () => rmSync(target) : () => renameSync(was, target));
}

/** One by one: Node's own `recursive` never ends where the parent is there and takes no folder, as /proc. */
function makeFolder(folder: string, undo: Undo[]): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), undo);
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new Refused(`${folder}: no folder can be made there (${reasonOf(error)})`);
  }
  undo.push(() => rmdirSync(folder));
}

function undone(undo: readonly Undo[]): string {
  try {
    for (const back of undo.toReversed()) back();
    return 'nothing was written';
  } catch (error) {
    return `and putting back what was there failed too (${reasonOf(error)}): it lies in the folder ${STAGE}… there`;
  }
}

function removeEmpty(root: string, folder: string): void {
  for (let empty = folder; empty !== '.'; empty = dirname(empty)) {
    try {
      rmdirSync(join(root, empty));
    } catch {
      return; // It still holds something.
    }
  }
}
