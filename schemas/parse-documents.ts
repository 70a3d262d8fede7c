/** Reads a file of several YAML documents, as kubectl and kustomize write them: each object with the lines of its fields. */
import { LineCounter, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { failed, ok, type Result } from '../src/words/result.ts';
import { type FileFault, offsetOf, type Problem, sayRequired, schemaProblems, syntaxProblems } from './parse-file.ts';

export type Placed = {
  readonly file: string;
  readonly value: unknown;
  /** Of a field, or of what should have it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  readonly parse: <Schema extends z.ZodType>(schema: Schema) => Result<z.output<Schema>, FileFault>;
};

const List = z.object({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

export function parseDocuments(text: string, file: string): Result<readonly Placed[], FileFault> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const documents = 'empty' in parsed ? [] : parsed;
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);

  const [broken, ...more] = documents.flatMap((document) => syntaxProblems(document, lineAt));
  if (broken !== undefined) return failed({ file, problems: [broken, ...more] });

  return ok(
    documents.flatMap((document) => {
      const lineOf = (path: readonly PropertyKey[]) => lineAt(offsetOf(path, document));
      const problemsOf = (issue: z.core.$ZodIssue) => schemaProblems(issue, document, lineAt);
      const value: unknown = document.toJS({ maxAliasCount: -1 });
      const list = List.safeParse(value);
      if (!list.success) return value === null ? [] : [placed(value, [])];
      return list.data.items.map((item, index) => placed(item, ['items', index]));

      function placed(object: unknown, at: readonly PropertyKey[]): Placed {
        return {
          file,
          value: object,
          lineOf: (path) => lineOf([...at, ...path]),
          parse: (schema) => parse(schema, object, at),
        };
      }

      function parse<Schema extends z.ZodType>(schema: Schema, object: unknown, at: readonly PropertyKey[]) {
        const result = schema.safeParse(object, { error: sayRequired });
        if (result.success) return ok(result.data);
        const problems = result.error.issues.flatMap((issue) => problemsOf({ ...issue, path: [...at, ...issue.path] }));
        const [first = nothing(lineOf(at)), ...others] = problems;
        return failed({ file, problems: [first, ...others] as const });
      }
    }),
  );
}

function nothing(line: number): Problem {
  return { line, path: '', message: 'is not valid' };
}
