/** The demo of the mesh, as people run it, and what it is made of. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lintRoutes } from '../../cli/lint-routes.ts';
import { instances } from '../../local/mesh/chart.ts';

const ROOT = join(import.meta.dirname, '../..');

it('each request goes where the chart says, and the smoke check finds the service that carries nothing on', () => {
  const { code, out, err } = demo({ HAWSER_PORT: '0' });

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(waysIn(out)).toEqual([
    'sandbox a > b > c > d',
    'foo a(foo) > b > c(foo) > d',
    'bar a > b(bar) > c > d',
    'pr-1-a a(foo) > b > c > d',
    'gone a > b > c > d',
    'foobar a > b > c > d',
    'foo a(foo) > b > c(foo) > d',
    'sandbox a > b > c > d',
    'foo a(foo) > b > c(foo) > d',
    'foo a(foo) > b > c > d',
    'bar a > b(bar) > c > d',
  ]);
  expect(out).toContain('  a foo → b shared → c foo → d shared\n  ok: of foo are a, c\n');
  expect(out).toContain('  b knows of none, and a of foo: a carries no baggage on, or b reads none.');
  expect(out.trimEnd().split('\n').at(-1)).toBe('ok');
}, 120_000);

it.each([
  ['http', 'HAWSER_PORT: "http" is no port; 0 to 65535, 0 for any free one\n'],
  ['70000', 'HAWSER_PORT: "70000" is no port; 0 to 65535, 0 for any free one\n'],
])('HAWSER_PORT=%s is one line, and a 1', (port, err) => {
  expect(demo({ HAWSER_PORT: port })).toEqual({ code: 1, out: '', err });
});

it('an option that there is not is one line, and a 1', () => {
  const err = '--wait: no such option; there is --stay\n';
  expect(demo({}, '--wait')).toEqual({ code: 1, out: '', err });
});

it('a taken port is one line, and a 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;

  const ran = demo({ HAWSER_PORT: String(port) });
  taken.close();

  const err = `port ${port} is taken: set HAWSER_PORT to another one, or to 0 for any free one\n`;
  expect(ran).toEqual({ code: 1, out: '', err });
}, 60_000);

it('its routes are such as the linter takes', () => {
  const files = new Map(instances().map(({ file, text }) => [file, text]));
  expect(lintRoutes([...files.keys()], (file) => files.get(file))).toMatchObject({ code: 0, err: [] });
});

it('its OpenTelemetry is the one of the application', () => {
  const packages = (path: string) => JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
  const theirs: Record<string, string> = packages('gitops/example-app').dependencies;
  const { dependencies, devDependencies } = packages('.');
  const ours: Record<string, string> = { ...dependencies, ...devDependencies };
  expect(Object.fromEntries(Object.keys(theirs).map((name) => [name, ours[name]]))).toEqual(theirs);
});

function demo(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/demo-mesh.ts', ...args], {
    cwd: ROOT,
    env: { PATH, HOME, NO_COLOR: '1', ...env },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

function waysIn(out: string): readonly string[] {
  return [...out.matchAll(/^ {2}([\w-]+)\.example-preview\.dev +(.*?) {2,}/gm)].map(
    ([, host, way]) => `${host} ${way}`,
  );
}
