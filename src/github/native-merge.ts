/** Leaves a merge to GitHub, which REST can't: to its auto-merge, or to the merge queue. */
import * as z from 'zod';
import type { MergePromotion } from '../../schemas/effect.ts';
import { ok } from '../words/result.ts';
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
  const answer = await attempt.github(GRAPHQL, { query: MUTATIONS[whom], variables });
  const read = answer.kind === 'answered' && answer.status === 200 ? Answered.safeParse(answer.body) : undefined;
  if (read?.success !== true) return { kind: 'failed', failure: failed(answer, attempt) };
  const [error] = read.data.errors ?? [];
  return error === undefined ? { kind: 'left' } : refusalOf(error, attempt);
}

/**
 * GraphQL tells most refusals of a merge by their words alone.
 * https://github.com/peter-evans/enable-pull-request-automerge/issues/343, https://github.com/iterative/cml/pull/955
 */
function refusalOf({ type, message }: z.infer<typeof Errors>[number], { now }: Attempt): Left {
  if (/\bclean status\b/i.test(message)) return { kind: 'clean' };
  if (/\balready (in|queued|enabled)\b/i.test(message)) return { kind: 'left' };
  if (/\bunstable status\b/i.test(message)) return { kind: 'unstable', words: message };
  if (/\b(head|oid)\b.*\b(modified|match|changed)/i.test(message)) return { kind: 'moved', words: message };
  if (type === 'FORBIDDEN') {
    const words = `GitHub does not allow it: ${message}. It needs the permissions contents: write and pull requests: write`;
    return { kind: 'failed', failure: parked('forbidden', words, now()) };
  }
  if (type === 'RATE_LIMITED') return { kind: 'failed', failure: parked('rate-limit', message, now()) };
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
