/** Carries an effect out: one line a kind. A repeat finds what an earlier attempt did, so doing it twice is boring. */
import type { Effect } from '../schemas/effect.ts';
import type { Outcome } from '../schemas/outcome.ts';
import type { Attempt } from './github/attempt.ts';
import { writeStatus } from './github/deployment-statuses.ts';
import { createDeployment } from './github/deployments.ts';
import { resolveTag } from './github/tags.ts';
import { unreachable } from './words/unreachable.ts';

export function perform(effect: Effect, attempt: Attempt): Promise<Outcome> {
  switch (effect.kind) {
    case 'create-deployment':
      return createDeployment(effect, attempt);
    case 'write-status':
      return writeStatus(effect, attempt);
    case 'resolve-tag':
      return resolveTag(effect, attempt);
    default:
      return unreachable(effect);
  }
}
