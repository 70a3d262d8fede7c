/** Leaves a merge to GitHub, which REST can't: to its auto-merge, or to the merge queue. */
import * as z from 'zod';
import type { MergePromotion } from '../../schemas/effect.ts';
import { ok, type Result } from '../words/result.ts';
import { Sha } from '../words/sha.ts';
import { type Asked, ask } from './ask.ts';
import { type Attempt, failed } from './attempt.ts';
import { GRAPHQL } from './client.ts';
import { type Failure, parked } from './outcome.ts';

export type Pull = {
  /** GraphQL's. */
  readonly id: string;
  readonly head: Sha;
  readonly isOpen: boolean;
  readonly merged: boolean;
  readonly mergeCommit: Sha | null;
  readonly isArmed: boolean;
};

const Read = z.object({
  node_id: z.string(),
  state: z.string(),
  merged: z.boolean(),
  merge_commit_sha: Sha.nullable(),
  auto_merge: z.unknown(),
  head: z.object({ sha: Sha }),
});

export async function pullOf(number: number, attempt: Attempt): Promise<Asked<Pull>> {
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number }, Read);
  if (!read.ok) return read;
  const { node_id: id, state, merged, merge_commit_sha: mergeCommit, auto_merge, head } = read.value;
  return ok({ id, head: head.sha, isOpen: state === 'open', merged, mergeCommit, isArmed: Boolean(auto_merge) });
}

const Queued = z.object({ data: z.object({ node: z.object({ isInMergeQueue: z.boolean() }) }) });
const QUEUED = 'query ($id: ID!) { node(id: $id) { ... on PullRequest { isInMergeQueue } } }';

/** Looks first, since GitHub refuses to take back what is not there. Undefined: it is done. */
export async function takeBack(pull: Pick<Pull, 'id' | 'isArmed'>, attempt: Attempt): Promise<Failure | undefined> {
  const { id, isArmed } = pull;
  const queued = await isQueued(id, attempt);
  if (!queued.ok) return queued.failure;
  for (const query of [...(isArmed ? [MUTATIONS.disarm] : []), ...(queued.value ? [MUTATIONS.dequeue] : [])]) {
    const answer = await inGraphQL(query, { id }, attempt);
    if (answer.kind === 'failed') return answer.failure;
    // It may have been merged, or taken out, since it was looked at: the next look tells.
    if (answer.kind === 'refused') return parked('native-merge', answer.error.message, attempt.now());
  }
  return undefined;
}

export async function isQueued(id: string, attempt: Attempt): Promise<Result<boolean, Failure>> {
  const asked = await inGraphQL(QUEUED, { id }, attempt);
  if (asked.kind === 'failed') return { ok: false, failure: asked.failure };
  // A GitHub that knows no queue refuses the question, and has none.
  return ok(asked.kind === 'done' && Queued.safeParse(asked.body).data?.data.node.isInMergeQueue === true);
}

type GraphQLError = z.infer<typeof Errors>[number];
type InGraphQL =
  | { readonly kind: 'done'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly error: GraphQLError }
  | { readonly kind: 'failed'; readonly failure: Failure };

async function inGraphQL(query: string, variables: Record<string, unknown>, attempt: Attempt): Promise<InGraphQL> {
  const answer = await attempt.github(GRAPHQL, { query, variables });
  const isAnswered = answer.kind === 'answered' && answer.status === 200;
  const read = isAnswered ? Answered.safeParse(answer.body) : undefined;
  if (!isAnswered || read?.success !== true) return { kind: 'failed', failure: failed(answer, attempt) };
  const [error] = read.data.errors ?? [];
  if (error === undefined) return { kind: 'done', body: answer.body };
  const failure = failureIn(error, attempt);
  return failure === undefined ? { kind: 'refused', error } : { kind: 'failed', failure };
}

/** What is no answer to the question: the App may not ask it, or not now. */
function failureIn({ type, message }: GraphQLError, { now }: Attempt): Failure | undefined {
  if (type === 'FORBIDDEN') {
    const words = `GitHub does not allow it: ${message}. It needs the permissions contents: write and pull requests: write`;
    return parked('forbidden', words, now());
  }
  return type === 'RATE_LIMITED' ? parked('rate-limit', message, now()) : undefined;
}

type Left =
  /** GitHub merges it when it may. */
  | { readonly kind: 'left' }
  /** There is nothing to wait for: `unstable`, but for checks that aren't required. */
  | { readonly kind: 'clean' }
  | { readonly kind: 'unstable' | 'moved' | 'refused'; readonly words: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

const MUTATIONS = {
  auto: `mutation ($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) {
    enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method }) { clientMutationId }
  }`,
  disarm: `mutation ($id: ID!) {
    disablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId }
  }`,
  dequeue: `mutation ($id: ID!) {
    dequeuePullRequest(input: { id: $id }) { clientMutationId }
  }`,
  // A queue has a merge method of its own.
  queue: `mutation ($id: ID!, $head: GitObjectID!) {
    enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head }) { clientMutationId }
  }`,
};

const Errors = z.array(z.object({ type: z.string().nullish(), message: z.string() })).min(1);
const Answered = z.object({ errors: Errors.optional(), data: z.unknown() });

export async function leaveTo(
  whom: 'auto' | 'queue',
  id: string,
  { head, method }: MergePromotion,
  attempt: Attempt,
): Promise<Left> {
  const variables = { id, head, ...(whom === 'auto' ? { method: method.toUpperCase() } : {}) };
  const answer = await inGraphQL(MUTATIONS[whom], variables, attempt);
  if (answer.kind === 'failed') return answer;
  return answer.kind === 'done' ? { kind: 'left' } : refusalOf(answer.error);
}

/**
 * GraphQL tells most refusals of a merge by their words alone.
 * https://github.com/peter-evans/enable-pull-request-automerge/issues/343, https://github.com/iterative/cml/pull/955
 */
function refusalOf({ message }: GraphQLError): Left {
  if (/\bclean status\b/i.test(message)) return { kind: 'clean' };
  if (/\balready (in|queued|enabled)\b/i.test(message)) return { kind: 'left' };
  if (/\bunstable status\b/i.test(message)) return { kind: 'unstable', words: message };
  if (/\b(head|oid)\b.*\b(modified|match|changed)/i.test(message)) return { kind: 'moved', words: message };
  return { kind: 'refused', words: `${message}${message.endsWith('.') ? '' : '.'} ${todoOf(message)}`.trim() };
}

function todoOf(message: string): string {
  if (/auto.?merge is not allowed/i.test(message)) {
    return "Allow auto-merge in the repository's settings, or write `via: direct` in the rules.";
  }
  if (/protected branch rules not configured/i.test(message)) {
    return 'Nothing protects the target branch, so there is nothing to wait for: write `via: direct` in the rules.';
  }
  return /merge queue/i.test(message) ? 'Where the target branch has no merge queue, write `via: direct`.' : '';
}
