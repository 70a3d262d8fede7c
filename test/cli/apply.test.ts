/** All or nothing: every step fails once, and the folder is as it was before. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apply, type Change } from '../../cli/init/apply.ts';
import { identityAt } from '../../cli/init/on-disk.ts';
import { lay, temporary, treeOf, writtenAt } from './hawser.ts';

const content = (text: string, executable = false) => ({ bytes: Buffer.from(text), executable });

function place() {
  const root = join(
    lay(temporary(), { 'root/edit': 'old\n', 'root/run*': 'old\n', 'root/deep/er/gone': 'old\n' }),
    'root',
  );
  const at = (path: string) => ({ path, seen: identityAt(root, path) });
  const changes: readonly Change[] = [
    { ...at('edit'), content: content('new\n') },
    { ...at('run'), content: content('new\n') },
    at('deep/er/gone'),
    { ...at('made/for/it'), content: content('new\n', true) },
    { ...at('made/too'), content: content('new\n') },
  ];
  return { root, changes };
}

const WRITTEN = {
  edit: 'new\n',
  run: 'new\n',
  'made/': '',
  'made/for/': '',
  'made/for/it*': 'new\n',
  'made/too': 'new\n',
};

function stepsOf(): readonly string[] {
  const { root, changes } = place();
  const steps: string[] = [];
  apply(root, changes, (at) => steps.push(plain(root, at)));
  return steps;
}

it('writes and removes everything, with the folders that are needed and without those that are empty', () => {
  const { root, changes } = place();

  apply(root, changes);

  expect(treeOf(root)).toEqual(WRITTEN);
});

it('stages all before it puts anything in its place', () => {
  const staged = ['/stage/0.new', '/stage/1.new', '/stage/3.new', '/stage/4.new'];
  const put = ['/edit', '/run', '/deep/er/gone', '/made/for/it', '/made/too'];

  expect(stepsOf()).toEqual(['', ...staged, ...put, '/stage']);
});

it.each(stepsOf().map((step, index) => [index, step]))('leaves all as it was if step %i fails, at %s', (failing) => {
  const { root, changes } = place();
  const [before, times] = [treeOf(root), writtenAt(root)];
  let step = 0;

  const run = () =>
    apply(root, changes, () => {
      if (step++ === failing) throw new Error('ENOSPC: no space left on device, write');
    });

  expect(run).toThrow(/^\/.*: ENOSPC: no space left on device; nothing was written$/);
  expect(treeOf(root)).toEqual(before);
  // Node copies times to the millisecond.
  const ofEdit = (at: Readonly<Record<string, number>>) => Math.round(at[join(root, 'edit')] ?? 0);
  expect(ofEdit(writtenAt(root))).toBe(ofEdit(times));
});

// From its own turn on it is the new file that somebody edits.
const turn = stepsOf().indexOf('/run') + 1;

it.each(stepsOf().slice(0, turn))('writes nothing if a file is edited just before step %j', (step) => {
  const { root, changes } = place();

  const run = () => apply(root, changes, edits(root, step));

  expect(run).toThrow(`${root}/run: was changed by somebody else meanwhile; nothing was written`);
  expect(treeOf(root)).toMatchObject({ run: 'edited meanwhile\n', edit: 'old\n', 'deep/er/gone': 'old\n' });
});

it.each(stepsOf().slice(turn))('loses no edit of a new file just before step %j', (step) => {
  const { root, changes } = place();

  apply(root, changes, edits(root, step));

  expect(treeOf(root)).toEqual({ ...WRITTEN, run: 'edited meanwhile\n' });
});

it('says where the former files lie if putting them back fails too', () => {
  const { root, changes } = place();

  const run = () =>
    apply(root, changes, (at) => {
      if (!at.endsWith('deep/er/gone')) return;
      rmSync(join(root, 'edit'));
      lay(root, { 'edit/in-the-way': '' });
      throw new Error('EIO: i/o error, rename');
    });

  expect(run).toThrow(
    /gone: EIO: i\/o error; and putting back what was there failed too \(.*\): it lies in the folder/,
  );
  expect(Object.entries(treeOf(root)).filter(([path]) => path.startsWith('.hawser-'))).toContainEqual([
    expect.stringMatching(/0\.was$/),
    'old\n',
  ]);
});

it('makes no folder that it does not need, and none that stays after a failure', () => {
  const root = join(temporary(), 'made', 'here');

  apply(root, []);
  expect(() =>
    apply(root, [{ path: 'a/b', seen: undefined, content: content('new\n') }], (at) => {
      if (at.endsWith('a/b')) throw new Error('EROFS: read-only file system');
    }),
  ).toThrow('EROFS');

  expect(treeOf(join(root, '../..'))).toEqual({});
});

function edits(root: string, before: string) {
  return (at: string) => {
    if (plain(root, at) === before) lay(root, { run: 'edited meanwhile\n' });
  };
}

function plain(root: string, at: string): string {
  return at.replace(root, '').replace(/\.hawser-\w+/, 'stage');
}
