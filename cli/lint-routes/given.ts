/** What the linted files hold: HTTPRoutes with the lines of their fields, and what stands beside them. */
import type * as z from 'zod';
import { Any, GrpcRoute, HttpRoute, kindOf, ReferenceGrant, Service } from '../../schemas/http-route.ts';
import { type Placed, parseDocuments } from '../../schemas/parse-documents.ts';
import { inLines } from '../../schemas/parse-file.ts';
import { failed, ok, type Result } from '../../src/words/result.ts';

export type Fault = { readonly file: string; readonly line: number; readonly route: string; readonly reason: string };

type Path = readonly PropertyKey[];
type In<Object> = Object & { readonly file: string };
type Lined<Object> = In<Object> & { readonly at: (path: Path, reason: string) => Fault };
export type Route = Lined<HttpRoute>;

export type Given = {
  readonly files: readonly string[];
  readonly routes: readonly Route[];
  readonly grpcRoutes: readonly Lined<GrpcRoute>[];
  readonly services: readonly In<Service>[];
  readonly grants: readonly In<ReferenceGrant>[];
  /** All that is no HTTPRoute. */
  readonly others: readonly In<Any>[];
};

/** What is wrong comes as lines. */
export function readGiven(texts: ReadonlyMap<string, string>): Result<Given, readonly string[]> {
  const wrong: string[] = [];
  const placed = [...texts].flatMap(([file, text]) => {
    const documents = parseDocuments(text, file);
    if (documents.ok) return documents.value;
    wrong.push(...inLines(documents.failure));
    return [];
  });
  const of = (kind: string) => placed.filter(({ value }) => kindOf(value) === kind);
  const given = {
    files: [...texts.keys()],
    routes: of('HTTPRoute').flatMap((each) => typed(each, HttpRoute).map((route) => withLines(route, each))),
    grpcRoutes: of('GRPCRoute').flatMap((each) => typed(each, GrpcRoute).map((route) => withLines(route, each))),
    services: of('Service').flatMap((each) => typed(each, Service)),
    grants: of('ReferenceGrant').flatMap((each) => typed(each, ReferenceGrant)),
    others: placed.filter(({ value }) => kindOf(value) !== 'HTTPRoute').flatMap((each) => typed(each, Any)),
  };
  return wrong.length === 0 ? ok(given) : failed(wrong);

  function typed<Schema extends z.ZodType>(each: Placed, schema: Schema) {
    const parsed = each.parse(schema);
    if (parsed.ok) return [Object.assign({}, parsed.value, { file: each.file })];
    wrong.push(...inLines(parsed.failure));
    return [];
  }
}

function withLines<Object extends GrpcRoute>(route: In<Object>, { file, lineOf }: Placed): Lined<Object> {
  const at = (path: Path, reason: string) => ({ file, line: lineOf(path), route: route.metadata.name, reason });
  return { ...route, at };
}
