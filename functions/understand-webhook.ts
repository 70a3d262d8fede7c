/** Decides what GitHub's events are to the bridge: one function for each that is handled, and a reason for all the others. */
import type * as z from 'zod';
import type { DoorEvent } from '../schemas/event.ts';
import type { InstallationChange } from '../schemas/installation.ts';
import {
  DeploymentPayload,
  InstallationPayload,
  InstallationRepositoriesPayload,
  IssueCommentPayload,
  PullRequestPayload,
  RepositoryPayload,
  ReviewPayload,
} from '../schemas/webhook.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { ownerOf, Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

/** Where it belongs is told with a refusal too: the log has to say what was refused. */
type Understood =
  | { readonly kind: 'refused'; readonly answer: Answer; readonly repository?: Repository }
  | { readonly kind: 'event'; readonly repository: Repository; readonly event: DoorEvent }
  /** It is about the App on an account, and not about what a ledger keeps. */
  | {
      readonly kind: 'installation';
      readonly owner: string;
      readonly change: InstallationChange;
      readonly id: string;
      readonly repository?: Repository;
    }
  | {
      readonly kind: 'renamed';
      readonly repository: Repository;
      readonly to: Repository;
      readonly id: string;
      readonly number: number;
    };

/** `id` is the delivery's, which GitHub repeats where it delivers once more. */
type Understand = (payload: unknown, id: string) => Understood;

/** By the name that `X-GitHub-Event` gives. */
const HANDLED: ReadonlyMap<string, Understand> = new Map<string, Understand>([
  ['ping', () => ignored('ping')],
  ['pull_request', handled(PullRequestPayload, understandPullRequest)],
  ['issue_comment', handled(IssueCommentPayload, understandComment)],
  ['pull_request_review', handled(ReviewPayload, understandReview)],
  ['pull_request_review_comment', handled(ReviewPayload, understandReview)],
  ['pull_request_review_thread', handled(ReviewPayload, understandReview)],
  ['deployment', handled(DeploymentPayload, understandDeployment)],
  ['installation', handled(InstallationPayload, understandInstallation)],
  ['installation_repositories', handled(InstallationRepositoriesPayload, understandSelection)],
  ['repository', handled(RepositoryPayload, understandRepository)],
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

/** What people do in a review: not what becomes of their words afterwards. */
const REVIEWING: readonly string[] = ['submitted', 'created', 'resolved', 'unresolved'];

function understandReview(payload: z.infer<typeof ReviewPayload>, id: string): Understood {
  const { action, review, comment, updated_at, pull_request: pull, repository, sender } = payload;
  const place = repository.full_name;
  if (!REVIEWING.includes(action)) return ignored(`a review was ${action}`, place);
  if (sender?.type === 'Bot') return ignored('a review that no person wrote', place);
  const at = review?.submitted_at ?? comment?.created_at ?? updated_at ?? pull.updated_at;
  return { kind: 'event', repository: place, event: { kind: 'comment', id, number: pull.number, at } };
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

const WHOLE: Readonly<Record<string, InstallationChange>> = {
  created: { kind: 'open', repositories: null, isNew: true },
  deleted: { kind: 'close', code: 'app-uninstalled', repositories: null },
  suspend: { kind: 'close', code: 'app-suspended', repositories: null },
  unsuspend: { kind: 'open', repositories: null },
  new_permissions_accepted: { kind: 'open', repositories: null },
};

function understandInstallation({ action, installation }: z.infer<typeof InstallationPayload>, id: string): Understood {
  const change = Object.hasOwn(WHOLE, action) ? WHOLE[action] : undefined;
  return changed(installation.account?.login, change, action, id);
}

function understandSelection(payload: z.infer<typeof InstallationRepositoriesPayload>, id: string): Understood {
  const { action, installation, repositories_added: added, repositories_removed: removed } = payload;
  const change: InstallationChange =
    action === 'removed'
      ? { kind: 'close', code: 'repository-removed', repositories: removed }
      : { kind: 'open', repositories: added };
  return changed(installation.account?.login, change, action, id);
}

function changed(owner: string | null | undefined, change: InstallationChange | undefined, action: string, id: string) {
  if (change === undefined) return ignored(`an installation was ${action}`);
  if ((owner ?? null) === null) return ignored('an installation of no account with repositories');
  return { kind: 'installation', owner: owner ?? '', change, id } as const;
}

/** A ledger is one of a name: what was transferred is another tenant's, and begins anew under its new name. */
function understandRepository(payload: z.infer<typeof RepositoryPayload>, id: string): Understood {
  const { action, repository, changes } = payload;
  const place = repository.full_name;
  const about = (name: Repository, change: InstallationChange): Understood => ({
    kind: 'installation',
    owner: ownerOf(name),
    change,
    id,
    repository: name,
  });
  switch (action) {
    case 'deleted':
      return about(place, { kind: 'close', code: 'repository-deleted', repositories: [place] });
    case 'archived':
      return about(place, { kind: 'close', code: 'repository-archived', repositories: [place] });
    case 'created':
    case 'unarchived':
      return about(place, { kind: 'open', repositories: [place] });
    case 'renamed': {
      const from = changes?.repository?.name.from;
      if (from === undefined) return ignored('a rename that does not tell from what', place);
      const former = Repository.parse(`${ownerOf(place)}/${from}`);
      return { kind: 'renamed', repository: former, to: place, id, number: repository.id };
    }
    case 'transferred': {
      const from = changes?.owner?.from.organization?.login ?? changes?.owner?.from.user?.login;
      if (from === undefined) return ignored('a transfer that does not tell from where', place);
      const former = Repository.parse(`${from}/${place.slice(place.indexOf('/') + 1)}`);
      return about(former, { kind: 'close', code: 'repository-transferred', repositories: [former] });
    }
    default:
      return ignored(`a repository was ${action}`, place);
  }
}
