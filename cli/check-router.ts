/** Says what is wrong with the preview router's configuration, a line for each thing: `check-router.ts [FILE [HAWSER.YAML]]`. */
import { readFileSync } from 'node:fs';
import { parseConfig } from '../schemas/parse-config.ts';
import { inLines } from '../schemas/parse-file.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { located } from './check-router/located.ts';
import { problemsOf } from './check-router/problems.ts';

const [file = 'wrangler.router.toml', beside = 'hawser.yaml'] = process.argv.slice(2);
const { errors, warnings } = complaints();
for (const line of [...errors, ...warnings]) console.error(line);
if (errors.length === 0) console.log(`${file}: valid`);
process.exitCode = errors.length === 0 ? 0 : 1;

type Complaints = { readonly errors: readonly string[]; readonly warnings: readonly string[] };

function complaints(): Complaints {
  const [text, yaml] = [file, beside].map(read);
  const missing = [file, beside].filter((_, index) => [text, yaml][index] === undefined);
  if (text === undefined || yaml === undefined) {
    return broken(missing.map((name) => `${name}: there is no such file, or it cannot be read`));
  }
  const config = parseConfig(yaml, beside);
  const router = located(text);
  if ('message' in router) return broken([`${file}:${router.line}: ${router.message}`]);
  if (!config.ok) return broken(inLines(config.failure));
  const problems = problemsOf(router.value, config.value).map(({ kind, path, message }) => ({
    kind,
    line: `${file}:${router.lineOf(path)}: ${dottedPath(path)}: ${message}`,
  }));
  const those = (which: 'error' | 'warning') => problems.filter(({ kind }) => kind === which).map(({ line }) => line);
  return { errors: those('error'), warnings: those('warning') };
}

function broken(errors: readonly string[]): Complaints {
  return { errors, warnings: [] };
}

function read(name: string): string | undefined {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return undefined;
  }
}
