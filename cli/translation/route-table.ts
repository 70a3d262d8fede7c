/**
 * A route table as Envoy is given it, and which of its routes takes a request: the first that fits, in the virtual host that is
 * closest to the request's and in no other. After the documentation of envoy.config.route.v3.
 */
import * as z from 'zod';
import type { MeshRequest } from '../../local/mesh/request.ts';

const Expression = z.strictObject({ regex: z.string() });
const Text = z.union([z.strictObject({ exact: z.string() }), z.strictObject({ safeRegex: Expression })]);
const Named = z.strictObject({ name: z.string(), stringMatch: Text });

// Strict: a condition that is passed over would take requests that Envoy does not.
const Match = z.strictObject({
  path: z.string().optional(),
  prefix: z.string().optional(),
  pathSeparatedPrefix: z.string().optional(),
  safeRegex: Expression.optional(),
  headers: z.array(Named).default([]),
  queryParameters: z.array(Named).default([]),
});

const Route = z.object({
  name: z.string(),
  match: Match,
  route: z.object({ cluster: z.string() }).optional(),
  directResponse: z.object({ status: z.int() }).optional(),
});
type EnvoyRoute = z.infer<typeof Route>;

const VirtualHost = z.object({ domains: z.array(z.string()), routes: z.array(Route).default([]) });
export const RouteTable = z.object({
  name: z.string(),
  ignorePortInHostMatching: z.boolean().default(false),
  virtualHosts: z.array(VirtualHost).default([]),
});
export type RouteTable = z.infer<typeof RouteTable>;

export type Taken = { readonly domain: string; readonly route: EnvoyRoute | undefined };

/** Undefined: no virtual host is for it. */
export function takenBy(table: RouteTable, request: MeshRequest): Taken | undefined {
  const { virtualHosts, ignorePortInHostMatching } = table;
  const host = request.host.toLowerCase().replace(ignorePortInHostMatching ? /:\d+$/ : '', '');
  const all = virtualHosts.flatMap(({ domains, routes }) => domains.map((domain) => ({ domain, routes })));
  const [closest] = all
    .filter(({ domain }) => isFor(domain, host))
    .toSorted((one, other) => closeness(other.domain) - closeness(one.domain));
  if (closest === undefined) return undefined;
  return { domain: closest.domain, route: closest.routes.find(({ match }) => takes(match, request)) };
}

function isFor(domain: string, host: string): boolean {
  if (!domain.startsWith('*')) return domain === host;
  return host.length >= domain.length && host.endsWith(domain.slice(1));
}

function closeness(domain: string): number {
  return domain.startsWith('*') ? domain.length : Number.POSITIVE_INFINITY;
}

function takes(match: z.infer<typeof Match>, { method, url, headers }: MeshRequest): boolean {
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  // Neither name nor value is decoded, and of several values of a name the first counts.
  const parameters = query.split('&').map((each) => /^([^=]*)=?(.*)$/s.exec(each));
  const parameter = (name: string) => parameters.find((each) => each?.[1] === name)?.[2];
  const header = (name: string) => (name === ':method' ? method : (headers.get(name) ?? undefined));
  return (
    takesPath(match, path) &&
    match.headers.every(({ name, stringMatch }) => isText(stringMatch, header(name))) &&
    match.queryParameters.every(({ name, stringMatch }) => isText(stringMatch, parameter(name)))
  );
}

function takesPath({ path, prefix, pathSeparatedPrefix, safeRegex }: z.infer<typeof Match>, asked: string): boolean {
  if (path !== undefined) return asked === path;
  if (pathSeparatedPrefix !== undefined)
    return asked === pathSeparatedPrefix || asked.startsWith(`${pathSeparatedPrefix}/`);
  if (safeRegex !== undefined) return isText({ safeRegex }, asked);
  return prefix !== undefined && asked.startsWith(prefix);
}

function isText(expected: z.infer<typeof Text>, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if ('exact' in expected) return actual === expected.exact;
  return new RegExp(`^(?:${expected.safeRegex.regex})$`).test(actual);
}
