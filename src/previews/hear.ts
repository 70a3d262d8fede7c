/** Decides what one look at a pull request means for its preview: whether there is one, for which head, and since when. */
import type { Config } from '../../schemas/config.ts';
import type { PullRequestEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import type { SlugOf } from './name.ts';
import { type Labeller, stageAfter } from './stage.ts';
import { staged } from './staged.ts';

export type Heard = {
  readonly preview: Preview;
  /** Two looks of one second differ: which is the later, only GitHub can say. */
  readonly isContested: boolean;
};

/** Undefined: nothing in it is newer than what is known. */
export function hear(
  pull: PullRequest,
  labelled: PullRequestEvent['labelled'],
  known: Known,
  slugOf: SlugOf,
): Heard | undefined {
  const before = known.previews.get(pull.number);
  const labeller = labellerOf(labelled, pull, known.config);
  if (before === undefined) {
    return { preview: followed(newcomer(pull, known.config, slugOf), pull, labeller, known), isContested: false };
  }
  const isOld = pull.updatedAt < before.pull.updatedAt || JSON.stringify(pull) === JSON.stringify(before.pull);
  if (isOld) {
    // What it says of the pull request is known, but not yet who put the label on.
    const isAnswer = labeller !== undefined && before.stage.kind === 'asking' && before.stage.login === null;
    if (!isAnswer || pull.head.sha !== before.pull.head.sha) return undefined;
    return { preview: followed(before, before.pull, labeller, known), isContested: false };
  }
  const isContested = pull.updatedAt === before.pull.updatedAt;
  return { preview: followed(before, pull, labeller, known), isContested };
}

function labellerOf(
  labelled: PullRequestEvent['labelled'],
  { head }: PullRequest,
  { previews }: Config,
): Labeller | undefined {
  return labelled?.labels.includes(previews.label) === true ? { login: labelled.login, sha: head.sha } : undefined;
}

function newcomer(pull: PullRequest, config: Config, slugOf: SlugOf): Preview {
  const slug = slugOf(pull.head.ref);
  return {
    number: pull.number,
    pull,
    stage: { kind: 'closed', why: 'unlabelled' },
    head: null,
    approval: null,
    slug,
    told: false,
    name: slug,
    url: null,
    entry: null,
    touchedAt: pull.updatedAt,
    refresh: sight(pull, config) !== '',
    doomed: null,
    comment: { id: null, look: pull.comments !== 0, wanted: null, written: null, expiresAt: null },
    dueAt: null,
  };
}

function followed(before: Preview, pull: PullRequest, labeller: Labeller | undefined, known: Known): Preview {
  const isNews = isTouched(pull, before.pull) && pull.updatedAt > before.touchedAt;
  const touchedAt = isNews ? pull.updatedAt : before.touchedAt;
  const stage = isRemoved(before, pull, labeller, known.config)
    ? { ...before.stage }
    : stageAfter({ ...before, pull }, labeller, known.config);
  const refresh = before.refresh || sight(before.pull, known.config) !== sight(pull, known.config);
  // Whatever a sweep has found: this look is newer.
  const doomed = before.doomed?.kind === 'gone' ? null : before.doomed;
  return staged({ ...before, pull, touchedAt, refresh, doomed }, stage, known);
}

/**
 * Nobody touched it for so long, and its label is coming off: a title that was edited, or a robot's word, does not bring it
 * back. A stage of its own: the label is owed once more, since what took it off may have done so before this look.
 */
function isRemoved(
  { stage, pull: before }: Preview,
  pull: PullRequest,
  labeller: Labeller | undefined,
  { previews }: Config,
): boolean {
  const isLeaving =
    stage.kind === 'closed' && stage.why === 'stale' && pull.open && pull.labels.includes(previews.label);
  return isLeaving && labeller === undefined && !isTouched(pull, before);
}

/** A push or a change of labels. */
export function isTouched(pull: PullRequest, before: PullRequest): boolean {
  return pull.head.sha !== before.head.sha || pull.labels.join('\n') !== before.labels.join('\n');
}

/** What Argo CD's generator can see of it: it filters by label, branches and title. */
function sight({ open, labels, title, head, base }: PullRequest, { previews }: Config): string {
  return open && labels.includes(previews.label) ? JSON.stringify([title, head, base]) : '';
}
