/** Decides what GitHub's events are to the bridge: one function for each that is handled, and a reason for all the others. */
import type * as z from 'zod';
import {
  DeploymentPayload,
  InstallationPayload,
  InstallationRepositoriesPayload,
  IssueCommentPayload,
  PullRequestPayload,
  RepositoryPayload,
  ReviewPayload,
} from '../schemas/webhook.ts';
import {
  CheckRunPayload,
  CheckSuitePayload,
  PackagePayload,
  PushPayload,
  ReleasePayload,
  StatusPayload,
} from '../schemas/webhook-promotions.ts';
import { malformed } from './malformed.ts';
import { understandCheckRun, understandCheckSuite, understandStatus } from './understand-gates.ts';
import { understandPackage, understandRelease } from './understand-images.ts';
import { understandInstallation, understandRepository, understandSelection } from './understand-installation.ts';
import {
  understandComment,
  understandDeployment,
  understandPullRequest,
  understandReview,
} from './understand-pulls.ts';
import { understandPush } from './understand-push.ts';
import { type Around, ignored, type Understood } from './understood.ts';

/** `id` is the delivery's, which GitHub repeats where it delivers once more. */
type Understand = (payload: unknown, id: string, around: Around) => Understood;

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
  ['push', handled(PushPayload, understandPush)],
  ['check_run', handled(CheckRunPayload, understandCheckRun)],
  ['check_suite', handled(CheckSuitePayload, understandCheckSuite)],
  ['status', handled(StatusPayload, understandStatus)],
  ['registry_package', handled(PackagePayload, understandPackage)],
  ['package', handled(PackagePayload, understandPackage)],
  ['release', handled(ReleasePayload, understandRelease)],
]);

/** Undefined: the event is not handled, whatever its body says. */
export function understanding(event: string): Understand | undefined {
  return HANDLED.get(event);
}

function handled<Payload>(
  schema: z.ZodType<Payload>,
  understand: (payload: Payload, id: string, around: Around) => Understood,
): Understand {
  return function understandPayload(payload, id, around) {
    const parsed = schema.safeParse(payload);
    if (parsed.success) return understand(parsed.data, id, around);
    return { kind: 'refused', answer: malformed(parsed.error, 'is not what GitHub sends') };
  };
}
