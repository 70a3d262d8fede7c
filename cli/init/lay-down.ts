/** Lays repositories down: what becomes of each is said first, and then refused or written, all of it or nothing. */
import { join } from 'node:path';
import { apply, leftovers } from './apply.ts';
import { refuseDirty } from './dirty.ts';
import type { Options } from './flags.ts';
import { MEMORY } from './memory.ts';
import { contentAt, identityAt } from './on-disk.ts';
import { patchOf } from './patch.ts';
import type { Person } from './person.ts';
import { type Plan, planRepository, type Target } from './plan.ts';
import { Refused } from './refused.ts';
import { closing, inLines } from './show.ts';

export type Laid = { readonly code: 0 | 3; readonly written: readonly string[] };

export async function layDown(
  root: string,
  targets: readonly Target[],
  options: Options,
  say: (line: string) => void,
  person: Person | undefined,
): Promise<Laid> {
  const plans = targets.map((target) => planRepository(target, (path) => identityAt(root, path)));
  for (const line of plans.flatMap((plan) => inLines(plan, options.dryRun))) say(line);
  if (options.diff) for (const patch of plans.flatMap((plan) => patchesOf(root, plan))) say(patch);

  for (const folder of leftovers(root)) say(`${folder}: a run that was killed has left it; delete it`);

  const code = plans.some(({ outcomes }) => outcomes.some(({ open }) => open)) ? 3 : 0;
  const changed = plans.filter(({ changes }) => changes.length > 0);
  if (!options.dryRun) await write(root, changed, options, person);
  say(closing(plans, options.dryRun));
  return { code, written: options.dryRun ? [] : changed.map(({ folder }) => folder) };
}

async function write(
  root: string,
  changed: readonly Plan[],
  { force, yes }: Options,
  person: Person | undefined,
): Promise<void> {
  if (changed.length === 0) return;
  if (!force) refuseDirty(root, changed);
  if (!yes && person !== undefined && !(await person.agrees(`Write this into ${root}?`))) {
    throw new Refused('not agreed to; nothing was written');
  }
  apply(
    root,
    changed.flatMap(({ changes }) => changes),
  );
}

function patchesOf(root: string, { changes }: Plan): readonly string[] {
  return changes
    .filter(({ path }) => path !== MEMORY && !path.endsWith(join('/', MEMORY)))
    .map((change) => patchOf(change, contentAt(root, change.beside ?? change.path)).replace(/\n$/, ''));
}
