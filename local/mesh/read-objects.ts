/** Reads from YAML, as kubectl and kustomize write it, what a mesh needs to know; other kinds are passed over. */
import type * as z from 'zod';
import { HttpRoute, kindOf, ReferenceGrant, Service } from '../../schemas/http-route.ts';
import { parseDocuments } from '../../schemas/parse-documents.ts';
import { type FileFault, type Problem } from '../../schemas/parse-file.ts';
import { failed, ok, type Result } from '../../src/words/result.ts';
import type { Objects } from './route.ts';

/** `namespace`: of the objects that name none, as Argo CD gives them its application's. */
export function readObjects(text: string, file: string, namespace: string): Result<Objects, FileFault> {
  const documents = parseDocuments(text, file);
  if (!documents.ok) return documents;
  const problems: Problem[] = [];
  const objects = {
    routes: all('HTTPRoute', HttpRoute),
    services: all('Service', Service),
    grants: all('ReferenceGrant', ReferenceGrant),
  };
  const [first, ...others] = problems;
  return first === undefined ? ok(objects) : failed({ file, problems: [first, ...others] });

  function all<Schema extends z.ZodType<HttpRoute | Service | ReferenceGrant>>(kind: string, schema: Schema) {
    const found = documents.ok ? documents.value.filter(({ value }) => kindOf(value) === kind) : [];
    return found.flatMap(({ parse }): z.output<Schema>[] => {
      const parsed = parse(schema);
      if (!parsed.ok) {
        problems.push(...parsed.failure.problems);
        return [];
      }
      parsed.value.metadata.namespace ??= namespace;
      return [parsed.value];
    });
  }
}

export function together(parts: readonly Objects[]): Objects {
  return {
    routes: parts.flatMap(({ routes }) => routes),
    services: parts.flatMap(({ services }) => services),
    grants: parts.flatMap(({ grants }) => grants),
  };
}
