/** `hawser update`, as people run it: the set changes, and so did what it had laid down. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked, hawserIn, lay, NAMES, temporary, treeOf, writtenAt } from './hawser.ts';

const first = lay(temporary(), {
  'example-app/untouched': 'example-app 1\n\n \n',
  'example-app/edited': 'example-app 1\n',
  'example-app/both': 'example-app 1\n',
  'example-app/alike': 'example-app 1\n',
  'example-app/deleted': 'example-app 1\n',
  'example-app/old/gone': 'example-app 1\n',
  'example-app/old-but-edited': 'example-app 1\n',
  'example-app/run': 'example-app 1\n',
  '.github/same': 'example-org\n',
});
const second = lay(temporary(), {
  'example-app/untouched': 'example-app 2\n\n \n',
  'example-app/edited': 'example-app 1\n',
  'example-app/both': 'example-app 2\n',
  'example-app/alike': 'example-app 2\n',
  'example-app/deleted': 'example-app 2\n',
  'example-app/run*': 'example-app 1\n',
  'example-app/added/file': 'example-app 2\n',
  '.github/same': 'example-org\n',
});
const third = lay(temporary(), { 'example-app/both': 'example-app 3\n', '.github/same': 'example-org\n' });

async function edited(): Promise<string> {
  const directory = temporary();
  await asked('init', directory, '--set', first, ...NAMES);
  lay(directory, {
    'shop/edited': 'mine\n',
    'shop/both': 'mine\n',
    'shop/alike': 'shop 2\n',
    'shop/old-but-edited': 'mine\n',
    'shop/own': 'mine\n',
  });
  rmSync(join(directory, 'shop/deleted'));
  return directory;
}

/** Without what is remembered. */
function filesIn(directory: string) {
  return Object.fromEntries(Object.entries(treeOf(directory)).filter(([path]) => !/\/$|\.hawser\.yaml$/.test(path)));
}

const UPDATED = {
  'shop/untouched': 'shop 2\n\n \n',
  'shop/edited': 'mine\n',
  'shop/both': 'mine\n',
  'shop/both.hawser-new': 'shop 2\n',
  'shop/alike': 'shop 2\n',
  'shop/old-but-edited': 'mine\n',
  'shop/own': 'mine\n',
  'shop/run*': 'shop 1\n',
  'shop/added/file': 'shop 2\n',
  '.github/same': 'acme\n',
};

