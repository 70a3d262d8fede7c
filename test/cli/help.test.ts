/** What `--help` and the README say of `init` and `update` is what they take. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asked, hawser, lay, temporary, treeOf } from './hawser.ts';

const ROOT = join(import.meta.dirname, '../..');
const set = lay(temporary(), { 'example-app/a': 'example-app\n' });
const flagsIn = (text: string) => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g))];

it.each(['init', 'update'] as const)(
  '%s has every flag that its help names, and names every one that it has',
  async (command) => {
    const { code, out } = await asked(command, '--help', '--set', set);
    const source = readFileSync(join(ROOT, 'cli/init/flags.ts'), 'utf8');
    const [, switches = '', answers = ''] =
      /const SWITCHES = ([\s\S]*?);[\s\S]*const ANSWERS = ([^;]*);/.exec(source) ?? [];
    const has = (command === 'init' ? switches + answers : switches).matchAll(/'?([a-z-]+)'?: (?:\{|text)/g);

    expect(code).toBe(0);
    expect(flagsIn(out).toSorted()).toEqual([...has].map(([, flag]) => `--${flag}`).toSorted());
  },
);

it('init names the repositories that there are', async () => {
  expect((await asked('init', '--help')).out).toContain(
    '.github, .github-private, argo-config, app, deployment, infra, gateway-api-addon, opentelemetry-addon',
  );
});

it('hawser --help names the commands', { timeout: 60_000 }, () => {
  const { code, out } = hawser('--help');

  expect({ code, commands: out.match(/^ {2}[\w-]+/gm) }).toEqual({
    code: 0,
    commands: ['  init', '  update', '  explain', '  lint-routes'],
  });
});

it('the README’s line writes the set, into the folder that is meant where the person is', { timeout: 60_000 }, () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, flags = ''] = /npm run hawser -- init \.\.\/acme +# asks; or takes (.*)/.exec(readme) ?? [];
  const here = lay(temporary(), { 'elsewhere/x': '' });
  const line = [
    '--prefix',
    ROOT,
    '--silent',
    'run',
    'hawser',
    '--',
    'init',
    '../acme',
    '--only',
    'app',
    ...flags.split(' '),
  ];

  const { status } = spawnSync('npm', line, { cwd: join(here, 'elsewhere'), encoding: 'utf8' });

  expect([flagsIn(flags).length, status]).toEqual([4, 0]);
  expect(treeOf(here)).toHaveProperty(['acme/shop/package.json']);
});
