/**
 * Cases of where a request goes: the vectors of the preview router, and what the Gateway API says besides. They are asked of the
 * interpreter and, where there is Go, of Envoy Gateway's translation.
 */
import type { MeshRequest, Met } from '../../local/mesh/request.ts';

export const MESH = { kind: 'Service', namespace: 'shop', name: 'shop', port: 80 } as const;
export const EDGE = { kind: 'Gateway', namespace: 'gateway', name: 'edge' } as const;
const BAGGAGE = '^(?:.*,)?\\s*preview\\s*=\\s*foo\\s*(?:;[^,]*)?(?:,.*)?$';
const FOO = `headers: [{ name: baggage, type: RegularExpression, value: '${BAGGAGE}' }]`;

export type Made = {
  readonly name: string;
  readonly age: number;
  readonly hosts?: string;
  readonly namespace?: string;
  /** The matches of each rule, and where it leads: a Service's name, or whole references. */
  readonly rules: readonly (readonly [matches: string, to: string])[];
};

export const stable = (...more: Made['rules']): Made => ({
  name: 'stable',
  age: 1,
  rules: [['[{}]', 'stable'], ...more],
});
export const pr7 = (...more: Made['rules']): Made => ({
  name: 'pr7',
  age: 2,
  rules: [[`[{ ${FOO} }]`, 'pr7'], ...more],
});

const ANYTHING = { path: '/', method: 'GET', host: 'foo.preview.example.com', headers: { baggage: 'preview=foo' } };
export type Asked = Omit<Partial<typeof ANYTHING>, 'headers'> & { headers?: Record<string, string> };

/** `wanted`: the Service's name, or the status of an answer that comes from none. */
export type Case = [name: string, Made[], Asked, wanted: string, Met?];

export const PRECEDENCE: readonly Case[] = [
  ['P1: a header goes before none', [stable(), pr7()], {}, 'pr7'],
  ['P2: without the header the stable one is left', [stable(), pr7()], { headers: {} }, 'stable'],
  [
    'P3: a longer path goes before a header',
    [stable(['[{ path: { value: /api } }]', 'stable-api']), pr7()],
    { path: '/api/x' },
    'stable-api',
  ],
  [
    'P4: the same path and a header go before the path alone',
    [stable(['[{ path: { value: /api } }]', 'stable-api']), pr7([`[{ path: { value: /api }, ${FOO} }]`, 'pr7-api'])],
    { path: '/api/x' },
    'pr7-api',
  ],
  [
    'P5: an exact path goes before a header',
    [stable(['[{ path: { type: Exact, value: /x } }]', 'stable-x']), pr7()],
    { path: '/x' },
    'stable-x',
  ],
  [
    'P6: a method goes before a header',
    [stable(['[{ method: POST }]', 'stable-post']), pr7()],
    { method: 'POST' },
    'stable-post',
  ],
  [
    'P7: of two that are equal the older one',
    [{ ...pr7(), name: 'pr5', age: 3, rules: [[`[{ ${FOO} }]`, 'pr5']] }, stable(), pr7()],
    {},
    'pr7',
  ],
  [
    'P7: of two as old as each other the first by name',
    [stable(), pr7(), { ...pr7(), name: 'pr5', rules: [[`[{ ${FOO} }]`, 'pr5']] }],
    {},
    'pr5',
  ],
  [
    'P8: two headers go before one',
    [
      stable(),
      pr7(),
      {
        name: 'x',
        age: 3,
        rules: [[`[{ ${FOO.replace(/]$/, '')}, { name: x-canary, value: '1' }] }]`, 'canary']],
      },
    ],
    { headers: { baggage: 'preview=foo', 'x-canary': '1' } },
    'canary',
  ],
  ['P9: a preview alone leaves all others an error', [pr7()], { headers: {} }, '404'],
  [
    'P10: at a gateway the closer host goes before everything',
    [
      { ...stable(), hosts: 'foo.preview.example.com' },
      { ...pr7(), hosts: '"*.preview.example.com"' },
    ],
    {},
    'stable',
    EDGE,
  ],
  [
    'the same hosts, and a header decides',
    [
      { ...stable(), hosts: '"*.preview.example.com"' },
      { ...pr7(), hosts: '"*.preview.example.com"' },
    ],
    {},
    'pr7',
    EDGE,
  ],
  [
    'on the way to a Service hosts mean nothing',
    [
      { ...stable(), hosts: 'foo.preview.example.com' },
      { ...pr7(), hosts: '"*.preview.example.com"' },
    ],
    {},
    'pr7',
  ],
  ['a host that no route has', [{ ...stable(), hosts: 'shop.example.com' }], {}, '404', EDGE],
  [
    'a host in capitals, and with its port',
    [{ ...stable(), hosts: 'shop.example.com' }],
    { host: 'Shop.Example.COM:8443' },
    'stable',
    EDGE,
  ],
  [
    'a wildcard is not the domain itself',
    [{ ...stable(), hosts: '"*.example.com"' }],
    { host: 'example.com' },
    '404',
    EDGE,
  ],
  [
    'a wildcard is more than one label',
    [{ ...stable(), hosts: '"*.example.com"' }],
    { host: 'a.b.example.com' },
    'stable',
    EDGE,
  ],
  ['a wildcard ends at a label', [{ ...stable(), hosts: '"*.example.com"' }], { host: 'an-example.com' }, '404', EDGE],
];

