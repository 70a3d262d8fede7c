/** Runs `hawser` on folders that a test made: as a child process, as people do, or in this one, where there are many. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { init, type Surroundings, update } from '../../cli/init/init.ts';
import { exitCodeOf } from '../../cli/init/refused.ts';

const ENTRY = fileURLToPath(new URL('../../cli/hawser.ts', import.meta.url));

export const NAMES = ['--org', 'acme', '--app', 'shop', '--domain', 'acme.com', '--preview-domain', 'acme-preview.dev'];

export function hawser(...args: readonly string[]) {
  return hawserIn(tmpdir(), ...args);
}

/** npm's own variables stay out: they name the folder that the tests were started from. */
export function hawserIn(cwd: string, ...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], { cwd, env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

export function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'hawser-init-'));
}

export async function asked(command: 'init' | 'update', ...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const surroundings: Surroundings = {
    directory: tmpdir(),
    version: '0.0.1',
    read: (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    say: (line) => out.push(line),
    complain: (line) => err.push(line),
    person: undefined,
  };
  const run = command === 'init' ? init : update;
  const code = await exitCodeOf(() => run(args, surroundings), surroundings.complain);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** A name that ends in `*` is executable, as `ls -F` shows it. */
export function lay(directory: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name.replace(/\*$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, name.endsWith('*') ? 0o755 : 0o644);
  }
  return directory;
}

/** Every folder, and every file with its bytes as Latin-1; `*` after its name if it may be run, `@` if it is a link. */
export function treeOf(directory: string, under = ''): Readonly<Record<string, string>> {
  const entries = readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const [path, at] = [`${under}${entry.name}`, join(directory, entry.name)];
    if (entry.isDirectory()) return [[`${path}/`, ''] as const, ...Object.entries(treeOf(at, `${path}/`))];
    if (entry.isSymbolicLink()) return [[`${path}@`, readlinkSync(at)] as const];
    const { mode } = lstatSync(at);
    return [[(mode & 0o100) === 0 ? path : `${path}*`, readFileSync(at, 'latin1')] as const];
  });
  return Object.fromEntries(entries);
}

/** When each file and folder was last written. */
export function writtenAt(directory: string): Readonly<Record<string, number>> {
  const files = readdirSync(directory, { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    [directory, ...files.map(({ parentPath, name }) => join(parentPath, name))].map((path) => [
      path,
      lstatSync(path).mtimeMs,
    ]),
  );
}
