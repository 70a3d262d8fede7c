/** Says what is wrong with the preview router's configuration, a line for each thing: `check-router.ts [FILE]`. */
import { readFileSync } from 'node:fs';
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import * as z from 'zod';
import { sayRequired } from '../schemas/parse-file.ts';
import { Router } from '../schemas/router.ts';
import { dottedPath } from '../src/words/dotted-path.ts';

type Problem = { readonly path: readonly PropertyKey[]; readonly message: string };

/** All else in it is wrangler's, which says itself what it does not understand. */
const Wrangler = z.object({
  vars: z.object({ ROUTER: Router }),
  routes: z.array(z.object({ pattern: z.string() })).optional(),
});

const [file = 'wrangler.router.toml'] = process.argv.slice(2);
const complaints = complaintsAbout(file);
for (const line of complaints) console.error(line);
if (complaints.length === 0) console.log(`${file}: valid`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function complaintsAbout(file: string): readonly string[] {
  const text = read(file);
  if (text === undefined) return [`${file}: there is no such file, or it cannot be read`];
  const parsed = parse(text);
  if (parsed instanceof ParseError) return [`${file}:${parsed.lineNumber}: ${parsed.message}`];
  return problemsOf(getStaticTOMLValue(parsed)).map(
    ({ path, message }) => `${file}:${lineOf(path, parsed)}: ${dottedPath(path)}: ${message}`,
  );
}

function problemsOf(value: unknown): readonly Problem[] {
  const { error, data } = Wrangler.safeParse(value, { error: sayRequired });
  if (data === undefined) return error.issues.flatMap(problemsIn);
  const [pattern, { routes }] = [`*.${data.vars.ROUTER.zone}/*`, data];
  if (routes === undefined || routes.some((route) => route.pattern === pattern)) return [];
  return [{ path: ['routes'], message: `none of them is ${pattern}: no preview would reach the router` }];
}

function problemsIn(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a key that the router knows' }));
}

function parse(text: string): AST.TOMLProgram | ParseError {
  try {
    return parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

/** Where the key stands; for one that is missing, where what lacks it begins. */
function lineOf(path: readonly PropertyKey[], { body: [top] }: AST.TOMLProgram): number {
  const lines = new Map<string, number>();
  for (const node of top.body) note(node, [], lines);
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(dottedPath(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

function note(node: AST.TOMLNode, above: readonly PropertyKey[], lines: Map<string, number>): void {
  const at = (path: readonly PropertyKey[]) => lines.set(dottedPath(path), node.loc.start.line);
  switch (node.type) {
    case 'TOMLTable':
      at(node.resolvedKey);
      for (const each of node.body) note(each, node.resolvedKey, lines);
      break;
    case 'TOMLKeyValue': {
      const path = [...above, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))];
      at(path);
      note(node.value, path, lines);
      break;
    }
    case 'TOMLInlineTable':
      for (const each of node.body) note(each, above, lines);
      break;
    case 'TOMLArray':
      for (const [index, element] of node.elements.entries()) {
        lines.set(dottedPath([...above, index]), element.loc.start.line);
        note(element, [...above, index], lines);
      }
      break;
    default:
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
