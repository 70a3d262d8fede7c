/** `npm run hawser -- COMMAND`: what people do with Hawser from a terminal or a workflow. */
import { readFileSync } from 'node:fs';
import { instantOf } from '../src/words/instant.ts';
import { explain } from './explain.ts';
import { COMMANDS } from './init/help.ts';
import { init, type Surroundings, update } from './init/init.ts';
import { exitCodeOf, Refused } from './init/refused.ts';

const say = (line: string) => console.log(line);
const complain = (line: string) => console.error(line);

const [command = '', ...args] = process.argv.slice(2);
process.exitCode = await exitCodeOf(run, complain);

async function run(): Promise<number> {
  switch (command) {
    case 'init':
      return await init(args, await surroundings());
    case 'update':
      return await update(args, await surroundings());
    case 'explain':
      return explained();
    case '--help':
    case '-h':
      say(COMMANDS);
      return 0;
    default:
      throw new Refused(`${command || 'no command'}: there are init, update and explain; --help says more`);
  }
}

function explained(): number {
  const { code, out, err } = explain(args, read, instantOf(new Date().toISOString()));
  for (const line of out) say(line);
  for (const line of err) complain(line);
  return code;
}

async function surroundings(): Promise<Surroundings> {
  // npm runs a script in the package's folder, and says where the person was.
  const { npm_lifecycle_event: script, INIT_CWD: from } = process.env;
  const directory = (script === 'hawser' ? from : undefined) ?? process.cwd();
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return { directory, version, read, say, complain, person: await personHere() };
}

async function personHere() {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  // Workflows have no use for it, and it takes a moment to load.
  const { personAt } = await import('./init/person.ts');
  return personAt(process.stdin, process.stdout);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
