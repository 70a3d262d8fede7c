/** Manifests of the Gateway API's own tests, as they are asked of both. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readObjects } from '../../local/mesh/read-objects.ts';
import type { MeshRequest } from '../../local/mesh/request.ts';
import type { Expected, HttpRoute } from '../../schemas/http-route.ts';
import type { Played } from './compare.ts';
import { gatewayOf } from './gateway-of.ts';

const THEIR_GATEWAY = {
  kind: 'Gateway',
  namespace: 'gateway-conformance-infra',
  name: 'same-namespace',
  section: 'http',
} as const;

const THEIRS = [
  'exact-path-matching',
  'header-matching',
  'invalid-cross-namespace-backend-ref',
  'invalid-nonexistent-backendref',
  'invalid-reference-grant',
  'matching',
  'matching-across-routes',
  'method-matching',
  'named-rule',
  'path-match-order',
  'query-param-matching',
  'reference-grant',
  'simple-same-namespace',
];

/** All of them at once, on the Gateway on which each is alone in their tests; what is asked is made up from the routes. */
export function theirManifests(module: string, seed: number): Played {
  const read = (file: string) => readFileSync(join(module, file), 'utf8');
  const base = read('base/manifests.yaml')
    .split(/^---$/m)
    .filter((each) => /^kind: Service$/m.test(each));
  const manifests = [
    gatewayOf(THEIR_GATEWAY, [THEIR_GATEWAY.section]),
    ...base,
    ...THEIRS.map((name) => read(`tests/httproute-${name}.yaml`)),
  ].join('\n---\n');
  const objects = readObjects(manifests, 'manifests', 'default');
  if (!objects.ok) throw new Error(JSON.stringify(objects.failure));
  return {
    manifests,
    asked: fc
      .sample(fitting(objects.value.routes), { numRuns: 3_000, seed })
      .map((request) => ({ met: THEIR_GATEWAY, request })),
  };
}

/** Of what the matches name, in all combinations. */
function fitting(routes: readonly HttpRoute[]): fc.Arbitrary<MeshRequest> {
  const matches = routes.flatMap(({ spec }) => spec.rules.flatMap((rule) => rule.matches));
  const paths = new Set(matches.flatMap(({ path: { value } }) => [value, `${value}/x`, `${value}x`]));
  const some = (all: readonly Expected[]) =>
    fc.uniqueArray(fc.constantFrom(...all.map(({ name, value }) => [name, value] as const)), {
      maxLength: 3,
      selector: ([name]) => name.toLowerCase(),
    });
  return fc
    .record({
      method: fc.constantFrom('GET', ...matches.flatMap(({ method }) => method ?? [])),
      host: fc.constantFrom('other.net', ...routes.flatMap(({ spec }) => spec.hostnames)),
      path: fc.constantFrom(...paths),
      headers: some(matches.flatMap(({ headers }) => headers)),
      params: some(matches.flatMap(({ queryParams }) => queryParams)),
    })
    .map(({ method, host, path, headers, params }) => ({
      method,
      host,
      url: params.length === 0 ? path : `${path}?${params.map(([name, value]) => `${name}=${value}`).join('&')}`,
      headers: new Headers(headers.map(([name, value]) => [name, value])),
    }));
}
