/** The commands that keep the configuration and what is generated from it right. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('check-config is content with the file that is shipped', () => {
  expect(run('cli/check-config.ts')).toEqual({ code: 0, out: 'hawser.yaml: valid\n', err: '' });
});

it('check-config says each mistake on a line', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hawser-')), 'hawser.yaml');
  writeFileSync(file, 'previews:\n  labels: x\ngithub: { writesPerMinute: 0 }\n');

  const { code, err } = run('cli/check-config.ts', file);

  expect({ code, lines: err.trimEnd().split('\n').sort() }).toEqual({
    code: 1,
    lines: [
      `${file}:2: previews.labels: is not a key that Hawser knows`,
      `${file}:3: github.writesPerMinute: Too small: expected number to be >=1`,
    ],
  });
});

it('check-config says in one line that the file is missing', () => {
  expect(run('cli/check-config.ts', 'nowhere.yaml')).toEqual({
    code: 1,
    out: '',
    err: 'nowhere.yaml: there is no such file, or it cannot be read\n',
  });
});

it("check-router is content with the router's file that is shipped", () => {
  expect(run('cli/check-router.ts')).toEqual({ code: 0, out: 'wrangler.router.toml: valid\n', err: '' });
});

describe('check-router says each mistake on a line', () => {
  const HEAD = 'name = "hawser-router"\n[vars.ROUTER]\nzone = "acme.dev"\n';
  it.each([
    [
      'an unknown key',
      `${HEAD}entry = "shop"\ncolour = 1\n`,
      ['5: vars.ROUTER.colour: is not a key that the router knows'],
    ],
    ['a missing key, at what lacks it', HEAD, ['2: vars.ROUTER.entry: is required']],
    ['nothing for the router at all', 'name = "x"\n', ['1: vars: is required']],
    ['what is no TOML', 'name = "x"\nzone = = 1\n', [expect.stringMatching(/^2: /)]],
    [
      'an application in a table of its own',
      `${HEAD}entry = "shop"\n[[vars.ROUTER.apps]]\nname = "api"\norigin = "https://api.acme.com"\n[[vars.ROUTER.apps]]\nname = "a--b"\norigin = "api"\n`,
      [
        "9: vars.ROUTER.apps[1].name: has two dashes in a row, which part slug and application in a preview's host",
        '10: vars.ROUTER.apps[1].origin: is no origin: https://HOST and nothing after it (http on loopback)',
      ],
    ],
    [
      'one in an inline table, and a value in a list',
      `${HEAD}entry = "shop"\nkeep = [\n  "a",\n  "preview",\n]\napps = [\n  { name = "api", url = "x", origin = "https://a.acme.com" },\n]\n`,
      [
        '10: vars.ROUTER.apps[0].url: is not a key that the router knows',
        '7: vars.ROUTER.keep[1]: is the member that the router alone sets',
      ],
    ],
    [
      'routes that are not those of the zone',
      `routes = [{ pattern = "*.acme.com/*", zone_name = "acme.com" }]\n${HEAD}entry = "shop"\n`,
      ['1: routes: none of them is *.acme.dev/*: no preview would reach the router'],
    ],
  ])('%s', (_, text, lines) => {
    const file = join(mkdtempSync(join(tmpdir(), 'hawser-')), 'wrangler.router.toml');
    writeFileSync(file, text);

    const { code, err } = run('cli/check-router.ts', file);

    expect({
      code,
      lines: err
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(`${file}:`, '')),
    }).toEqual({ code: 1, lines });
  });
});

describe('check-router', () => {
  const ROUTER = 'routes = ["*.acme.dev/*"]\n[vars.ROUTER]\nzone = "acme.dev"\nentry = "shop"\n';
  const given = (router: string, hawser: string) => {
    const directory = mkdtempSync(join(tmpdir(), 'hawser-'));
    const files = [join(directory, 'router.toml'), join(directory, 'hawser.yaml')] as const;
    for (const [index, text] of [router, hawser].entries()) writeFileSync(files[index] ?? '', text);
    const { code, out, err } = run('cli/check-router.ts', ...files);
    return { code, out: out.replaceAll(directory, ''), err: err.replaceAll(directory, '') };
  };

  it('warns, and is content all the same, where an application has the name that a preview might have', () => {
    const api = '[[vars.ROUTER.apps]]\nname = "api"\norigin = "https://api.acme.dev"\n';

    const { code, out, err } = given(`${ROUTER}${api}`, '');

    expect({ code, out }).toEqual({ code: 0, out: '/router.toml: valid\n' });
    expect(err).toMatch(/^\/router.toml:7: vars.ROUTER.apps\[0\].origin: is what a preview of a branch api .*\n$/);
  });

  it('says what the two configurations have to say alike', () => {
    expect(given(ROUTER, 'previews: { reserved: [www, main, sandbox, api] }\n')).toEqual({
      code: 1,
      out: '',
      err: '/router.toml:2: vars.ROUTER.shared: lacks api, which previews.reserved of hawser.yaml keeps for the shared environment\n',
    });
  });

  it('says what is wrong with hawser.yaml, or that there is none', () => {
    expect(given(ROUTER, 'previews: { reserve: [] }\n')).toMatchObject({
      code: 1,
      err: '/hawser.yaml:1: previews.reserve: is not a key that Hawser knows\n',
    });
    expect(run('cli/check-router.ts', 'wrangler.router.toml', 'nowhere.yaml')).toMatchObject({
      code: 1,
      err: 'nowhere.yaml: there is no such file, or it cannot be read\n',
    });
  });
});

it('the JSON Schema of hawser.yaml is up to date', () => {
  expect(run('cli/generate.ts', '--check')).toEqual({ code: 0, out: '', err: '' });
});

function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}
