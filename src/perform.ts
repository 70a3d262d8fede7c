/** Carries an effect out: one line a kind. A repeat finds what an earlier attempt did, so doing it twice is boring. */
import type { Effect } from '../schemas/effect.ts';
import type { Outcome } from '../schemas/outcome.ts';
import type { PreviewEntry } from '../schemas/preview-entry.ts';
import type { Told } from '../schemas/told.ts';
import { type ArgoCds, askApplication } from './argocd/ask-application.ts';
import { type AskRefresher, askRefresher, holdRefresher } from './argocd/ask-refresher.ts';
import { readBase } from './github/base.ts';
import { readBranch } from './github/branches.ts';
import { writeCheck } from './github/checks.ts';
import { closePull } from './github/closed-pulls.ts';
import { readPermission } from './github/collaborators.ts';
import { writeComment } from './github/comments.ts';
import { writeStatus } from './github/deployment-statuses.ts';
import { createDeployment, retireDeployment } from './github/deployments.ts';
import { deleteEnvironment } from './github/environments.ts';
import { readGates } from './github/gates.ts';
import { removeLabel } from './github/labels.ts';
import { disarmPromotion, mergePromotion } from './github/merges.ts';
import type { OwnersAttempt } from './github/owners-rules.ts';
import { writePromotion } from './github/promotions.ts';
import { listPulls, readPull } from './github/pulls.ts';
import { readSource } from './github/sources.ts';
import { resolveTag } from './github/tags.ts';
import { tellUpdater, type Updaters } from './image-updater/tell.ts';
import type { Repository } from './words/repository.ts';
import { unreachable } from './words/unreachable.ts';

export type Performing = OwnersAttempt & {
  readonly refresher: AskRefresher;
  /** Has the index of the entry's zone commit it; rejects where it can't now. */
  readonly index: (entry: PreviewEntry) => Promise<unknown>;
  readonly argoCds: ArgoCds;
  /** Has another repository's ledger commit what it is told; rejects where it can't now. */
  readonly tell: (to: Repository, event: Told) => Promise<unknown>;
  readonly updaters: Updaters;
};

const NOTHING_LEARNED: Outcome = { kind: 'done', learned: { kind: 'nothing' } };

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
    case 'index-preview':
      return attempt.index(effect.entry).then(() => NOTHING_LEARNED);
    case 'read-application':
      return askApplication(effect, attempt);
    case 'read-base':
      return readBase(effect, attempt);
    case 'read-source':
      return readSource(effect, attempt);
    case 'read-branch':
      return readBranch(effect, attempt);
    case 'write-promotion':
      return writePromotion(effect, attempt);
    case 'write-check':
      return writeCheck(effect, attempt);
    case 'read-gates':
      return readGates(effect, attempt);
    case 'merge-promotion':
      return mergePromotion(effect, attempt);
    case 'disarm-promotion':
      return disarmPromotion(effect, attempt);
    case 'close-pull':
      return closePull(effect, attempt);
    case 'tell':
      return attempt.tell(effect.to, effect.event).then(() => NOTHING_LEARNED);
    case 'tell-updater':
      return tellUpdater(effect, attempt);
    default:
      return unreachable(effect);
  }
}
