/** Decides in which stage of its life a preview is, from what the pull request is now and whom it may be trusted to. */
import type { Config } from '../../schemas/config.ts';
import type { Preview, Stage } from '../../schemas/preview.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import { type Sha, short } from '../words/sha.ts';

/** Who has put the label on, and on which head. */
export type Labeller = { readonly login: string; readonly sha: Sha };

/** `preview` holds the newest look at its pull request, and still the stage from before it. */
export function stageAfter(
  { pull, stage, approval }: Preview,
  labeller: Labeller | undefined,
  { previews }: Config,
): Stage {
  if (!pull.open) return { kind: 'closed', why: pull.merged ? 'merged' : 'closed' };
  if (!pull.labels.includes(previews.label)) return withoutLabel(stage);
  if (!isFork(pull)) return live(stage, pull);

  const here = pull.head.sha;
  if (previews.forks === 'deny') {
    return refused(stage, 'Pull requests from forks get no preview here.', labeller);
  }
  if (approval?.sha === here) return live(stage, pull);
  if (labeller?.sha === here) return { kind: 'asking', login: labeller.login, sha: here, since: pull.updatedAt };
  if (approval !== null) return refused(stage, lapsed(approval.sha), labeller);
  if (stage.kind === 'asking') return stage.sha === here ? stage : refused(stage, lapsed(stage.sha), labeller);
  if (stage.kind === 'refusing' || (stage.kind === 'refused' && stage.stuck !== null)) return stage;
  // The delivery that says who it was may come after this one.
  return { kind: 'asking', login: null, sha: here, since: pull.updatedAt };
}

export const UNKNOWN = 'Nobody with write access has put the label on this commit.';

export function isFork({ head, base }: PullRequest): boolean {
  return head.repository !== base.repository;
}

function lapsed(sha: Sha): string {
  return `The approval was for ${short(sha)}, and something has been pushed since.`;
}

function withoutLabel(stage: Stage): Stage {
  switch (stage.kind) {
    case 'refusing':
    case 'refused':
      return { kind: 'refused', why: stage.why, stuck: null };
    case 'asking':
    case 'live':
      return { kind: 'closed', why: 'unlabelled' };
    case 'closed':
      return stage.why === 'stale' ? stage : { kind: 'closed', why: 'unlabelled' };
  }
}

function live(stage: Stage, { updatedAt }: PullRequest): Stage {
  return stage.kind === 'live' ? stage : { kind: 'live', since: updatedAt };
}

/** A label that can't be taken off stays refused, until somebody puts it on once more. */
function refused(stage: Stage, why: string, labeller: Labeller | undefined): Stage {
  const isStuck = stage.kind === 'refused' && stage.stuck !== null && labeller === undefined;
  return isStuck ? stage : { kind: 'refusing', why };
}
