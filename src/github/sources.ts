/** Asks GitHub how a candidate's commit stands to what is pinned, and whether the default branch has it. */
import * as z from 'zod';
import type { SourceFacts } from '../../schemas/answers.ts';
import type { ReadSource } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { ownerOf } from '../words/repository.ts';
import { ok, type Result } from '../words/result.ts';
import { ask, isRefused } from './ask.ts';
import { type Attempt, named } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { readDefaultBranch } from './texts.ts';

type Status = 'ahead' | 'behind' | 'diverged' | 'identical';
const Compared = z.object({ status: z.enum(['ahead', 'behind', 'diverged', 'identical']) });

export async function readSource(effect: ReadSource, attempt: Attempt): Promise<Outcome> {
  const { sha, present } = effect;
  // Another account's installation is not asked: what can't be told is left to a person.
  if (ownerOf(effect.repository) !== ownerOf(attempt.repository)) return learned(effect, 'unknown', null);
  const there = { ...attempt, repository: effect.repository };
  const branch = await readDefaultBranch(there);
  if (!branch.ok) return isHidden(branch.failure) ? learned(effect, 'unknown', null) : branch.failure;
  const onBranch = await compare(branch.value, sha, there);
  if (!onBranch.ok) return onBranch.failure;
  // A commit of a fork can be compared as well, and is never behind.
  const isOnBranch = onBranch.value === null ? null : onBranch.value === 'behind' || onBranch.value === 'identical';
  if (present === null || onBranch.value === null) return learned(effect, 'unknown', isOnBranch);
  const order = present === sha ? ok('identical' as const) : await compare(present, sha, there);
  if (!order.ok) return order.failure;
  return learned(effect, order.value ?? 'unknown', isOnBranch);
}

/** How `head` stands to `base`; null: GitHub knows one of them not. */
async function compare(base: string, head: string, attempt: Attempt): Promise<Result<Status | null, Failure>> {
  const read = await ask(
    attempt,
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    // Changed files are told on the first page alone, and aren't wanted.
    { ...named(attempt.repository), basehead: `${base}...${head}`, per_page: 1, page: 2 },
    Compared,
  );
  if (read.ok) return ok(read.value.status);
  return isRefused(read) ? ok(null) : read;
}

/** It is not for this App to read, or not there. */
function isHidden({ reason }: Failure): boolean {
  return reason.code === 'not-found' || reason.code === 'forbidden';
}

function learned(
  { target, repository, sha, present }: ReadSource,
  order: SourceFacts['order'],
  onDefaultBranch: boolean | null,
): Outcome {
  return {
    kind: 'done',
    learned: { kind: 'source', target, facts: { repository, sha, present, order, onDefaultBranch } },
  };
}
