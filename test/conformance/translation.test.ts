/** What compares the demo's mesh with Envoy Gateway, without Go: tables in the shape that `egctl` prints. */
import { expect, it } from 'vitest';
import { compared } from '../../cli/translation/compare.ts';
import { RouteTable, takenBy } from '../../cli/translation/route-table.ts';
import { readObjects } from '../../local/mesh/read-objects.ts';
import { EDGE, requestOf, routeOf, serviceOf } from '../mesh/cases.ts';

const route = (name: string, match: unknown) => ({ name, match, route: { cluster: name } });
const table = (domains: Readonly<Record<string, readonly unknown[]>>, more = {}) =>
  RouteTable.parse({
    name: 'gateway/edge/http',
    virtualHosts: Object.entries(domains).map(([domain, routes]) => ({ domains: [domain], routes })),
    ...more,
  });
const everything = route('everything', { prefix: '/' });

it.each<[string, unknown, Parameters<typeof requestOf>[0], boolean]>([
  ['a prefix', { prefix: '/' }, { path: '/any?a=1' }, true],
  ['a path', { path: '/a' }, { path: '/a?b=1' }, true],
  ['a path and more', { path: '/a' }, { path: '/a/' }, false],
  ['a prefix by segment', { pathSeparatedPrefix: '/a' }, { path: '/a/b' }, true],
  ['a prefix by segment, itself', { pathSeparatedPrefix: '/a' }, { path: '/a?b' }, true],
  ['half a segment', { pathSeparatedPrefix: '/a' }, { path: '/ab' }, false],
  ['an expression for the whole path', { safeRegex: { regex: '/a|/b' } }, { path: '/ab' }, false],
  ['an expression for the path alone', { safeRegex: { regex: '/a|/b' } }, { path: '/b?c=1' }, true],
  [
    'a method, which Envoy has as a header',
    { prefix: '/', headers: [{ name: ':method', stringMatch: { exact: 'POST' } }] },
    { method: 'POST' },
    true,
  ],
  [
    'a header in other capitals',
    { prefix: '/', headers: [{ name: 'X-A', stringMatch: { exact: '1' } }] },
    { headers: { 'x-a': '1' } },
    true,
  ],
  [
    'an expression for the whole header',
    { prefix: '/', headers: [{ name: 'x', stringMatch: { safeRegex: { regex: 'a|b' } } }] },
    { headers: { x: 'ab' } },
    false,
  ],
  [
    'a header that is not there',
    { prefix: '/', headers: [{ name: 'x', stringMatch: { safeRegex: { regex: '.*' } } }] },
    { headers: {} },
    false,
  ],
  [
    'the first of a repeated parameter',
    { prefix: '/', queryParameters: [{ name: 'a', stringMatch: { exact: '1' } }] },
    { path: '/?a=2&a=1' },
    false,
  ],
  [
    'a parameter as it was sent',
    { prefix: '/', queryParameters: [{ name: 'a', stringMatch: { exact: '1 2' } }] },
    { path: '/?a=1+2' },
    false,
  ],
])("Envoy's match of %s", (_, match, asked, takes) => {
  const taken = takenBy(table({ '*': [route('only', match)] }), requestOf(asked));
  expect(taken?.route?.name).toBe(takes ? 'only' : undefined);
});

it.each([
  ['a.example.com', 'a.example.com'],
  ['A.example.COM', 'a.example.com'],
  ['a.example.com:8080', 'a.example.com'],
  ['b.a.example.com', '*.a.example.com'],
  ['b.example.com', '*.example.com'],
  ['example.com', '*'],
  ['other.net', '*'],
])('the virtual host of %s is %s', (host, domain) => {
  const domains = { '*': [], '*.example.com': [], '*.a.example.com': [], 'a.example.com': [] };
  expect(takenBy(table(domains, { ignorePortInHostMatching: true }), requestOf({ host }))?.domain).toBe(domain);
});

it('of the routes that fit the first one is taken, and in no other virtual host', () => {
  const routes = [route('never', { path: '/other' }), everything, route('late', { path: '/' })];
  expect(takenBy(table({ '*': routes }), requestOf({}))?.route?.name).toBe('everything');
  const host = 'a.example.com';
  expect(takenBy(table({ '*': routes, [host]: [] }), requestOf({ host }))).toEqual({ domain: host, route: undefined });
});

it('a condition that is not known is refused, and not passed over', () => {
  expect(() => table({ '*': [route('only', { prefix: '/', runtimeFraction: {} })] })).toThrow(/runtimeFraction/);
});

it.each([
  ['the order of the Gateway API', [0, 1], [], []],
  [
    'another one',
    [1, 0],
    [],
    [
      /^edge\/http GET .*: shop\/method:80 by rule 0 of shop\/a, and Envoy Gateway: shop\/plain:80 by rule 1 of shop\/a$/,
    ],
  ],
])('what differs and has no name is told: %s', (_, order, named, unnamed) => {
  const text = [
    routeOf({
      name: 'a',
      age: 1,
      rules: [
        ['[{ method: GET }]', 'method'],
        ['[{}]', 'plain'],
      ],
    }),
    serviceOf('method', 'shop'),
    serviceOf('plain', 'shop'),
  ].join('---\n');
  const objects = readObjects(text, 'mesh.yaml', 'shop');
  if (!objects.ok) throw new Error(JSON.stringify(objects.failure));
  const routes = [
    route('httproute/shop/a/rule/0/match/0/*', {
      prefix: '/',
      headers: [{ name: ':method', stringMatch: { exact: 'GET' } }],
    }),
    route('httproute/shop/a/rule/1/match/0/*', { prefix: '/' }),
  ];
  const translated = {
    tables: new Map([['gateway/edge/http', table({ '*': order.map((at) => routes[at]) })]]),
    services: new Map([
      ['httproute/shop/a/rule/0/match/0/*', 'shop/method:80'],
      ['httproute/shop/a/rule/1/match/0/*', 'shop/plain:80'],
    ]),
  };

  const all = compared(objects.value, translated, [{ met: { ...EDGE, section: 'http' }, request: requestOf({}) }]);

  expect([...all.named.keys()]).toEqual(named);
  expect(all.unnamed).toEqual(unnamed.map((line) => expect.stringMatching(line)));
});
