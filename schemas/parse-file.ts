/** Reads a file that people write by its schema, or says everything that is wrong with it: file, line, path and message. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import { dottedPath } from '../src/words/dotted-path.ts';
import { failed, ok, type Result } from '../src/words/result.ts';

/** `path` is empty where the text is no YAML at all. */
export type Problem = { readonly line: number; readonly path: string; readonly message: string };
export type FileFault = { readonly file: string; readonly problems: readonly [Problem, ...Problem[]] };

export function parseFile<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): Result<z.output<Schema>, FileFault> {
  const lines = new LineCounter();
  // Pretty errors quote the text, and what is wrong is shown to everybody on `/healthz`.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);

  const [broken, ...more] = syntaxProblems(document, lineAt);
  if (broken !== undefined) return failed({ file, problems: [broken, ...more] });

  // An empty file says nothing, which is as good as an empty map. Aliases resolve to one shared value, so they cost nothing.
  const value: unknown = document.toJS({ maxAliasCount: -1 }) ?? {};
  const parsed = schema.safeParse(value, { error: sayRequired });
  if (parsed.success) return ok(parsed.data);

  const [problem, ...others] = parsed.error.issues.flatMap((issue) => schemaProblems(issue, document, lineAt));
  return failed({ file, problems: [problem ?? { line: 1, path: '', message: 'is not valid' }, ...others] });
}

/** `hawser.yaml:12: argocd[0].repositories: is required` */
export function inLines(fault: FileFault): readonly string[] {
  return fault.problems.map(({ line, path, message }) =>
    [`${fault.file}:${line}`, ...(path === '' ? [] : [path]), message].join(': '),
  );
}

type Issue = z.core.$ZodIssue;
type LineAt = (offset: number) => number;
type Yaml = Document.Parsed;

export function syntaxProblems(document: Yaml, lineAt: LineAt): readonly Problem[] {
  const problems = [...document.errors, ...document.warnings].map(
    ({ pos, message }): Problem => ({ line: lineAt(pos[0]), path: '', message }),
  );
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      problems.push({ line: lineAt(alias.range?.[0] ?? 0), path: '', message: `no anchor &${alias.source} above` });
    },
  });
  return problems;
}

export function schemaProblems(issue: Issue, document: Yaml, lineAt: LineAt): readonly Problem[] {
  const at = (path: readonly PropertyKey[], message: string): Problem => ({
    line: lineAt(offsetOf(path, document)),
    path: dottedPath(path),
    message,
  });
  if (issue.code !== 'unrecognized_keys') return [at(issue.path, issue.message)];
  return issue.keys.map((key) => at([...issue.path, key], 'is not a key that Hawser knows'));
}

/** Where the key stands; for one that is missing, where what lacks it begins. */
export function offsetOf(path: readonly PropertyKey[], document: Yaml): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const step of path) {
    const [found, value] = child(isAlias(node) ? node.resolve(document) : node, step);
    if (!isNode(found)) return offset;
    offset = found.range?.[0] ?? offset;
    node = value;
  }
  return offset;
}

/** What marks a step's place, its key or the item itself, and what it leads to. */
function child(parent: unknown, step: PropertyKey): readonly [mark: unknown, value: unknown] {
  if (isSeq(parent)) return [parent.items[Number(step)], parent.items[Number(step)]];
  if (!isMap(parent)) return [undefined, undefined];
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return [pair?.key, pair?.value];
}

/** What zod says of a missing field leaves people looking for a wrong one. */
export function sayRequired(issue: { readonly input?: unknown }): string | undefined {
  return issue.input === undefined ? 'is required' : undefined;
}
