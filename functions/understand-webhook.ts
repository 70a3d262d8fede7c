/** Decides what GitHub's events are to the bridge: one function for each that is handled, and a reason for all the others. */
import type * as z from 'zod';
import {
  DeploymentPayload,
  InstallationPayload,
  InstallationRepositoriesPayload,
  IssueCommentPayload,
  PullRequestPayload,
  RepositoryPayload,
} from '../schemas/webhook.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { understandInstallation, understandRepository, understandSelection } from './understand-installation.ts';
import { understandComment, understandDeployment, understandPullRequest } from './understand-pulls.ts';
import { ignored, type Understood } from './understood.ts';

/** `id` is the delivery's, which GitHub repeats where it delivers once more. */
type Understand = (payload: unknown, id: string) => Understood;

/** By the name that `X-GitHub-Event` gives. */
const HANDLED: ReadonlyMap<string, Understand> = new Map<string, Understand>([
  ['ping', () => ignored('ping')],
  ['pull_request', handled(PullRequestPayload, understandPullRequest)],
  ['issue_comment', handled(IssueCommentPayload, understandComment)],
  ['deployment', handled(DeploymentPayload, understandDeployment)],
  ['installation', handled(InstallationPayload, understandInstallation)],
  ['installation_repositories', handled(InstallationRepositoriesPayload, understandSelection)],
  ['repository', handled(RepositoryPayload, understandRepository)],
]);

/** Undefined: the event is not handled, whatever its body says. */
export function understanding(event: string): Understand | undefined {
  return HANDLED.get(event);
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
