/** Nobody but the preview router chooses a preview: at the Gateway that anybody reaches, a header of his own says nothing, and goes no further. */
import { expect, it } from 'vitest';
import { changed } from '../../local/mesh/change-headers.ts';
import { GATEWAY, instances, objectsOf } from '../../local/mesh/chart.ts';
import type { Met } from '../../local/mesh/request.ts';
import { route } from '../../local/mesh/route.ts';

const PUBLIC: Met = { kind: 'Gateway', namespace: 'gateway', name: 'edge' };

/** Who gets it, and the baggage that he hands on. */
function reached(met: Met, host: string, baggage: string): readonly [string, string | undefined] {
  const request = { method: 'GET', host, url: '/', headers: new Headers({ baggage }) };
  const routed = route(objectsOf(instances()), met, request);
  if (routed.kind !== 'backend') return [routed.kind, undefined];
  const changes = routed.filters.map(({ requestHeaderModifier }) => requestHeaderModifier);
  const [, left] = changes.reduce<string[]>((raw, each) => changed(raw, each), ['Baggage', baggage]);
  return [routed.backend.name, left];
}

it.each([
  ['by the router to a preview', GATEWAY, 'foo.example-preview.dev', 'preview=foo', ['a-pr-1', 'preview=foo']],
  ['by the router to what has no preview', GATEWAY, 'bar.example-preview.dev', 'preview=bar', ['a', 'preview=bar']],
  ['by the public Gateway', PUBLIC, 'a.sandbox.example.com', 'preview=foo', ['a', undefined]],
  ['by it, with a member beside', PUBLIC, 'a.sandbox.example.com', 'user=7,preview=foo', ['a', undefined]],
  ['by it to a service further on', PUBLIC, 'c.sandbox.example.com', 'preview=foo', ['c', undefined]],
  ["by it at the previews' hosts", PUBLIC, 'foo.example-preview.dev', 'preview=foo', ['unmatched', undefined]],
  ['by the router at a host of the sandbox', GATEWAY, 'a.sandbox.example.com', 'preview=foo', ['unmatched', undefined]],
] as const)('%s', (_, met, host, baggage, wanted) => {
  expect(reached(met, host, baggage)).toEqual(wanted);
});
