/** The chart of the demo where the set asks for previews exactly: what is as with the expression, and what it costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lintRoutes } from '../../cli/lint-routes.ts';
import { bundle } from '../../local/bundle.ts';
import { type Asking, GATEWAY, instances, objectsOf, ZONE } from '../../local/mesh/chart.ts';
import { playChart } from '../../local/mesh/play-chart.ts';
import type { Met } from '../../local/mesh/request.ts';
import { route } from '../../local/mesh/route.ts';

const directory = mkdtempSync(join(tmpdir(), 'hawser-exact-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('each request goes where the chart says', { timeout: 120_000 }, async () => {
  const chart = await playChart({ modules: await bundle(directory, 'router'), port: 0, asking: 'preview-exact' });
  const ways: Record<string, string> = {};
  try {
    for (const host of ['sandbox', 'foo', 'bar', 'pr-1-a', 'pr-2-b', 'gone', 'foobar'])
      ways[host] = await chart.ask(`${host}.${ZONE}`, 'preview=bar,user=7');
  } finally {
    await chart.close();
  }
  expect(ways).toEqual({
    sandbox: 'a > b > c > d',
    foo: 'a(foo) > b > c(foo) > d',
    bar: 'a > b(bar) > c > d',
    'pr-1-a': 'a(foo) > b > c > d',
    'pr-2-b': 'a > b(bar) > c > d',
    gone: 'a > b > c > d',
    foobar: 'a > b > c > d',
  });
});

it('its routes are such as the linter takes', () => {
  const files = new Map(instances('preview-exact').map(({ file, text }) => [file, text]));
  expect(lintRoutes([...files.keys()], (file) => files.get(file))).toMatchObject({ code: 0, err: [] });
});

// What README.md of example-app-deployment says that it costs.
it.each([
  ['the member alone', 'preview=foo', true],
  ['the name by its number', 'preview=pr-1-a', true],
  ['a member that a service added', 'preview=foo,user=7', false],
  ['a member that the router kept, put first', 'user=7,preview=foo', false],
  ['a property', 'preview=foo;ttl=1', false],
  ['spaces within', 'preview = foo', false],
  ['none', 'user=7', undefined],
  ['another preview', 'preview=foobar', undefined],
])('%s: the expression takes it wherever it stands, an exact match does not', (_, baggage, exactly) => {
  const request = { method: 'GET', host: `foo.${ZONE}`, url: '/', headers: new Headers({ baggage }) };
  const ways: readonly Met[] = [GATEWAY, { kind: 'Service', namespace: 'a-sandbox', name: 'a', port: 80 }];
  const reached = (asking: Asking) =>
    ways.map((met) => {
      const routed = route(objectsOf(instances(asking)), met, request);
      return routed.kind === 'backend' ? routed.backend.name : routed.kind;
    });
  const both = (isPreview: boolean) => (isPreview ? ['a-pr-1', 'a-pr-1'] : ['a', 'a']);

  expect(reached('preview')).toEqual(both(exactly !== undefined));
  expect(reached('preview-exact')).toEqual(both(exactly === true));
});
