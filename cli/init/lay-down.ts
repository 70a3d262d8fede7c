/** Lays repositories down: what is planned for each is shown, refused, or written, all of it or nothing. */
import { apply } from './apply.ts';
import { refuseDirty } from './dirty.ts';
import type { Options } from './flags.ts';
import { identityAt } from './on-disk.ts';
import { type Plan, planRepository, type Target } from './plan.ts';
import { inLines, inOneLine } from './show.ts';

export type Laid = { readonly code: 0 | 3; readonly lines: readonly string[]; readonly changed: readonly string[] };

export function layDown(root: string, targets: readonly Target[], { dryRun, force }: Options): Laid {
  const plans = targets.map((target) => planRepository(target, (path) => identityAt(root, path)));
  const changed = plans.filter(({ changes }) => changes.length > 0);
  if (!dryRun) {
    if (!force) refuseDirty(root, changed);
    apply(
      root,
      changed.flatMap(({ changes }) => changes),
    );
  }
  return {
    code: plans.some(isOpen) ? 3 : 0,
    lines: [...plans.flatMap((plan) => inLines(plan, dryRun)), inOneLine(plans, dryRun)],
    changed: changed.map(({ folder }) => folder),
  };
}

function isOpen({ outcomes }: Plan): boolean {
  return outcomes.some(({ verdict }) => verdict === 'conflict' || verdict === 'open');
}
