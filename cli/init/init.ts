/** `hawser init` and `hawser update`: from the command line to what is said at the end. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { AnswersFile } from '../../schemas/reference-set.ts';
import { answersFrom, missingFrom, problemWith, QUESTIONS, refuseWrong } from './answers.ts';
import { readInit, readUpdate } from './flags.ts';
import { INIT, UPDATE } from './help.ts';
import { layDown } from './lay-down.ts';
import { partOf } from './names.ts';
import { afterInit, afterUpdate, type Written } from './next-steps.ts';
import type { Person } from './person.ts';
import { Refused } from './refused.ts';
import { readSet, SHIPPED, type Template } from './set.ts';
import { initTargets, updateTargets } from './targets.ts';

export type Surroundings = {
  readonly directory: string;
  readonly version: string;
  readonly read: (file: string) => string | undefined;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Whoever sits at the terminal, if it is one. */
  readonly person: Person | undefined;
};

export async function init(args: readonly string[], { say, complain, person, ...here }: Surroundings): Promise<number> {
  const { options, told: first } = readInit(args, (file) => here.read(resolve(here.directory, file)));
  const set = readSet(resolve(here.directory, options.set ?? SHIPPED));
  const parts = set.map(({ folder }) => partOf(folder));
  if (options.help) return saidOf(say, INIT.replace('PARTS', parts.join(', ')));
  refuseWrong(first);
  refuseUnknown(first.only ?? [], parts);
  const root = rootOf(options.directory, here.directory);

  const asked = options.yes ? undefined : person;
  const told = asked === undefined ? first : await askFor(first, parts, asked);
  const answers = answersFrom(told);
  if (answers === undefined) {
    for (const { flag, asks, like } of missingFrom(told).map((key) => QUESTIONS[key])) {
      complain(`${flag} is missing: ${asks}, as ${flag} ${like}`);
    }
    return 2;
  }
  const targets = initTargets(root, set, told.only ?? parts, answers, here.version);
  const { code, written } = await layDown(root, targets, options, say, asked);
  for (const line of afterInit(root, inGit(root, written), answers)) say(line);
  return code;
}

export async function update(args: readonly string[], { say, person, ...here }: Surroundings): Promise<number> {
  const options = readUpdate(args);
  if (options.help) return saidOf(say, UPDATE);
  const root = rootOf(options.directory, here.directory);
  const set: readonly Template[] = readSet(resolve(here.directory, options.set ?? SHIPPED));
  const { code, written } = await layDown(root, updateTargets(root, set, here.version), options, say, person);
  for (const line of afterUpdate(root, inGit(root, written))) say(line);
  return code;
}

function inGit(root: string, written: readonly string[]): readonly Written[] {
  return written.map((folder) => ({ folder, isNew: !existsSync(join(root, folder, '.git')) }));
}

function saidOf(say: (line: string) => void, text: string): number {
  say(text);
  return 0;
}

async function askFor(told: AnswersFile, parts: readonly string[], person: Person): Promise<AnswersFile> {
  let answers = told;
  for (const key of missingFrom(told)) {
    const { asks, like } = QUESTIONS[key];
    const so = (given: string) => ({ ...answers, [key]: given });
    answers = so(await person.name(asks, like, (given) => problemWith(so(given), key)));
  }
  return answers.only === undefined
    ? { ...answers, only: [...(await person.pick('the repositories', parts))] }
    : answers;
}

function refuseUnknown(only: readonly string[], parts: readonly string[]): void {
  const unknown = only.find((part) => !parts.includes(part));
  if (unknown !== undefined)
    throw new Refused(`--only ${unknown}: there is no such repository; there are ${parts.join(', ')}`);
}

/** Links are followed up to here, since a person named the folder, and no further. */
function rootOf(directory: string | undefined, here: string): string {
  const root = real(resolve(here, directory ?? '.'));
  const inside = relative(realpathSync(dirname(SHIPPED)), root);
  if (inside === '' || !/^\.\.(\/|$)/.test(inside)) {
    throw new Refused(`${root}: is in the clone of Hawser itself; name a folder beside it`);
  }
  return root;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}