describe('update', () => {
  it('replaces and removes what is untouched, keeps what was edited, and lists what both sides changed', async () => {
    const directory = await edited();

    const { code, out } = await asked('update', directory, '--set', second);

    expect({ code, files: filesIn(directory) }).toEqual({ code: 3, files: UPDATED });
    expect(treeOf(directory)).not.toHaveProperty('shop/old/');
    expect(out.trimEnd().split('\n')).toEqual([
      'shop',
      '  new       added/file',
      '  conflict  both: changed here and in the set, whose own is both.hawser-new',
      '  kept      old-but-edited: edited here, and no longer in the set',
      '  removed   old/gone',
      '  replaced  run',
      '  replaced  untouched',
      '6 files in 1 repository written or removed.',
    ]);
  });

  it.each(['update', 'init'] as const)(
    'writes nothing at all the second time, by %s, and lists what is not settled yet',
    async (by) => {
      const directory = await edited();
      await asked('update', directory, '--set', second);
      const before = writtenAt(directory);

      const { code, out } = await asked(by, directory, '--set', second, ...(by === 'init' ? NAMES : []));

      expect({ code, out }).toEqual({
        code: 3,
        out:
          'shop\n  conflict  both: both.hawser-new is still there; settle it, and delete that\n' +
          'Nothing to write: all is as the set has it, or was changed here.',
      });
      expect(writtenAt(directory)).toEqual(before);
    },
  );

  it('is at peace once FILE.hawser-new is gone, whichever of the two was taken', async () => {
    const mine = await edited();
    await asked('update', mine, '--set', second);
    rmSync(join(mine, 'shop/both.hawser-new'));
    const theirs = await edited();
    await asked('update', theirs, '--set', second);
    lay(theirs, { 'shop/both': 'shop 2\n' });
    rmSync(join(theirs, 'shop/both.hawser-new'));

    expect([
      (await asked('update', mine, '--set', second)).code,
      (await asked('update', theirs, '--set', second)).code,
    ]).toEqual([0, 0]);
    await asked('update', mine, '--set', third);
    await asked('update', theirs, '--set', third);
    expect(filesIn(mine)).toMatchObject({ 'shop/both': 'mine\n', 'shop/both.hawser-new': 'shop 3\n' });
    expect(filesIn(theirs)).toMatchObject({ 'shop/both': 'shop 3\n' });
  });

  it('brings FILE.hawser-new up to date too, but not once somebody works in it', async () => {
    const [untouched, edits] = [await edited(), await edited()];
    for (const directory of [untouched, edits]) await asked('update', directory, '--set', second);
    lay(edits, { 'shop/both.hawser-new': 'mine and shop 2\n' });

    const codes = [await asked('update', untouched, '--set', third), await asked('update', edits, '--set', third)].map(
      ({ code }) => code,
    );

    expect(codes).toEqual([3, 3]);
    expect(filesIn(untouched)).toMatchObject({ 'shop/both': 'mine\n', 'shop/both.hawser-new': 'shop 3\n' });
    expect(filesIn(edits)).toMatchObject({ 'shop/both': 'mine\n', 'shop/both.hawser-new': 'mine and shop 2\n' });
    rmSync(join(edits, 'shop/both.hawser-new'));
    await asked('update', edits, '--set', third);
    expect(filesIn(edits)).toMatchObject({ 'shop/both.hawser-new': 'shop 3\n' });
  });

  it('takes one repository as well, whatever its folder is called', { timeout: 60_000 }, async () => {
    const directory = await edited();
    cpSync(join(directory, 'shop'), join(directory, 'elsewhere'), { recursive: true });

    const { code } = hawserIn(join(directory, 'elsewhere'), 'update', '--set', second);

    expect({ code, files: filesIn(join(directory, 'elsewhere')) }).toEqual({
      code: 3,
      files: Object.fromEntries(
        Object.entries(UPDATED).flatMap(([path, content]) =>
          path.startsWith('shop/') ? [[path.slice('shop/'.length), content]] : [],
        ),
      ),
    });
    expect(filesIn(directory)).toMatchObject({ 'shop/untouched': 'shop 1\n\n \n' });
  });

  it('shows with --dry-run what it would do, with the code that it would end with, and does nothing', async () => {
    const directory = await edited();
    const before = writtenAt(directory);

    const dry = await asked('update', directory, '--set', second, '--dry-run');
    expect(writtenAt(directory)).toEqual(before);
    const real = await asked('update', directory, '--set', second);

    expect(dry).toEqual({ ...real, out: real.out.replace('written or removed', 'would be written or removed') });
  });

  it('shows with --diff exactly what it does: git takes it as a patch', async () => {
    const [patched, updated] = [await edited(), await edited()];

    const { out } = await asked('update', patched, '--set', second, '--dry-run', '--diff');
    const applied = spawnSync('git', ['apply', '-'], { cwd: patched, input: out, encoding: 'utf8' });
    await asked('update', updated, '--set', second, '--diff');

    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(filesIn(patched)).toEqual(filesIn(updated));
    expect(out).toContain('--- a/shop/both\n+++ b/shop/both.hawser-new\n@@ -1,1 +1,1 @@\n-mine\n+shop 2\n');
  });

  it('writes other domains where init is given others, and keeps what was edited', async () => {
    const set = lay(temporary(), {
      'argo-config/url': 'https://argocd.example.com\n',
      'argo-config/own': 'example.com\n',
    });
    const directory = temporary();
    await asked('init', directory, '--set', set, ...NAMES);
    lay(directory, { 'argo-config/own': 'mine\n' });

    const { code } = await asked('init', directory, '--set', set, ...NAMES, '--domain', 'acme.io');

    expect({ code, files: filesIn(directory) }).toEqual({
      code: 3,
      files: {
        'argo-config/url': 'https://argocd.acme.io\n',
        'argo-config/own': 'mine\n',
        'argo-config/own.hawser-new': 'acme.io\n',
      },
    });
  });

  it('adds to a repository that was there before, and takes nothing in it for its own', async () => {
    const directory = lay(temporary(), { 'shop/both': 'mine\n', 'shop/alike': 'shop 1\n', 'shop/own': 'mine\n' });

    const { code } = await asked('init', directory, '--set', first, ...NAMES, '--only', 'app');

    expect({ code, files: filesIn(directory) }).toMatchObject({
      code: 3,
      files: {
        'shop/both': 'mine\n',
        'shop/both.hawser-new': 'shop 1\n',
        'shop/own': 'mine\n',
        'shop/untouched': 'shop 1\n\n \n',
      },
    });
  });

  it('has nothing to do where a folder stands in the place of a file that was deleted or edited', async () => {
    const directory = await edited();
    rmSync(join(directory, 'shop/both'));
    mkdirSync(join(directory, 'shop/both'));
    rmSync(join(directory, 'shop/old'), { recursive: true });
    lay(directory, { 'shop/old': 'a file now\n', 'shop/both/own': 'mine\n' });

    const { code } = await asked('update', directory, '--set', second);

    expect({ code, files: filesIn(directory) }).toMatchObject({
      code: 3,
      files: { 'shop/old': 'a file now\n', 'shop/both/own': 'mine\n', 'shop/both.hawser-new': 'shop 2\n' },
    });
  });
});

