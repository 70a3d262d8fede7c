/** The demo's chart, as it is asked of both: met where its router's requests come in, and where anybody's do. */
import { type Asking, GATEWAY, instances, ZONE } from '../../local/mesh/chart.ts';
import type { Asked, Played } from './compare.ts';
import { gatewayOf } from './gateway-of.ts';

const WAYS_IN = [GATEWAY, { ...GATEWAY, name: 'edge' }] as const;

/** The routes on Services are among them; Envoy Gateway passes them over. */
export function shipped(asking: Asking): Played {
  const baggage = [
    undefined,
    'preview=foo',
    'preview=bar',
    'preview=foobar',
    'preview=pr-1-a',
    'user=7,preview=foo',
    'preview=foo;ttl=1,user=7',
    ' preview = foo',
    'mypreview=foo',
    'preview=bar,preview=foo',
  ];
  const hosts = ['foo', 'bar', 'sandbox'].map((name) => `${name}.${ZONE}`);
  const asked = [...hosts, ZONE, 'a.sandbox.example.com', 'c.sandbox.example.com', 'other.net'].flatMap((host) =>
    baggage.flatMap((value) =>
      WAYS_IN.flatMap((gateway) =>
        ['/', '/any/path?x=1'].map((url): Asked => {
          const headers = new Headers(value === undefined ? [] : [['baggage', value]]);
          return { met: { ...gateway, section: 'http' }, request: { method: 'GET', host, url, headers } };
        }),
      ),
    ),
  );
  // What names no namespace is in that of its application, and all of them are one file here.
  const texts = instances(asking).map(({ text, namespace }) =>
    text.replaceAll(/^  name: .*\n(?!  namespace:)/gm, `$&  namespace: ${namespace}\n`),
  );
  const gateways = WAYS_IN.map((gateway) => gatewayOf(gateway, ['http']));
  return { manifests: [...gateways, ...texts].join('---\n'), asked };
}
