/** `init` on a terminal: the library's own prompts, with the keys that a person would press. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { init, update } from '../../cli/init/init.ts';
import { personAt } from '../../cli/init/person.ts';
import { exitCodeOf } from '../../cli/init/refused.ts';
import { lay, NAMES, temporary, treeOf } from './hawser.ts';

const set = lay(temporary(), {
  'example-app/a': 'example-app at example.com\n',
  'example-app-infra/b': '',
  '.github/c': '',
});
const [ENTER, DOWN, SPACE, CTRL_C, CLEAR] = ['\r', '\u001b[B', ' ', '\u0003', '\u0015'];

/** Presses the keys of an answer when its question is shown, so that nothing hangs on time. */
function terminal(keys: readonly (readonly [question: string, ...keys: string[]])[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...keys];
  let shown = '';
  output.on('data', (data: Buffer) => {
    shown += stripVTControlCharacters(data.toString());
    const [question, ...pressed] = left[0] ?? [];
    if (question === undefined || !shown.includes(question)) return;
    left.shift();
    shown = '';
    // Not while the question is being drawn.
    setImmediate(() => {
      for (const key of pressed) input.write(key);
    });
  });
  const said: string[] = [];
  return {
    said,
    left,
    surroundings: {
      directory: '/',
      version: '0.0.1',
      read: () => undefined,
      say: (line: string) => said.push(line),
      complain: (line: string) => said.push(line),
      person: personAt(input, output),
    },
  };
}

it('asks for what is missing, says what is wrong with an answer, and writes what is agreed to', async () => {
  const directory = temporary();
  const { said, left, surroundings } = terminal([
    ['the organisation on GitHub', 'Acme', ENTER],
    ['is no RFC 1123 label', CLEAR, 'acme', ENTER],
    ['the application, and so its repository', 'shop', ENTER],
    ['the zone that is for previews alone', 'acme.com', ENTER],
    ['would catch the hosts of acme.com', CLEAR, 'acme.dev', ENTER],
    ['the repositories', DOWN, DOWN, SPACE, ENTER],
    ['Write this into', ENTER],
  ]);

  const code = await init([directory, '--set', set, '--domain', 'acme.com'], surroundings);

  expect({ code, left }).toEqual({ code: 0, left: [] });
  expect(Object.keys(treeOf(directory)).filter((path) => !path.endsWith('/'))).toEqual([
    '.github/.hawser.yaml',
    '.github/c',
    'shop/.hawser.yaml',
    'shop/a',
  ]);
  expect(said).toContain('4 files in 2 repositories written or removed.');
});

it.each([
  ['Ctrl-C at a question', ['the organisation on GitHub', CTRL_C], 'given up; nothing was written'],
  ['no at the end', ['Write this into', DOWN, ENTER], 'not agreed to; nothing was written'],
] as const)('writes nothing after %s', async (_, keys, line) => {
  const directory = temporary();
  const { said, left, surroundings } = terminal([keys]);
  const names = keys[0] === 'the organisation on GitHub' ? [] : [...NAMES, '--only', 'app'];

  const code = await exitCodeOf(() => init([directory, '--set', set, ...names], surroundings), surroundings.complain);

  expect({ code, last: said.at(-1), left, tree: treeOf(directory) }).toEqual({
    code: 1,
    last: line,
    left: [],
    tree: {},
  });
});

it('asks nothing with --yes, nor where there is nothing to write', async () => {
  const directory = temporary();
  const silent = terminal([]);

  const codes = [
    await init([directory, '--set', set, '--yes'], silent.surroundings),
    await init([directory, '--set', set, '--yes', ...NAMES], silent.surroundings),
    await update([directory, '--set', set], silent.surroundings),
  ];

  expect(codes).toEqual([2, 0, 0]);
});
