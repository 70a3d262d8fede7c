/** Reads the rules that the owner's repository `.github` holds for all. What was read there holds until GitHub surely says otherwise. */
import * as z from 'zod';
import { RULES_FILE, UNREADABLE } from '../../schemas/promotion-rules.ts';
import { ownerOf, Repository } from '../words/repository.ts';
import { ok, type Result } from '../words/result.ts';
import { type Asked, ask, isRefused } from './ask.ts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './outcome.ts';
import { OWNERS_REPOSITORY } from './roles.ts';
import { RAW, readDefaultBranch, Text } from './texts.ts';

/** `ownersRules`: what they said when they were read last; null: nothing is known of any. */
export type OwnersAttempt = Attempt & { readonly ownersRules: () => string | null };

/**
 * Null: there are none. Most owners have no such repository, and GitHub does not tell it from one that the App is not let
 * into: nothing that was ever read is lifted for that.
 */
export async function readOwnersRules(attempt: OwnersAttempt): Promise<Result<string | null, Failure>> {
  const repository = Repository.parse(`${ownerOf(attempt.repository)}/${OWNERS_REPOSITORY}`);
  const there = { ...attempt, repository };
  const place = { path: RULES_FILE, headers: RAW };
  const read = await ask(there, 'GET /repos/{owner}/{repo}/contents/{path}', place, Text);
  if (read.ok || !isCertain(read)) return read;
  const before = attempt.ownersRules();
  const known = before === UNREADABLE ? null : before;
  if (read.status !== 404) return ok(known ?? UNREADABLE);
  return known === null ? ok(null) : lifted(known, there);
}

/** Only what is not there in a repository that is, on a branch that is, was taken away. */
async function lifted(known: string, there: Attempt): Promise<Result<string | null, Failure>> {
  const branch = await readDefaultBranch(there);
  if (!branch.ok) return isCertain(branch) ? ok(known) : branch;
  const named = { branch: branch.value };
  const tip = await ask(there, 'GET /repos/{owner}/{repo}/branches/{branch}', named, z.object({ name: z.string() }));
  if (tip.ok) return ok(null);
  return isCertain(tip) ? ok(known) : tip;
}

/** Neither a limit, nor a fault that passes. */
function isCertain(asked: Asked<unknown>): boolean {
  return isRefused(asked) || (!asked.ok && asked.failure.kind === 'dead');
}
