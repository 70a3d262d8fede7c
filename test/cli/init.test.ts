/** `hawser init` with flags, as people run it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sha256 } from '../../src/words/sha256.ts';
import { hawser, hawserIn, lay, NAMES, temporary, treeOf, writtenAt } from './hawser.ts';

const SET = {
  'example-app/package.json': '{ "name": "example-app" }\n',
  'example-app/bin/run*': '#!/bin/sh\nexec example-app\n',
  'example-app/logo.png': Buffer.from([0x89, 0, ...Buffer.from('example-app')]),
  'example-app-deployment/overlays/production/kustomization.yaml':
    'images: [{ name: ghcr.io/example-org/example-app }]\n',
  '.github/.gitignore': 'node_modules/\n',
  '.github/README.md': 'https://argocd.example.com and *.example-preview.dev\n',
};
const set = lay(temporary(), SET);

// A process each.
describe('init', { timeout: 60_000 }, () => {
  it('writes each repository under its new name, and remembers what it wrote', () => {
    const directory = join(temporary(), 'new', 'folder');

    const { code, err } = hawser('init', directory, '--set', set, ...NAMES);

    const tree = treeOf(directory);
    const { version, ...memory } = parse(tree['shop/.hawser.yaml'] ?? '');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(memory).toEqual({
      repository: 'app',
      answers: { org: 'acme', app: 'shop', domain: 'acme.com', previewDomain: 'acme-preview.dev' },
      files: {
        'bin/run': `${sha256('#!/bin/sh\nexec shop\n')} executable`,
        'logo.png': sha256(SET['example-app/logo.png']),
        'package.json': sha256('{ "name": "shop" }\n'),
      },
    });
    expect(Object.fromEntries(Object.entries(tree).filter(([path]) => !/\/$|\.hawser\.yaml$/.test(path)))).toEqual({
      'shop/package.json': '{ "name": "shop" }\n',
      'shop/bin/run*': '#!/bin/sh\nexec shop\n',
      'shop/logo.png': SET['example-app/logo.png'].toString('latin1'),
      'shop-deployment/overlays/production/kustomization.yaml': 'images: [{ name: ghcr.io/acme/shop }]\n',
      '.github/.gitignore': 'node_modules/\n',
      '.github/README.md': 'https://argocd.acme.com and *.acme-preview.dev\n',
    });
  });

  it('writes those that are picked, and nothing else', () => {
    const directory = temporary();

    const { code } = hawser('init', directory, '--set', set, ...NAMES, '--only', 'deployment,.github');

    expect({ code, folders: Object.keys(treeOf(directory)).filter((path) => /^[^/]+\/$/.test(path)) }).toEqual({
      code: 0,
      folders: ['.github/', 'shop-deployment/'],
    });
  });

  it('writes nothing at all the second time', () => {
    const directory = temporary();
    hawser('init', directory, '--set', set, ...NAMES);
    const before = writtenAt(directory);

    const { code, out } = hawser('init', directory, '--set', set, ...NAMES);

    expect({ code, out }).toEqual({
      code: 0,
      out: 'Nothing to write: all is as the set has it, or was changed here.\n',
    });
    expect(writtenAt(directory)).toEqual(before);
  });

  it('takes its answers from a file, and a flag before the file', () => {
    const directory = lay(temporary(), {
      'answers.yaml': 'org: acme\napp: shop\ndomain: acme.com\npreviewDomain: acme.dev\nonly: [deployment]\n',
    });

    const { code } = hawserIn(directory, 'init', 'out', '--set', set, '--answers', 'answers.yaml', '--app', 'till');

    expect({ code, image: treeOf(directory)['out/till-deployment/overlays/production/kustomization.yaml'] }).toEqual({
      code: 0,
      image: 'images: [{ name: ghcr.io/acme/till }]\n',
    });
  });

  it('names the flag of each answer that is missing, where nobody can be asked', () => {
    const directory = temporary();

    const { code, out, err } = hawser('init', directory, '--set', set, '--org', 'acme', '--domain', 'acme.com');

    expect({ code, out, tree: treeOf(directory) }).toEqual({ code: 2, out: '', tree: {} });
    expect(err).toBe(
      '--app is missing: the application, and so its repository, as --app shop\n' +
        '--preview-domain is missing: the zone that is for previews alone, as --preview-domain acme-preview.dev\n',
    );
  });
});
