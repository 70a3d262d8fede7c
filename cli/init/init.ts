/** `hawser init` and `hawser update`: from the command line to what is said at the end. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Answers, type AnswersFile } from '../../schemas/reference-set.ts';
import { QUESTIONS, readInit, readUpdate } from './flags.ts';
import { type Laid, layDown } from './lay-down.ts';
import { partOf } from './names.ts';
import { Refused } from './refused.ts';
import { readSet, SHIPPED, type Template } from './set.ts';
import { initTargets, updateTargets } from './targets.ts';

export type Surroundings = {
  readonly directory: string;
  readonly version: string;
  readonly read: (file: string) => string | undefined;
};
export type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };

type Missing = { readonly missing: readonly string[] };

export function init(args: readonly string[], surroundings: Surroundings): Said {
  const { options, told } = readInit(args, (file) => surroundings.read(resolve(surroundings.directory, file)));
  const set = setOf(options.set, surroundings);
  const picked = pickedFrom(set, told.only);
  const answers = answersFrom(told);
  if ('missing' in answers) return { code: 2, out: [], err: answers.missing };
  const root = rootOf(options.directory, surroundings);
  return said(layDown(root, initTargets(root, set, picked, answers, surroundings.version), options));
}

export function update(args: readonly string[], surroundings: Surroundings): Said {
  const options = readUpdate(args);
  const root = rootOf(options.directory, surroundings);
  const targets = updateTargets(root, setOf(options.set, surroundings), surroundings.version);
  return said(layDown(root, targets, options));
}

function said({ code, lines }: Laid): Said {
  return { code, out: lines, err: [] };
}

function setOf(set: string | undefined, { directory }: Surroundings): readonly Template[] {
  return readSet(set === undefined ? SHIPPED : resolve(directory, set));
}

function pickedFrom(set: readonly Template[], only: readonly string[] | undefined): readonly string[] {
  const parts = set.map(({ folder }) => partOf(folder));
  const unknown = only?.find((part) => !parts.includes(part));
  if (unknown !== undefined)
    throw new Refused(`--only ${unknown}: there is no such repository; there are ${parts.join(', ')}`);
  return only ?? parts;
}

const KEYS = ['org', 'app', 'domain', 'previewDomain'] as const;

function answersFrom(told: AnswersFile): Answers | Missing {
  const answers = Answers.safeParse(Object.fromEntries(KEYS.map((key) => [key, told[key]])));
  if (answers.success) return answers.data;
  const wrong = answers.error.issues.find(({ path }) => told[keyIn(path)] !== undefined);
  if (wrong !== undefined) {
    const key = keyIn(wrong.path);
    throw new Refused(`${QUESTIONS[key].flag} ${JSON.stringify(told[key])}: ${wrong.message}`);
  }
  const missing = KEYS.filter((key) => told[key] === undefined).map((key) => QUESTIONS[key]);
  return { missing: missing.map(({ flag, asks, like }) => `${flag} is missing: ${asks}, as ${flag} ${like}`) };
}

function keyIn([key]: readonly PropertyKey[]): keyof Answers {
  return KEYS.find((each) => each === key) ?? 'org';
}

/** Links are followed up to here, since a person named the folder, and no further. */
function rootOf(directory: string | undefined, { directory: here }: Surroundings): string {
  const root = real(resolve(here, directory ?? '.'));
  const own = realpathSync(dirname(SHIPPED));
  const inside = relative(own, root);
  if (inside === '' || !inside.startsWith('..')) {
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