export const FITTING: readonly (readonly [name: string, matches: string, Asked, fits: boolean])[] = [
  ['no match is every request', '[]', { path: '/any' }, true],
  ['a prefix is a prefix by segment', '[{ path: { value: /v2 } }]', { path: '/v2/x' }, true],
  ['a prefix is itself', '[{ path: { value: /v2 } }]', { path: '/v2' }, true],
  ['a prefix is not half a segment', '[{ path: { value: /v2 } }]', { path: '/v2example' }, false],
  ['the slash at the end of a prefix does not count', '[{ path: { value: /v2/ } }]', { path: '/v2' }, true],
  ['a path has its capitals', '[{ path: { value: /v2 } }]', { path: '/V2' }, false],
  ['an exact path is no prefix', '[{ path: { type: Exact, value: /v2 } }]', { path: '/v2/' }, false],
  ['two slashes are no host', '[{ path: { value: /a } }]', { path: '//host/a' }, false],
  ['the query is no part of the path', '[{ path: { type: Exact, value: /v2 } }]', { path: '/v2?a=1' }, true],
  [
    "a path's expression is for all of it",
    "[{ path: { type: RegularExpression, value: '/v[0-9]' } }]",
    { path: '/v22' },
    false,
  ],
  [
    "a header's name has no capitals",
    '[{ headers: [{ name: X-Canary, value: on }] }]',
    { headers: { 'x-cANARY': 'on' } },
    true,
  ],
  ["a header's value has", '[{ headers: [{ name: x-canary, value: on }] }]', { headers: { 'x-canary': 'ON' } }, false],
  [
    'an expression is for the whole header',
    "[{ headers: [{ name: x, type: RegularExpression, value: 'a|b' }] }]",
    { headers: { x: 'ab' } },
    false,
  ],
  [
    'of two entries of one name the second is ignored',
    '[{ headers: [{ name: x, value: a }, { name: X, value: b }] }]',
    { headers: { x: 'a' } },
    true,
  ],
  ['all of a match must fit', '[{ method: GET, headers: [{ name: x, value: a }] }]', { headers: {} }, false],
  ['any match of a rule will do', '[{ method: PUT }, { path: { value: /a } }]', { path: '/a' }, true],
  ['a query parameter', '[{ queryParams: [{ name: a, value: "1 2" }] }]', { path: '/?b=2&a=1+2' }, true],
  [
    'the first of a repeated query parameter',
    '[{ queryParams: [{ name: a, value: "1" }] }]',
    { path: '/?a=2&a=1' },
    false,
  ],
  [
    "a query parameter's name has its capitals",
    '[{ queryParams: [{ name: a, value: "1" }] }]',
    { path: '/?A=1' },
    false,
  ],
];

