/** Carries an effect out: one line a kind. A repeat finds what an earlier attempt did, so doing it twice is boring. */
import type { Effect } from '../schemas/effect.ts';
import type { Outcome } from '../schemas/outcome.ts';
import { type ArgoCds, askApplication } from './argocd/ask-application.ts';
import { type AskRefresher, askRefresher, holdRefresher } from './argocd/ask-refresher.ts';
import type { Attempt } from './github/attempt.ts';
import { readPermission } from './github/collaborators.ts';
import { writeComment } from './github/comments.ts';
import { writeStatus } from './github/deployment-statuses.ts';
import { createDeployment, retireDeployment } from './github/deployments.ts';
import { deleteEnvironment } from './github/environments.ts';
import { removeLabel } from './github/labels.ts';
import { listPulls, readPull } from './github/pulls.ts';
import { resolveTag } from './github/tags.ts';
import { unreachable } from './words/unreachable.ts';

export type Performing = Attempt & { readonly refresher: AskRefresher; readonly argoCds: ArgoCds };

export function perform(effect: Effect, attempt: Performing): Promise<Outcome> {
  switch (effect.kind) {
    case 'create-deployment':
      return createDeployment(effect, attempt);
    case 'write-status':
      return writeStatus(effect, attempt);
    case 'resolve-tag':
      return resolveTag(effect, attempt);
    case 'read-permission':
      return readPermission(effect, attempt);
    case 'remove-label':
      return removeLabel(effect, attempt);
    case 'write-comment':
      return writeComment(effect, attempt);
    case 'read-pull':
      return readPull(effect, attempt);
    case 'list-pulls':
      return listPulls(effect, attempt);
    case 'delete-environment':
      return deleteEnvironment(effect, attempt);
    case 'retire-deployment':
      return retireDeployment(effect, attempt);
    case 'refresh':
      return askRefresher(effect, attempt);
    case 'hold-refresh':
      return holdRefresher(effect, attempt);
    case 'read-application':
      return askApplication(effect, attempt);
    default:
      return unreachable(effect);
  }
}
