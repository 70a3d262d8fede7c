/** What becomes of the files, as lines for a person. */
import type { Verdict } from './decide.ts';
import { besideOf, type Plan } from './plan.ts';

const SAID: Readonly<Record<Verdict, ((path: string) => string) | undefined>> = {
  new: (path) => `new       ${path}`,
  replaced: (path) => `replaced  ${path}`,
  removed: (path) => `removed   ${path}`,
  conflict: (path) => `conflict  ${path}: changed here and in the set, whose own is ${besideOf(path)}`,
  left: (path) => `kept      ${path}: edited here, and no longer in the set`,
  edited: undefined,
  deleted: undefined,
  same: undefined,
};

const WAITS = (path: string) => `conflict  ${path}: ${besideOf(path)} is still there; settle it, and delete that`;

/** Of a repository that is new, only how much it is, unless it is not written. */
export function inLines({ folder, known, outcomes }: Plan, whole: boolean): readonly string[] {
  const news = outcomes.filter(({ verdict }) => verdict === 'new').length;
  const brief = !known && !whole && news > 0;
  const said = outcomes.flatMap(({ path, verdict, open }) => {
    const line = verdict === 'new' && brief ? undefined : SAID[verdict]?.(path);
    const waits = open && verdict !== 'conflict' ? WAITS(path) : undefined;
    return [line, waits].flatMap((each) => (each === undefined ? [] : [`  ${each}`]));
  });
  const lines = brief ? [`  new       ${countOf(news, 'file')}`, ...said] : said;
  return lines.length === 0 ? [] : [folder === '' ? '.' : folder, ...lines];
}

export function closing(plans: readonly Plan[], dryRun: boolean): string {
  const changes = plans.flatMap((plan) => plan.changes);
  if (changes.length === 0) return 'Nothing to write: all is as the set has it, or was changed here.';
  const where = countOf(plans.filter((plan) => plan.changes.length > 0).length, 'repository', 'repositories');
  return `${countOf(changes.length, 'file')} in ${where} ${dryRun ? 'would be written or removed' : 'written or removed'}.`;
}

function countOf(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