export const ORDER: readonly Case[] = [
  [
    'a longer path goes before a method',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ method: GET }]', 'method'],
          ['[{ path: { value: /a } }]', 'path'],
        ],
      },
    ],
    { path: '/a' },
    'path',
  ],
  [
    'one header goes before two query parameters',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ queryParams: [{ name: a, value: "1" }, { name: b, value: "2" }] }]', 'query'],
          ['[{ headers: [{ name: x, value: y }] }]', 'header'],
        ],
      },
    ],
    { path: '/?a=1&b=2', headers: { x: 'y' } },
    'header',
  ],
  [
    'a second entry of one name does not count as another header',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ headers: [{ name: x, value: y }] }]', 'once'],
          ['[{ headers: [{ name: x, value: y }, { name: X, value: z }] }]', 'twice'],
        ],
      },
    ],
    { headers: { x: 'y' } },
    'once',
  ],
  [
    'each match ranks by itself, not by its rule',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ path: { type: Exact, value: /x } }, {}]', 'first'],
          ['[{ path: { value: /y } }]', 'second'],
        ],
      },
    ],
    { path: '/y' },
    'second',
  ],
  [
    'within a route the first rule',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{}]', 'first'],
          ['[{}]', 'second'],
        ],
      },
    ],
    {},
    'first',
  ],
  [
    'an exact path goes before a prefix as long, whatever else that asks for',
    [
      { name: 'a', age: 1, rules: [['[{ path: { value: /x }, method: GET }]', 'prefix']] },
      { name: 'b', age: 2, rules: [['[{ path: { type: Exact, value: /x } }]', 'exact']] },
    ],
    { path: '/x' },
    'exact',
  ],
  [
    'an exact path goes before a longer prefix, the slash at whose end does not count',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ path: { value: /x/ } }]', 'prefix'],
          ['[{ path: { type: Exact, value: /x } }]', 'exact'],
        ],
      },
    ],
    { path: '/x' },
    'exact',
  ],
  [
    'two query parameters go before one',
    [
      {
        name: 'a',
        age: 1,
        rules: [
          ['[{ queryParams: [{ name: a, value: "1" }] }]', 'one'],
          ['[{ queryParams: [{ name: a, value: "1" }, { name: b, value: "2" }] }]', 'two'],
        ],
      },
    ],
    { path: '/?a=1&b=2' },
    'two',
  ],
  [
    'of two as old as each other in two namespaces the first by namespace, whatever their names',
    [
      { name: 'a', age: 1, rules: [['[{}]', 'shop']] },
      { name: 'z', age: 1, namespace: 'elsewhere', rules: [['[{}]', 'elsewhere']] },
    ],
    {},
    'elsewhere',
    EDGE,
  ],
  [
    'a whole host goes before a wildcard as long, whatever else that asks for',
    [
      { name: 'a', age: 1, hosts: '"*.example.com"', rules: [['[{ method: GET }]', 'wildcard']] },
      { name: 'b', age: 2, hosts: 'a.example.com', rules: [['[{}]', 'whole']] },
    ],
    { host: 'a.example.com' },
    'whole',
    EDGE,
  ],
  [
    'a route of another namespace is for the callers there',
    [
      { name: 'a', age: 2, rules: [['[{}]', 'producer']] },
      { name: 'b', age: 1, namespace: 'elsewhere', rules: [['[{}]', 'consumer']] },
    ],
    {},
    'producer',
  ],
];

export function requestOf(asked: Asked): MeshRequest {
  const { path, method, host, headers } = { ...ANYTHING, ...asked };
  return { method, host, url: path, headers: new Headers(headers) };
}

/** On the Service and on the gateway: which of the two is met decides. */
export function routeOf({ name, age, hosts = '', namespace = 'shop', rules }: Made): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-11-0${age}T09:00:00Z" }
spec:
  parentRefs: [{ name: edge, namespace: gateway }, { group: '', kind: Service, name: shop, namespace: shop }]
  hostnames: [${hosts}]
  rules: [${rules.map(([matches, to]) => `{ matches: ${matches}, backendRefs: [${refsTo(to)}] }`).join(', ')}]
`;
}

function refsTo(to: string): string {
  return to.includes('{') ? to : `{ name: ${to}, port: 80 }`;
}

export function serviceOf(name: string, namespace: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ports: [{ port: 80 }] }\n`;
}
