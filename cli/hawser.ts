/** `npm run hawser -- COMMAND`: what people do with Hawser from a terminal or a workflow. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { instantOf } from '../src/words/instant.ts';
import { explain } from './explain.ts';
import { COMMANDS } from './init/help.ts';
import { init, type Surroundings, update } from './init/init.ts';
import { exitCodeOf, Refused } from './init/refused.ts';
import { lintRoutes } from './lint-routes.ts';

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
      return told(explain(args, read, instantOf(new Date().toISOString())));
    case 'lint-routes':
      return told(lintRoutes(args, read));
    case '--help':
    case '-h':
      say(COMMANDS);
      return 0;
    default:
      throw new Refused(
        `${command || 'no command'}: there are init, update, explain and lint-routes; --help says more`,
      );
  }
}

type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };

function told({ code, out, err }: Said): number {
  for (const line of out) say(line);
  for (const line of err) complain(line);
  return code;
}

/** npm runs a script in the package's folder, and says where the person was. */
function whereThePersonIs(): string {
  const { npm_lifecycle_event: script, INIT_CWD: from } = process.env;
  return (script === 'hawser' ? from : undefined) ?? process.cwd();
}

async function surroundings(): Promise<Surroundings> {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return { directory: whereThePersonIs(), version, read, say, complain, person: await personHere() };
}

async function personHere() {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  // Workflows have no use for it, and it takes a moment to load.
  const { personAt } = await import('./init/person.ts');
  return personAt(process.stdin, process.stdout);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(resolve(whereThePersonIs(), path), 'utf8');
  } catch {
    return undefined;
  }
}