/** Each is made to a folder that `init` wrote, and is one line, with nothing written. */
describe('update refuses', () => {
  it.each<[string, (directory: string) => void, string]>([
    ['a .hawser.yaml that is no YAML', (at) => lay(at, { 'shop/.hawser.yaml': '{' }), 'shop/.hawser.yaml:1: '],
    ['one of another program', (at) => lay(at, { 'shop/.hawser.yaml': 'settings: 1\n' }), 'shop/.hawser.yaml:1: '],
    [
      'one whose paths lead outside',
      (at) => replaced(at, 'shop/.hawser.yaml', '  both:', '  ../both:'),
      'shop/.hawser.yaml:11: files["../both"]: leads outside the repository, or into .git',
    ],
    [
      'one whose paths lead into .git',
      (at) => replaced(at, 'shop/.hawser.yaml', '  both:', '  .git/config:'),
      'shop/.hawser.yaml:11: files[".git/config"]: leads outside the repository, or into .git',
    ],
    [
      'one of a newer Hawser',
      (at) => replaced(at, 'shop/.hawser.yaml', /version: .*/, 'version: 99.0.0'),
      'shop/.hawser.yaml: Hawser 99.0.0 wrote this, and here is ',
    ],
    [
      'one of a repository that the set does not have',
      (at) => replaced(at, 'shop/.hawser.yaml', 'repository: app', 'repository: shop'),
      'shop/.hawser.yaml: the set has no repository shop any more; delete this file to keep yours',
    ],
    [
      'a file that is a link now',
      (at) => linked(at, 'shop/untouched'),
      'shop/untouched: is a symbolic link, which is not followed',
    ],
    ['a folder that is a link now', (at) => linked(at, 'shop/added'), 'shop/added: is a symbolic link'],
    [
      'a .hawser.yaml that is a link',
      (at) => linked(at, '.github/.hawser.yaml'),
      '.github/.hawser.yaml: is a symbolic',
    ],
    [
      'a repository that is a link',
      (at) => symlinkSync(join(at, 'shop'), join(at, 'linked')),
      'linked: is a symbolic link, which is not followed',
    ],
    [
      'changes that are not committed',
      (at) => spawnSync('git', ['init', '-q'], { cwd: join(at, 'shop') }),
      'shop: has changes that are not committed; commit them, or write all the same by --force',
    ],
    [
      'a repository of which git tells nothing',
      (at) => lay(at, { 'shop/.git': 'gitdir: nowhere\n' }),
      'shop: git does not tell whether all is committed (fatal: not a git repository: ',
    ],
    [
      'a file where a folder is to be made',
      (at) => lay(at, { 'shop/added': 'mine\n' }),
      'shop/added: no folder can be made there (EEXIST: file already exists); nothing was written',
    ],
  ])('%s', async (_, harm, line) => {
    const directory = await edited();
    harm(directory);
    const before = treeOf(directory);

    const { code, out, err } = await asked('update', directory, '--set', second);

    expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(err.startsWith(`${directory}/${line}`) ? line : err).toBe(line);
    expect(out).not.toContain('written or removed');
    expect(treeOf(directory)).toEqual(before);
  });

  it('a folder in which nothing was laid down', async () => {
    const directory = temporary();

    expect(await asked('update', directory)).toEqual({
      code: 1,
      out: '',
      err: `${directory}: neither it nor a folder in it has a .hawser.yaml; hawser init writes the first`,
    });
  });
});

it('writes by --force where git has changes, and without it where all is committed', async () => {
  const [forced, committed] = [await edited(), await edited()];
  for (const directory of [forced, committed]) spawnSync('git', ['init', '-q'], { cwd: directory });
  spawnSync('git', ['add', '--all'], { cwd: committed });
  spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qm', 'x'], { cwd: committed });

  expect([
    (await asked('update', forced, '--set', second, '--force')).code,
    (await asked('update', committed, '--set', second)).code,
    (await asked('update', committed, '--set', second)).code,
  ]).toEqual([3, 3, 3]);
  expect(filesIn(committed)).toMatchObject(UPDATED);
});

function replaced(directory: string, path: string, from: string | RegExp, to: string) {
  lay(directory, { [path]: (treeOf(directory)[path] ?? '').replace(from, to) });
}

function linked(directory: string, path: string) {
  rmSync(join(directory, path), { recursive: true, force: true });
  const target = join(temporary(), 'target');
  mkdirSync(target);
  symlinkSync(target, join(directory, path));
}
