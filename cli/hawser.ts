/** `npm run hawser -- COMMAND`: what people do with Hawser from a terminal or a workflow. */
import { readFileSync } from 'node:fs';
import { instantOf } from '../src/words/instant.ts';
import { explain } from './explain.ts';

const [command, ...args] = process.argv.slice(2);
if (command === 'explain') {
  const { code, out, err } = explain(args, read, instantOf(new Date().toISOString()));
  for (const line of out) console.log(line);
  for (const line of err) console.error(line);
  process.exitCode = code;
} else {
  console.error(`${command ?? 'no command'}: there is explain --rules FILE --candidate FILE [--at TIME]`);
  process.exitCode = 1;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
