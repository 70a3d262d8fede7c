/**
 * Whatever the set and the user do, in whatever order: no byte of the user's is lost, and the rest is as the set has it.
 * A failure prints a seed and a path: `SEED=<seed> REPLAY=<path>` repeats it. `RUNS=2000` looks longer.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { asked, lay, NAMES, temporary, treeOf, writtenAt } from './hawser.ts';

const path = fc.constantFrom('a', 'b', 'deep/c', 'deep/er/d');
const laid = fc.constantFrom('1\n', '2\n', '\0 3\n');
const file = fc.tuple(path, fc.constantFrom('', '', '.hawser-new')).map(([name, suffix]) => name + suffix);

const STEP = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('release' as const), files: fc.dictionary(path, laid) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('edit' as const), file }) },
  // Words of the set's, as if it were an edit taken back.
  fc.record({ does: fc.constant('copy' as const), file, text: laid }),
  fc.record({ does: fc.constant('delete' as const), file }),
  fc.record({ does: fc.constant('take the .hawser-new of' as const), file: path }),
);
type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

const { RUNS, SEED, REPLAY } = process.env;
const PARAMETERS = {
  numRuns: Number(RUNS ?? 100),
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
};

it('never loses a byte of the user’s', { timeout: 3_600_000 }, async () => {
  const seen = { conflicts: 0, kept: 0, removed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 14 }), async (steps) => {
      const { set, directory, repository } = await laidDown();
      const user = new User(repository);
      for (const [index, step] of steps.entries()) {
        if (step.does === 'release') await release(step.files, { set, directory, repository }, user, seen);
        else user.does(step, `mine, at step ${index}\n`);
      }
    }),
    PARAMETERS,
  );
  // Otherwise nothing was tried.
  expect(Math.min(seen.conflicts, seen.kept, seen.removed)).toBeGreaterThan(10);
});

type Place = { readonly set: string; readonly directory: string; readonly repository: string };

async function laidDown(): Promise<Place> {
  const [set, directory] = [temporary(), temporary()];
  lay(set, { 'example-app/fixed': '', 'example-app/a': '1\n', 'example-app/deep/c': '1\n' });
  await asked('init', directory, '--set', set, ...NAMES);
  return { set, directory, repository: join(directory, 'shop') };
}

async function release(
  files: Readonly<Record<string, string>>,
  { set, directory, repository }: Place,
  user: User,
  seen: { conflicts: number; kept: number; removed: number },
): Promise<void> {
  rmSync(join(set, 'example-app'), { recursive: true });
  lay(join(set, 'example-app'), { fixed: '', ...files });
  user.learns(files);
  const [before, known] = [filesIn(repository), remembered(repository)];

  const { code } = await asked('update', directory, '--set', set);

  const now = filesIn(repository);
  for (const [name, text] of user.wrote) expect([name, now[name]]).toEqual([name, text]);
  for (const name of known.filter((each) => !(each in before))) expect([name, now[name]]).toEqual([name, undefined]);
  for (const name of ['a', 'b', 'deep/c', 'deep/er/d'].filter((each) => !user.touched.has(each))) {
    expect([name, now[name]]).toEqual([name, files[name]]);
  }
  const waiting = Object.keys(now).filter(
    (name) => name.endsWith('.hawser-new') && name.replace('.hawser-new', '') in files,
  );
  expect(code).toBe(waiting.length > 0 ? 3 : 0);

  const times = writtenAt(directory);
  expect((await asked('update', directory, '--set', set)).code).toBe(code);
  expect(writtenAt(directory)).toEqual(times);
  seen.conflicts += waiting.length;
  seen.kept += user.wrote.size;
  seen.removed += Object.keys(before).filter((name) => !(name in now)).length;
}

class User {
  /** What stands there by the user's own hand, and never was the set's. */
  readonly wrote = new Map<string, string>();
  readonly touched = new Set<string>();
  readonly #repository: string;
  readonly #ofTheSet = new Set<string>(['1\n']);

  constructor(repository: string) {
    this.#repository = repository;
  }

  does(step: Exclude<Step, { does: 'release' }>, own: string): void {
    const { file } = step;
    const [at, before] = [join(this.#repository, file), filesIn(this.#repository)];
    this.touched.add(file.replace('.hawser-new', ''));
    if (step.does === 'edit') this.#writes(file, own);
    if (step.does === 'copy') this.#writes(file, step.text);
    if (step.does === 'delete') {
      rmSync(at, { force: true });
      this.wrote.delete(file);
    }
    const beside = before[`${file}.hawser-new`];
    if (step.does === 'take the .hawser-new of' && beside !== undefined) {
      lay(this.#repository, { [file]: '' });
      renameSync(`${at}.hawser-new`, at);
      this.wrote.delete(`${file}.hawser-new`);
      this.wrote.delete(file);
      if (!this.#ofTheSet.has(beside)) this.wrote.set(file, beside);
    }
  }

  learns(files: Readonly<Record<string, string>>): void {
    for (const text of Object.values(files)) this.#ofTheSet.add(text);
    for (const [name, text] of this.wrote) if (this.#ofTheSet.has(text)) this.wrote.delete(name);
  }

  #writes(file: string, text: string): void {
    lay(this.#repository, { [file]: text });
    if (this.#ofTheSet.has(text)) this.wrote.delete(file);
    else this.wrote.set(file, text);
  }
}

function filesIn(repository: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(treeOf(repository)).filter(([name]) => !/\/$|^\.hawser\.yaml$/.test(name)));
}

function remembered(repository: string): readonly string[] {
  return Object.keys(parse(treeOf(repository)['.hawser.yaml'] ?? '').files);
}
