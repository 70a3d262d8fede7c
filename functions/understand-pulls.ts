/** What GitHub tells of pull requests, and of deployments that ask to be adopted. */
import type * as z from 'zod';
import type { DeploymentPayload, IssueCommentPayload, PullRequestPayload, ReviewPayload } from '../schemas/webhook.ts';
import { isPromotions } from '../src/words/promotion-branch.ts';
import { ignored, type Understood } from './understood.ts';

/** By which actions a pull request is left to GitHub to merge, and taken back. */
const NATIVE: ReadonlyMap<string, 'armed' | 'disarmed'> = new Map([
  ['auto_merge_enabled', 'armed'],
  ['enqueued', 'armed'],
  ['auto_merge_disabled', 'disarmed'],
  ['dequeued', 'disarmed'],
]);

/** Every action shows the whole pull request; only of who put a label on does it tell more. */
export function understandPullRequest(payload: z.infer<typeof PullRequestPayload>, id: string): Understood {
  const { action, pull_request: pull, repository, sender, label } = payload;
  const put = action === 'opened' ? pull.labels : action === 'labeled' && label ? [label.name] : [];
  const labelled = put.length === 0 ? undefined : { login: sender.login, labels: put };
  const by = { login: sender.login, isBot: sender.type === 'Bot' };
  const native = NATIVE.get(action);
  const event = { kind: 'pull-request', id, pull, labelled, by, ...(native === undefined ? {} : { native }) } as const;
  return { kind: 'event', repository: repository.full_name, event };
}

export function understandComment(payload: z.infer<typeof IssueCommentPayload>, id: string): Understood {
  const { action, issue, comment, repository, sender } = payload;
  const place = repository.full_name;
  if (action !== 'created') return ignored(`a comment was ${action}`, place);
  if ((issue.pull_request ?? null) === null) return ignored('an issue is no pull request', place);
  // Robots talk to each other for ever: Hawser's own comment is one of theirs.
  if (sender.type === 'Bot' || (comment.performed_via_github_app ?? null) !== null) {
    return ignored('a comment that no person wrote', place);
  }
  return {
    kind: 'event',
    repository: place,
    event: { kind: 'comment', id, number: issue.number, at: comment.created_at },
  };
}

/** What people do in a review: not what becomes of their words afterwards. */
const REVIEWING: readonly string[] = ['submitted', 'created', 'resolved', 'unresolved'];
/** What may open or close a gate before a promotion. */
const JUDGING: readonly string[] = ['submitted', 'dismissed'];

/** Of a promotion it is an approval, or one less; of any other pull request a sign of life. */
export function understandReview(payload: z.infer<typeof ReviewPayload>, id: string): Understood {
  const { action, review, comment, updated_at, pull_request: pull, repository, sender } = payload;
  const place = repository.full_name;
  const { number } = pull;
  const isPromotion = isPromotions(pull.head.ref);
  if (!(isPromotion ? JUDGING : REVIEWING).includes(action)) return ignored(`a review was ${action}`, place);
  if (isPromotion) return { kind: 'event', repository: place, event: { kind: 'gate', id, of: { number } } };
  if (sender?.type === 'Bot') return ignored('a review that no person wrote', place);
  const at = review?.submitted_at ?? comment?.created_at ?? updated_at ?? pull.updated_at;
  return { kind: 'event', repository: place, event: { kind: 'comment', id, number, at } };
}

export function understandDeployment(payload: z.infer<typeof DeploymentPayload>, id: string): Understood {
  const { action, deployment, repository } = payload;
  const place = repository.full_name;
  if ((action ?? 'created') !== 'created' || deployment.payload?.adopt !== true) {
    return ignored('a deployment that does not ask to be adopted', place);
  }
  const { id: number, sha, environment } = deployment;
  const pr = deployment.payload.pr ?? undefined;
  return {
    kind: 'event',
    repository: place,
    event: { kind: 'adoption', id, deployment: number, sha, environment, pr },
  };
}
