/** Where `init` writes nothing: one line, and the place is as it was. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked, lay, NAMES, temporary, treeOf } from './hawser.ts';

const set = lay(temporary(), { 'example-app/in/a': 'example-app\n', '.github/b': 'example-org\n' });
const ROOT = join(import.meta.dirname, '../..');

describe('init refuses', () => {
  it.each<[string, (at: string) => unknown, readonly string[], string]>([
    [
      'a repository of another application',
      (at) => asked('init', at, '--set', set, ...NAMES),
      ['--app', 'till', '--only', '.github'],
      'DIR/.github/.hawser.yaml: was written for --app shop, not till; leave .github out by --only, or choose another DIR',
    ],
    [
      'a folder that holds another repository of the set',
      (at) =>
        lay(at, {
          'shop/.hawser.yaml':
            'version: 0.0.1\nrepository: infra\nanswers: { org: acme, app: shop, domain: acme.com, previewDomain: acme.dev }\nfiles: {}\n',
        }),
      [],
      'DIR/shop/.hawser.yaml: is of the repository infra, not app',
    ],
    [
      'a .hawser.yaml that is not its own',
      (at) => lay(at, { 'shop/.hawser.yaml': 'argocd: []\n' }),
      [],
      'DIR/shop/.hawser.yaml:1: version: is required; Hawser did not write this: take the last one that it wrote from git',
    ],
    [
      'a .hawser.yaml that is a folder',
      (at) => mkdirSync(join(at, 'shop/.hawser.yaml'), { recursive: true }),
      [],
      'DIR/shop/.hawser.yaml: is no file',
    ],
    [
      'a repository that is a link',
      (at) => symlinkSync(temporary(), join(at, 'shop')),
      [],
      'DIR/shop: is a symbolic link, which is not followed; put what it leads to in its place, or remove it',
    ],
    [
      'a folder in it that is a link',
      (at) => {
        mkdirSync(join(at, 'shop'));
        symlinkSync('/etc', join(at, 'shop/in'));
      },
      [],
      'DIR/shop/in: is a symbolic link, which is not followed; put what it leads to in its place, or remove it',
    ],
    [
      'a file where the repository is to be',
      (at) => lay(at, { shop: 'mine\n' }),
      [],
      'DIR/shop: no folder can be made there (EEXIST: file already exists); nothing was written',
    ],
    [
      'changes that are not committed',
      (at) => spawnSync('git', ['init', '-q', join(lay(at, { 'shop/own': 'mine\n' }), 'shop')]),
      [],
      'DIR/shop: has changes that are not committed; commit them, or write all the same by --force',
    ],
    ['a second folder', () => {}, ['more'], 'more: one DIR is enough'],
    ['a flag that it does not know', () => {}, ['--orgg', 'x'], "Unknown option '--orgg'"],
    ['a flag without its value', () => {}, ['--only'], "Option '--only <value>' argument missing"],
    [
      'a set that is not there',
      () => {},
      ['--set', '/nowhere'],
      "/nowhere: the set can't be read: ENOENT: no such file or directory",
    ],
    [
      'answers that are not there',
      () => {},
      ['--answers', '/nowhere'],
      '/nowhere: there is no such file, or it cannot be read',
    ],
  ])('%s', async (_, prepare, more, line) => {
    const directory = temporary();
    await prepare(directory);
    const before = treeOf(directory);

    const { code, err } = await asked('init', directory, '--set', set, ...NAMES, ...more);

    expect({ code, err: err.replaceAll(directory, 'DIR') }).toEqual({ code: 1, err: line });
    expect(treeOf(directory)).toEqual(before);
  });

  it.each([
    ['org: acme\ncolour: red\n', 'answers.yaml:2: colour: is not a key that Hawser knows'],
    [
      'org: acme\napp: Shop\n',
      'answers.yaml:2: app: is no RFC 1123 label (1 to 63 lower-case letters, digits and dashes, no dash at either end)',
    ],
    ['only: []\n', 'answers.yaml:1: only: Too small: expected array to have >=1 items'],
    ['org: [\n', 'answers.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('the answers %j', async (text, line) => {
    const file = join(lay(temporary(), { 'answers.yaml': text }), 'answers.yaml');

    const { code, err } = await asked('init', temporary(), '--set', set, '--answers', file);

    expect({ code, err: err.slice(err.lastIndexOf('/') + 1) }).toEqual({ code: 1, err: line });
  });

  it('a set with a link in it, which would not be what it seems', async () => {
    const linked = lay(temporary(), { 'example-app/a': '' });
    symlinkSync('/etc/passwd', join(linked, 'example-app/link'));

    expect(await asked('init', temporary(), '--set', linked, ...NAMES)).toEqual({
      code: 1,
      out: '',
      err: `${linked}/example-app/link: is no file, and the set is made of files`,
    });
  });

  it.each(['.hawser.yaml', 'deep/a.hawser-new'])('a set with a file %s', async (name) => {
    const own = lay(temporary(), { [`example-app/${name}`]: '' });

    expect((await asked('init', temporary(), '--set', own, ...NAMES)).err).toBe(
      `${own}/example-app/${name}: has a name that init and update have a use for themselves`,
    );
  });

  it('its own clone, also through a link and as a folder that is not there yet', async () => {
    const link = join(temporary(), 'link');
    symlinkSync(ROOT, link);

    const answers = [await asked('init', ROOT, ...NAMES), await asked('init', join(link, 'not', 'there'), ...NAMES)];

    expect(answers.map(({ err }) => err)).toEqual([
      `${ROOT}: is in the clone of Hawser itself; name a folder beside it`,
      `${ROOT}/not/there: is in the clone of Hawser itself; name a folder beside it`,
    ]);
  });

  it('a place where nothing can be written, and leaves no trace of the folders that it made for it', async () => {
    const directory = lay(temporary(), { 'no-folder': '' });
    const unwritable = existsSync('/proc/self')
      ? ['/proc/here', join(directory, 'no-folder/in')]
      : [join(directory, 'no-folder/in')];

    for (const place of unwritable) {
      const { code, out, err } = await asked('init', place, '--set', set, ...NAMES);
      expect({ code, written: out.includes('written or removed') }).toEqual({ code: 1, written: false });
      expect(err).toMatch(
        new RegExp(
          `^${place.replace('/in', '')}: no folder can be made there \\(E[A-Z]+: [a-z ]+\\); nothing was written$`,
        ),
      );
    }
    expect(treeOf(directory)).toEqual({ 'no-folder': '' });
  });
});
