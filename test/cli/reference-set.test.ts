/** The shipped set under other names: none of its own is left anywhere, and nothing else is changed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { render, textOf } from '../../cli/init/render.ts';
import { readSet, SHIPPED } from '../../cli/init/set.ts';
import { hawser, temporary, treeOf } from './hawser.ts';

const set = readSet(SHIPPED);

// Wider than what is replaced: a name that is written otherwise would be left behind.
const ITS_OWN = /example[-_. ]?(org|app|preview)|example\\?\.(com|org|net|dev)/i;

/** None of them is part of another or of what the set says, so that they can be taken back. */
const UNMISTAKABLE = { org: 'zq-o-zq', app: 'zq-a-zq', domain: 'zq-d-zq.io', previewDomain: 'zq-p-zq.io' };

it('is what git has under gitops, to the file, and each that may be run is marked so', () => {
  const git = spawnSync('git', ['ls-files', '--stage', '-z', '--', '.'], { cwd: SHIPPED, encoding: 'utf8' });
  const tracked = git.stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^(\d+) \S+ \d\t/, (_, mode) => (mode === '100755' ? '* ' : '')));

  const read = set.flatMap(({ folder, files }) =>
    [...files].map(([path, { executable }]) => `${executable ? '* ' : ''}${folder}/${path}`),
  );

  expect(read.length).toBeGreaterThan(50);
  expect(read.toSorted()).toEqual(tracked.toSorted());
});

it.each([
  ['short', { org: 'b', app: 'a', domain: 'b.io', previewDomain: 'a.io' }],
  [
    'long',
    { org: 'o'.repeat(39), app: 'a'.repeat(11), domain: `${'d'.repeat(60)}.io`, previewDomain: `${'p'.repeat(60)}.io` },
  ],
  ['of other marks', { org: '1-2-3', app: 'a-1', domain: 'a.b.c.xn--p1ai', previewDomain: 'preview.a.b.c.xn--p1ai' }],
])('has none of its own names left under names that are %s', (_, answers) => {
  for (const { folder, files } of set.map((template) => render(template, answers))) {
    const left = [...files].filter(
      ([path, { bytes }]) => ITS_OWN.test(path) || ITS_OWN.test(Buffer.from(bytes).toString('latin1')),
    );
    expect([folder, left.map(([path]) => path)]).toEqual([folder.replace(ITS_OWN, 'x'), []]);
  }
});

it('has nothing else changed', () => {
  const back = (text: string) =>
    text
      .replaceAll(UNMISTAKABLE.org, 'example-org')
      .replaceAll(UNMISTAKABLE.app, 'example-app')
      .replaceAll(UNMISTAKABLE.domain, 'example.com')
      .replaceAll(UNMISTAKABLE.previewDomain, 'example-preview.dev');

  for (const template of set) {
    const { folder, files } = render(template, UNMISTAKABLE);
    const backAgain = [...files].map(([path, { bytes, executable }]) => {
      const text = textOf(bytes);
      return [back(path), { bytes: text === undefined ? bytes : Buffer.from(back(text)), executable }] as const;
    });

    expect(back(folder)).toBe(template.folder);
    expect(backAgain.map(plain)).toEqual([...template.files].map(plain));
  }
});

it('is laid down whole by the command, and then there is nothing to do', { timeout: 60_000 }, () => {
  const directory = temporary();
  const flags = ['--org', 'zq-o-zq', '--app', 'zq-a-zq', '--domain', 'zq-d-zq.io', '--preview-domain', 'zq-p-zq.io'];

  const codes = [hawser('init', directory, ...flags).code, hawser('init', directory, ...flags).code];

  const tree = treeOf(directory);
  const written = Object.entries(tree).filter(([path]) => !path.endsWith('/') && !path.endsWith('.hawser.yaml'));
  const wanted = set
    .map((template) => render(template, UNMISTAKABLE))
    .flatMap(({ folder, files }) => [...files].map(([path, content]) => plain([`${folder}/${path}`, content])));
  expect(codes).toEqual([0, 0]);
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(wanted));
  for (const { folder } of set.map((template) => render(template, UNMISTAKABLE))) {
    expect(ITS_OWN.test(tree[join(folder, '.hawser.yaml')] ?? '')).toBe(false);
    expect(parse(tree[join(folder, '.hawser.yaml')] ?? '')).toMatchObject({ answers: UNMISTAKABLE });
  }
});

function plain([path, { bytes, executable }]: readonly [string, { bytes: Uint8Array; executable: boolean }]) {
  return [executable ? `${path}*` : path, Buffer.from(bytes).toString('latin1')];
}
