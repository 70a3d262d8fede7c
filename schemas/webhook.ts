/** GitHub's webhook events, as far as they are used: https://docs.github.com/webhooks/webhook-events-and-payloads */
import * as z from 'zod';
import { Moment } from '../src/words/instant.ts';
import { Owner, Repository, RepositoryName } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import { GitHubPullRequest } from './pull-request.ts';

const About = z.object({ full_name: Repository });
const Person = z.object({ login: z.string().min(1).max(100), type: z.string().nullish() });

export const PullRequestPayload = z.object({
  action: z.string(),
  pull_request: GitHubPullRequest,
  repository: About,
  sender: Person,
  /** Of `labeled` and `unlabeled`: the one that came or went. */
  label: z.object({ name: z.string() }).nullish(),
});

export const IssueCommentPayload = z.object({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), pull_request: z.object({}).nullish() }),
  comment: z.object({
    created_at: Moment,
    performed_via_github_app: z.object({}).nullish(),
  }),
  repository: About,
  sender: Person,
});

/** A review, a comment within one, or one of its threads: each event has its own, and the last has no time but these. */
export const ReviewPayload = z.object({
  action: z.string(),
  review: z.object({ submitted_at: Moment.nullish() }).nullish(),
  comment: z.object({ created_at: Moment }).nullish(),
  updated_at: Moment.nullish(),
  pull_request: z.object({ number: z.int().positive(), updated_at: Moment, head: z.object({ ref: z.string() }) }),
  repository: About,
  sender: Person.nullish(),
});

/** https://docs.github.com/webhooks/webhook-events-and-payloads#installation: an enterprise has no login. */
const Installed = z.object({ account: z.object({ login: Owner.nullish() }).nullish() });
const Listed = z
  .array(About)
  .nullish()
  .transform((listed) => (listed ?? []).map(({ full_name }) => full_name));

export const InstallationPayload = z.object({ action: z.string(), installation: Installed });

export const InstallationRepositoriesPayload = z.object({
  action: z.string(),
  installation: Installed,
  repositories_added: Listed,
  repositories_removed: Listed,
});

export const RepositoryPayload = z.object({
  action: z.string(),
  repository: About.extend({ id: z.number() }),
  /** What it was before: of `renamed` and `transferred`. */
  changes: z
    .object({
      repository: z.object({ name: z.object({ from: RepositoryName }) }).nullish(),
      owner: z
        .object({
          from: z.object({
            user: z.object({ login: Owner }).nullish(),
            organization: z.object({ login: Owner }).nullish(),
          }),
        })
        .nullish(),
    })
    .nullish(),
});

/** GitHub hands a payload on as the object that was sent, or as its JSON text. */
const Asking = z.preprocess(
  (payload) => (typeof payload === 'string' ? jsonIn(payload) : payload),
  z.object({ hawser: z.object({ adopt: z.boolean().nullish(), pr: z.int().positive().nullish() }) }),
);

export const DeploymentPayload = z.object({
  /** Enterprise Server 3.1 to 3.5 leaves it out: there is only the one. */
  action: z.string().nullish(),
  deployment: z.object({
    id: z.int().positive(),
    sha: Sha,
    environment: z.string().min(1).max(255),
    payload: z.unknown().transform((payload) => {
      const asking = Asking.safeParse(payload);
      return asking.success ? asking.data.hawser : undefined;
    }),
  }),
  repository: About,
});

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Anybody's text may stand there.
    return undefined;
  }
}
