/** An update that is killed, as by SIGKILL, just before the step whose number it is given: `DIR SET STEP`. */
import { apply } from '../../cli/init/apply.ts';
import { identityAt } from '../../cli/init/on-disk.ts';
import { planRepository } from '../../cli/init/plan.ts';
import { readSet } from '../../cli/init/set.ts';
import { updateTargets } from '../../cli/init/targets.ts';

const [root = '', set = '', step = ''] = process.argv.slice(2);
const targets = updateTargets(root, readSet(set), '0.0.1');
const changes = targets.flatMap((target) => planRepository(target, (path) => identityAt(root, path)).changes);
let left = Number(step);
apply(root, changes, () => {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL');
});
console.log('not killed');
