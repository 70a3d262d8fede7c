/** Sets of routes that compete for the same requests, each on a Gateway of its own, and requests that several of them fit. */
import * as fc from 'fast-check';
import type { MeshRequest } from '../../local/mesh/request.ts';
import type { Asked, Played } from './compare.ts';
import { gatewayOf } from './gateway-of.ts';

// Each is validated on its own, for a tenth of a second: so they are few, and stand in many sets.
const ROUTES = 40;
const SETS = 320;
const REQUESTS = 60;
/** As many listeners as a Gateway may have, and a route parents. */
const LISTENERS = 64;
const PARENTS = 32;

const HOSTS = ['a.example.com', 'b.a.example.com', '*.example.com', '*.a.example.com'];
const EXPRESSION = String.raw`^(?:.*,)?\s*preview\s*=(?:\s*foo\s*|\s*pr-7-shop\s*)(?:;[^,]*)?(?:,.*)?$`;

const path = fc.oneof(
  fc.record({ type: fc.constant('PathPrefix'), value: fc.constantFrom('/', '/', '/a', '/a/', '/a/b', '/ab', '/A') }),
  fc.record({ type: fc.constant('Exact'), value: fc.constantFrom('/', '/a', '/a/', '/a/b') }),
  fc.record({ type: fc.constant('RegularExpression'), value: fc.constantFrom('/a.*', '/[ab]+', '/a/(b|c)') }),
);
const condition = (names: readonly string[]) =>
  fc.oneof(
    fc.record({ type: fc.constant('Exact'), name: fc.constantFrom(...names), value: fc.constantFrom('1', '2') }),
    fc.record({
      type: fc.constant('RegularExpression'),
      name: fc.constantFrom(...names),
      value: fc.constantFrom('1|2', '[0-9]'),
    }),
  );
const baggage = fc.oneof(
  fc.record({ type: fc.constant('Exact'), name: fc.constant('baggage'), value: fc.constant('preview=foo') }),
  fc.record({ type: fc.constant('RegularExpression'), name: fc.constant('baggage'), value: fc.constant(EXPRESSION) }),
);
const distinct = <Item extends { readonly name: string }>(item: fc.Arbitrary<Item>) =>
  fc.uniqueArray(item, { maxLength: 2, selector: ({ name }) => name.toLowerCase() });

const match = fc.record(
  {
    path,
    method: fc.constantFrom('GET', 'POST'),
    headers: distinct(fc.oneof(condition(['x', 'Y']), baggage)),
    queryParams: distinct(condition(['p', 'q'])),
  },
  { requiredKeys: [] },
);
const route = fc.record({
  hostnames: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...HOSTS), { maxLength: 2 })),
  rules: fc.array(fc.array(match, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
});
const pool = fc.array(route, { minLength: ROUTES, maxLength: ROUTES });
const sets = fc.array(fc.uniqueArray(fc.nat(ROUTES - 1), { minLength: 1, maxLength: 4 }), {
  minLength: SETS,
  maxLength: SETS,
});

const request = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT'),
    host: fc.constantFrom(
      'a.example.com',
      'b.a.example.com',
      'c.a.example.com',
      'Z.example.com',
      'example.com',
      'other.net',
    ),
    path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/a/b/c', '/a/c', '/ab', '/A', '/b', '//a'),
    query: fc.constantFrom('', '?p=1', '?q=2', '?p=1&q=1', '?p=2&p=1', '?P=1'),
    headers: fc.record(
      {
        x: fc.constantFrom('1', '2', '12'),
        y: fc.constantFrom('1', '3'),
        baggage: fc.constantFrom(
          'preview=foo',
          'u=1, preview=pr-7-shop;p',
          'preview=foobar',
          'preview=foo,preview=bar',
        ),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ method, host, path, query, headers }): MeshRequest => {
    const sent = new Headers();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value);
    return { method, host, url: `${path}${query}`, headers: sent };
  });

export function madeUp(seed: number): Played {
  const [routes = []] = fc.sample(pool, { numRuns: 1, seed });
  const [chosen = []] = fc.sample(sets, { numRuns: 1, seed });
  const requests = fc.sample(request, { numRuns: SETS * REQUESTS, seed });
  const mets = chosen.map((_, set) => metIn(set));
  const gateways = Map.groupBy(mets, ({ name }) => name);
  const manifests = [
    ...[...gateways.values()].flatMap((each) => {
      const [first] = each;
      return first === undefined
        ? []
        : gatewayOf(
            first,
            each.map(({ section }) => section),
          );
    }),
    ...routes.flatMap((each, index) => {
      const parents = mets.filter((_, set) => chosen[set]?.includes(index));
      return objectsOf(each, index, parents.slice(0, PARENTS)).map((object) => `${JSON.stringify(object)}\n`);
    }),
  ];
  return {
    manifests: manifests.join('---\n'),
    asked: requests.map((each, index) => ({ met: metIn(index % SETS), request: each })),
  };
}

function metIn(set: number): Asked['met'] {
  return {
    kind: 'Gateway',
    namespace: 'gateways',
    name: `gateway-${Math.floor(set / LISTENERS)}`,
    section: `set-${set}`,
  };
}

type Route = typeof route extends fc.Arbitrary<infer Value> ? Value : never;

/** Each rule leads to a Service of its own. */
function objectsOf({ hostnames, rules }: Route, index: number, mets: readonly Asked['met'][]): readonly unknown[] {
  // In some order that is not the one in which they stand.
  const name = `${'abcdef'[index % 6]}-${index}`;
  const metadata = (named: string) => ({ namespace: index % 2 === 0 ? 'one' : 'two', name: named });
  const services = rules.map((_, rule) => `${name}-${rule}`);
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: metadata(name),
      spec: {
        parentRefs: mets.map(({ namespace, name: parent, section }) => ({
          namespace,
          name: parent,
          sectionName: section,
        })),
        hostnames,
        rules: rules.map((matches, rule) => ({ matches, backendRefs: [{ name: services[rule], port: 80 }] })),
      },
    },
    ...services.map((service) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(service),
      spec: { ports: [{ port: 80 }] },
    })),
  ];
}
