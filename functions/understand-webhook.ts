/** Decides what GitHub's events are to the bridge: one function for each that is handled, and a reason for all the others. */
import type * as z from 'zod';
import type { DoorEvent } from '../schemas/event.ts';
import { DeploymentPayload, IssueCommentPayload, PullRequestPayload } from '../schemas/webhook.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

/** Where it belongs is told with a refusal too: the log has to say what was refused. */
type Understood =
  | { readonly kind: 'refused'; readonly answer: Answer; readonly repository?: Repository }
  | { readonly kind: 'event'; readonly repository: Repository; readonly event: DoorEvent };

/** `id` is the delivery's, which GitHub repeats where it delivers once more. */
type Understand = (payload: unknown, id: string) => Understood;

/** By the name that `X-GitHub-Event` gives. */
const HANDLED: ReadonlyMap<string, Understand> = new Map<string, Understand>([
  ['ping', () => ignored('ping')],
  ['pull_request', handled(PullRequestPayload, understandPullRequest)],
  ['issue_comment', handled(IssueCommentPayload, understandComment)],
  ['deployment', handled(DeploymentPayload, understandDeployment)],
]);

/** Undefined: the event is not handled, whatever its body says. */
export function understanding(event: string): Understand | undefined {
  return HANDLED.get(event);
}

function ignored(why: string, repository?: Repository): Understood {
  const answer = { kind: 'ignored', why } as const;
  return { kind: 'refused', answer, ...(repository === undefined ? {} : { repository }) };
}

function handled<Payload>(
  schema: z.ZodType<Payload>,
  understand: (payload: Payload, id: string) => Understood,
): Understand {
  return function understandPayload(payload, id) {
    const parsed = schema.safeParse(payload);
    if (parsed.success) return understand(parsed.data, id);
    const [issue] = parsed.error.issues;
    const path = dottedPath(issue?.path ?? []);
    const error = issue?.message ?? 'is not what GitHub sends';
    return { kind: 'refused', answer: { kind: 'malformed', error, ...(path === '' ? {} : { path }) } };
  };
}

/** Every action shows the whole pull request; only of who put a label on does it tell more. */
function understandPullRequest(payload: z.infer<typeof PullRequestPayload>, id: string): Understood {
  const { action, pull_request: pull, repository, sender, label } = payload;
  const put = action === 'opened' ? pull.labels : action === 'labeled' && label ? [label.name] : [];
  const labelled = put.length === 0 ? undefined : { login: sender.login, labels: put };
  return { kind: 'event', repository: repository.full_name, event: { kind: 'pull-request', id, pull, labelled } };
}

function understandComment(payload: z.infer<typeof IssueCommentPayload>, id: string): Understood {
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

function understandDeployment(payload: z.infer<typeof DeploymentPayload>, id: string): Understood {
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
