/** Merges a promotion at the head that was decided about, and nothing else: never past what protects the target branch. */
import * as z from 'zod';
import type { DisarmPromotion, MergePromotion } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { Sha } from '../words/sha.ts';
import { clipped, oneLine } from '../words/text.ts';
import { ask, isRefused, removeBranch } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { leaveTo, type Pull, pullOf, takeBack } from './native-merge.ts';

/** Another merge to the same base was under way: GitHub asks to try again. */
const BASE_MOVED = /^Base branch was modified/i;
/** After so many it is not another merge that keeps it. */
const MOST_TRIES = 5;
const AGAIN = { code: 'base-moved', message: 'Another merge to the same branch was under way: it is tried again' };
const UNSTABLE = { code: 'unstable', message: 'GitHub waits for checks that are not required: it is tried again' };

const Merged = z.object({ sha: Sha, merged: z.literal(true) });

export async function mergePromotion(effect: MergePromotion, attempt: Attempt): Promise<Outcome> {
  // After an uncertain end, it may be merged already; and GraphQL knows it by another id.
  if (!attempt.look && effect.via === 'direct') return mergeDirectly(effect, attempt);
  const pull = await pullOf(effect.number, attempt);
  if (!pull.ok) return pull.failure;
  const stands = standingOf(effect, pull.value);
  if (stands !== undefined) {
    if (pull.value.merged) await removeBranch(effect.deleteBranch, attempt);
    return stands;
  }
  return effect.via === 'direct' ? mergeDirectly(effect, attempt) : mergeNatively(effect, pull.value, attempt);
}

/** Undefined: it is as it was decided about. */
function standingOf(effect: MergePromotion, { head, merged, mergeCommit, isOpen, isArmed }: Pull): Outcome | undefined {
  if (merged) return mergedAs(effect, mergeCommit ?? head);
  if (!isOpen) return unmerged(effect, 'refused', 'The pull request is closed.');
  if (head !== effect.head) return unmerged(effect, 'moved', 'The head of the pull request has moved.');
  return isArmed && effect.via === 'auto' ? mergedAs(effect, 'left') : undefined;
}

async function mergeDirectly(effect: MergePromotion, attempt: Attempt): Promise<Outcome> {
  const { number, head, method } = effect;
  const parameters = { pull_number: number, sha: head, merge_method: method };
  const asked = await ask(attempt, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', parameters, Merged);
  if (asked.ok) {
    await removeBranch(effect.deleteBranch, attempt);
    return mergedAs(effect, asked.value.sha);
  }
  const { status, words, failure } = asked;
  if (status === 409) return unmerged(effect, 'moved', words);
  if (status === 405 && BASE_MOVED.test(words) && attempt.attempts < MOST_TRIES) {
    return { kind: 'later', certain: true, reason: AGAIN };
  }
  // A missing permission waits for a person, like any other; what protects the branch waits for an event.
  const isProtected = status === 405 || (isRefused(asked) && status === 422);
  return isProtected ? unmerged(effect, 'refused', words) : failure;
}

async function mergeNatively(effect: MergePromotion, pull: Pull, attempt: Attempt): Promise<Outcome> {
  const left = await leaveTo(effect.via === 'queue' ? 'queue' : 'auto', pull.id, effect, attempt);
  switch (left.kind) {
    case 'left':
      return mergedAs(effect, 'left');
    case 'clean':
      // Nothing is left to wait for, and the rules have allowed it; the branch's protection still decides.
      return mergeDirectly(effect, attempt);
    case 'unstable':
      return attempt.attempts < MOST_TRIES
        ? { kind: 'later', certain: true, reason: UNSTABLE }
        : unmerged(effect, 'refused', left.words);
    case 'moved':
    case 'refused':
      return unmerged(effect, left.kind, left.words);
    case 'failed':
      return left.failure;
  }
}

/** GitHub may have merged it by then: that is learned as any other merge. */
export async function disarmPromotion({ target, number }: DisarmPromotion, attempt: Attempt): Promise<Outcome> {
  const pull = await pullOf(number, attempt);
  if (!pull.ok) return pull.failure;
  const { merged, mergeCommit, head, isOpen } = pull.value;
  if (merged) return { kind: 'done', learned: { kind: 'merged', target, number, sha: mergeCommit ?? head } };
  const failure = isOpen ? await takeBack(pull.value, attempt) : undefined;
  return failure ?? { kind: 'done', learned: { kind: 'disarmed', target, number } };
}

function mergedAs({ target, number }: MergePromotion, sha: Sha | 'left'): Outcome {
  return { kind: 'done', learned: { kind: 'merged', target, number, sha } };
}

function unmerged({ target, number }: MergePromotion, why: 'moved' | 'refused', words: string): Outcome {
  return { kind: 'done', learned: { kind: 'unmerged', target, number, why, words: clipped(oneLine(words), 500) } };
}
