/** `npm run hawser -- COMMAND`: what people do with Hawser from a terminal or a workflow. */
import { readFileSync } from 'node:fs';
import { instantOf } from '../src/words/instant.ts';
import { explain } from './explain.ts';
import { init, update } from './init/init.ts';
import { Refused } from './init/refused.ts';

type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Said>> = {
  init: (args) => init(args, surroundings()),
  update: (args) => update(args, surroundings()),
  explain: (args) => explain(args, read, instantOf(new Date().toISOString())),
};

const USAGE = Object.keys(COMMANDS).join(', ');

const [command = '', ...args] = process.argv.slice(2);
const { code, out, err } = answer();
for (const line of out) console.log(line);
for (const line of err) console.error(line);
process.exitCode = code;

function answer(): Said {
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (run === undefined) return { code: 1, out: [], err: [`${command || 'no command'}: there are ${USAGE}`] };
  try {
    return run(args);
  } catch (error) {
    if (error instanceof Refused) return { code: 1, out: [], err: [error.message] };
    throw error;
  }
}

function surroundings() {
  // npm runs a script in the package's folder, and says where the person was.
  const directory =
    (process.env['npm_lifecycle_event'] === 'hawser' ? process.env['INIT_CWD'] : undefined) ?? process.cwd();
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return { directory, version, read };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
