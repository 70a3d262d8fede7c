/** Where Envoy Gateway sends a request elsewhere than the demo's mesh does, and why that is so: nothing else may differ. */
import { firstOfEach, lowered } from '../../local/mesh/fits.ts';
import type { MeshRequest } from '../../local/mesh/request.ts';
import type { Match } from '../../schemas/http-route.ts';
import { type Asked as CaseAsked, type Made, pr7, stable } from '../../test/mesh/cases.ts';

/** By which match each of them takes a request; undefined: by none. */
export type Difference = {
  readonly request: MeshRequest;
  readonly ours: Match | undefined;
  readonly theirs: Match | undefined;
  /** Of the virtual host in which Envoy looks; `*` is for all. */
  readonly domain: string;
  readonly ourHosts: readonly string[];
};

type Named = {
  readonly name: string;
  readonly because: string;
  readonly isThis: (difference: Difference) => boolean;
  readonly example: { readonly made: readonly Made[]; readonly asked: CaseAsked };
};

export const NAMED: readonly Named[] = [
  {
    name: 'the closest host alone is asked',
    because:
      'Envoy looks into one virtual host: what no route there takes is a 404, though a route of a wider host would',
    isThis: ({ ours, theirs, domain, ourHosts }) =>
      ours !== undefined && theirs === undefined && domain !== '*' && !ourHosts.includes(domain),
    example: {
      made: [
        { ...stable(), hosts: '"*.example.com"' },
        { name: 'closer', age: 1, hosts: 'a.example.com', rules: [['[{ path: { value: /a } }]', 'closer']] },
      ],
      asked: { host: 'a.example.com', path: '/b' },
    },
  },
  {
    name: 'a path by an expression goes before a prefix',
    because: 'the Gateway API leaves its place open; Istio and the demo put it last (internal/gatewayapi/sort.go)',
    isThis: both((ours, theirs) => theirs.path.type === 'RegularExpression' && ours.path.type === 'PathPrefix'),
    example: {
      made: [
        stable(
          ["[{ path: { type: RegularExpression, value: '/a.*' } }]", 'expression'],
          ['[{ path: { value: /a/b } }]', 'prefix'],
        ),
      ],
      asked: { path: '/a/b' },
    },
  },
  {
    name: 'of two paths by expressions the longer one goes first',
    because: 'the Gateway API leaves their order open; the demo goes by what comes next',
    isThis: both(
      (ours, theirs) =>
        theirs.path.type === 'RegularExpression' &&
        ours.path.type === 'RegularExpression' &&
        theirs.path.value.length > ours.path.value.length,
    ),
    example: {
      made: [
        {
          name: 'a',
          age: 1,
          rules: [
            ["[{ path: { type: RegularExpression, value: '/a.*' } }]", 'shorter'],
            ["[{ path: { type: RegularExpression, value: '/a[a-z]*' } }]", 'longer'],
          ],
        },
      ],
      asked: { path: '/ab' },
    },
  },
  {
    name: 'a method is one header more',
    because:
      'Envoy Gateway has no step for methods: against the Gateway API, by which a method goes before any number of headers',
    isThis: both(
      (ours, theirs) =>
        isSamePath(ours, theirs) &&
        ours.method !== undefined &&
        theirs.method === undefined &&
        theirs.headers.length > ours.headers.length,
    ),
    example: {
      made: [
        stable(
          ['[{ method: POST }]', 'method'],
          ['[{ headers: [{ name: x, value: a }, { name: z, value: b }] }]', 'headers'],
        ),
      ],
      asked: { method: 'POST', headers: { x: 'a', z: 'b' } },
    },
  },
  {
    name: 'exactly goes before by an expression',
    because:
      'of as many headers, or parameters, those with more exact ones go first; the Gateway API counts them alone',
    isThis: both(
      (ours, theirs) =>
        isSamePath(ours, theirs) &&
        conditions(ours) === conditions(theirs) &&
        (exact(theirs.headers) > exact(ours.headers) || exact(theirs.queryParams) > exact(ours.queryParams)),
    ),
    example: {
      made: [
        pr7(),
        { name: 'x', age: 3, rules: [['[{ headers: [{ name: baggage, value: preview=foo }] }]', 'exact']] },
      ],
      asked: {},
    },
  },
  {
    name: 'both of two headers of one name are asked for',
    because: 'names have no capitals, and by the Gateway API the second entry of a name is ignored',
    isThis: ({ ours }) => ours !== undefined && firstOfEach(ours.headers, lowered).length < ours.headers.length,
    example: {
      made: [stable(['[{ headers: [{ name: x, value: a }, { name: X, value: b }] }]', 'second'])],
      asked: { headers: { x: 'a' } },
    },
  },
  {
    name: 'a parameter is compared as it was sent',
    because: "Envoy's routes don't decode the query (envoyproxy/envoy#11795 is for its other readers); the demo does",
    isThis: ({ ours, request }) => ours !== undefined && ours.queryParams.length > 0 && /\?.*[+%]/.test(request.url),
    example: {
      made: [stable(['[{ queryParams: [{ name: a, value: "1 2" }] }]', 'decoded'])],
      asked: { path: '/?a=1+2' },
    },
  },
];

function both(isThis: (ours: Match, theirs: Match) => boolean): Named['isThis'] {
  return ({ ours, theirs }) => ours !== undefined && theirs !== undefined && isThis(ours, theirs);
}

function isSamePath(one: Match, other: Match): boolean {
  return one.path.type === other.path.type && one.path.value.length === other.path.value.length;
}

/** As Envoy Gateway counts them. */
function conditions({ method, headers }: Match): number {
  return headers.length + (method === undefined ? 0 : 1);
}

function exact(all: Match['headers']): number {
  return all.filter(({ type }) => type === 'Exact').length;
}
