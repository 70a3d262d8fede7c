/** Which Service gets a request, by the precedence that the Gateway API gives: tables of cases over the interpreter. */
import { expect, it } from 'vitest';
import { readObjects, together } from '../../local/mesh/read-objects.ts';
import type { Met } from '../../local/mesh/request.ts';
import { type Objects, route } from '../../local/mesh/route.ts';
import {
  type Asked,
  type Case,
  EDGE,
  FITTING,
  type Made,
  MESH,
  ORDER,
  PRECEDENCE,
  pr7,
  requestOf,
  routeOf,
  serviceOf,
  stable,
} from './cases.ts';

it.each<Case>([...PRECEDENCE, ...ORDER])('%s', (_, made, asked, wanted, met = MESH) => {
  expect(answered(objectsOf(made), met, asked)).toBe(wanted);
});

it('of two that are equal one that the API server has not seen yet comes last', () => {
  const made = (name: string): Made => ({ name, age: 9, rules: [['[{}]', name]] });
  const [unseen, seen] = [routeOf(made('a')).replace(/, creationTimestamp: "[^"]*"/, ''), routeOf(made('b'))];
  expect(unseen).not.toContain('creationTimestamp');
  expect(answered(together([read(unseen), read(seen), servicesOf(['a', 'b'])]), MESH, {})).toBe('b');
});

it.each(FITTING)('%s', (_, matches, asked, fits) => {
  const objects = objectsOf([{ name: 'only', age: 1, rules: [[matches, 'only']] }]);
  expect(answered(objects, MESH, asked)).toBe(fits ? 'only' : '404');
});

it("a caller's own routes take the place of the Service's", () => {
  const objects = objectsOf([
    { name: 'a', age: 1, rules: [['[{}]', 'producer']] },
    { name: 'b', age: 2, namespace: 'elsewhere', rules: [['[{}]', 'consumer']] },
  ]);
  expect(answered(objects, { ...MESH, from: 'elsewhere' }, {})).toBe('consumer');
  expect(answered(objects, { ...MESH, from: 'third' }, {})).toBe('producer');
});

it('a Service without routes is reached as it is', () => {
  expect(answered(objectsOf([]), MESH, {})).toBe('shop, plain');
  expect(answered(objectsOf([stable()]), { ...MESH, name: 'other' }, {})).toBe('other, plain');
});

it.each([
  ['a Service that is not there', 'name: gone, port: 80', 'there is no Service shop/gone'],
  ['a port that it does not have', 'name: stable, port: 81', 'Service shop/stable has no port 81'],
  ['no port', 'name: stable', 'Service shop/stable has no port undefined'],
  ['a bucket', 'kind: Bucket, group: example.com, name: stable, port: 80', 'Bucket stable is no Service'],
  [
    'a filter that is not known',
    'name: stable, port: 80, filters: [{ type: CORS }]',
    'the filter CORS is not known here',
  ],
  ['weights of nothing', 'name: stable, port: 80, weight: 0', 'it leads nowhere'],
])('a route to %s is a 500', (_, ref, because) => {
  const text = routeOf({ name: 'only', age: 1, rules: [['[{}]', `{ ${ref} }`]] });
  expect(answered(together([read(text), servicesOf(['stable'])]), MESH, {})).toBe(`500: ${because}`);
});

it.each<[string, Met, string, string]>([
  ["at a gateway one of the callers' namespace", EDGE, 'from: shop, to: shop-pr-7', 'pr7'],
  ['at a gateway none', EDGE, '', '500: no ReferenceGrant lets it lead from shop to shop-pr-7'],
  [
    'at a gateway one for another namespace',
    EDGE,
    'from: other, to: shop-pr-7',
    '500: no ReferenceGrant lets it lead from shop to shop-pr-7',
  ],
  [
    'at a gateway one in another namespace',
    EDGE,
    'from: shop, to: other',
    '500: no ReferenceGrant lets it lead from shop to shop-pr-7',
  ],
  [
    "at a gateway one for another API's routes",
    EDGE,
    "from: shop, to: shop-pr-7, fromGroup: ''",
    '500: no ReferenceGrant lets it lead from shop to shop-pr-7',
  ],
  [
    "at a gateway one for another API's Services",
    EDGE,
    'from: shop, to: shop-pr-7, toGroup: multicluster.x-k8s.io',
    '500: no ReferenceGrant lets it lead from shop to shop-pr-7',
  ],
  ['in a mesh none', MESH, '', 'pr7'],
])('a route into another namespace, with a ReferenceGrant: %s', (_, met, grant, wanted) => {
  const [, from, to] = /from: (\S+), to: ([^\s,]+)/.exec(grant) ?? [];
  const [, fromGroup = 'gateway.networking.k8s.io'] = /fromGroup: (\S+)/.exec(grant) ?? [];
  const [, toGroup = "''"] = /toGroup: (\S+)/.exec(grant) ?? [];
  const text = routeOf({ name: 'a', age: 1, rules: [['[{}]', '{ name: pr7, namespace: shop-pr-7, port: 80 }']] });
  const granted =
    from === undefined
      ? ''
      : `apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: shop, namespace: ${to} }
spec:
  from: [{ group: ${fromGroup}, kind: HTTPRoute, namespace: ${from} }]
  to: [{ group: ${toGroup}, kind: Service }]
`;
  const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: pr7 }\nspec: { ports: [{ port: 80 }] }\n';
  expect(answered(together([read(text), read(granted), read(service, 'shop-pr-7')]), met, {})).toBe(wanted);
});

it.each([
  [0, 'one'],
  [0.69, 'one'],
  [0.71, 'two'],
  [0.999, 'two'],
])('at %d of 1 a weight of 7 to 3 gives %s', (draw, wanted) => {
  const refs = '{ name: one, port: 80, weight: 7 }, { name: two, port: 80, weight: 3 }';
  const text = routeOf({ name: 'a', age: 1, rules: [['[{}]', refs]] });
  const routed = route(together([read(text), servicesOf(['one', 'two'])]), MESH, requestOf({}), draw);
  expect(routed.kind === 'backend' && routed.backend.name).toBe(wanted);
});

it('an expression that is none is refused with its line', () => {
  const text = routeOf(pr7()).replace('^(?:.*,)?', '^(?:.*,?');
  const read = readObjects(text, 'mesh.yaml', 'shop');
  expect(read.ok ? '' : read.failure.problems[0]).toMatchObject({
    line: 7,
    path: 'spec.rules[0].matches[0].headers[0].value',
    message: expect.stringMatching(/^is no regular expression: /),
  });
});

function answered(objects: Objects, met: Met, asked: Asked): string {
  const routed = route(objects, met, requestOf(asked));
  if (routed.kind === 'unmatched') return '404';
  if (routed.kind === 'broken') return `500: ${routed.because}`;
  return routed.kind === 'plain' ? `${routed.backend.name}, plain` : routed.backend.name;
}

function objectsOf(made: readonly Made[]): Objects {
  const names = made.flatMap(({ rules }) => rules.map(([, to]) => to));
  return together([...made.map((each) => read(routeOf(each))), servicesOf(names)]);
}

function servicesOf(names: readonly string[]): Objects {
  return together(names.flatMap((name) => ['shop', 'elsewhere'].map((namespace) => read(serviceOf(name, namespace)))));
}

function read(text: string, namespace = 'shop'): Objects {
  const objects = readObjects(text, 'mesh.yaml', namespace);
  if (!objects.ok) throw new Error(JSON.stringify(objects.failure));
  return objects.value;
}
