/** Reads all that the rules ask about a pull request at its head, right before it may be merged, and the rules as they are then. */
import * as z from 'zod';
import type { Gates } from '../../schemas/answers.ts';
import type { ReadGates } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { RULES_FILE } from '../../schemas/promotion-rules.ts';
import { GitHubPullRequest } from '../../schemas/pull-request.ts';
import { readApprovals } from './approvals.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { readConclusions } from './conclusions.ts';
import { readOwnersRules, readText } from './texts.ts';

const Pull = z.intersection(GitHubPullRequest, z.object({ user: z.object({ login: z.string() }).nullable() }));

export async function readGates(effect: ReadGates, attempt: Attempt): Promise<Outcome> {
  const { target, number, at, teams } = effect;
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number }, Pull);
  if (!read.ok) return read.failure;
  const { head, base, open, merged, labels, user } = read.value;
  const checks = effect.checks && open ? await readConclusions(head.sha, attempt) : undefined;
  if (checks?.ok === false) return checks.failure;
  const looked = { number, head: head.sha, author: user?.login, teams };
  const approvals = effect.approvals && open ? await readApprovals(looked, attempt) : undefined;
  if (approvals?.ok === false) return approvals.failure;
  const rules = await readText(RULES_FILE, base.ref, attempt);
  if (!rules.ok) return rules.failure;
  const organisation = await readOwnersRules(attempt);
  if (!organisation.ok) return organisation.failure;
  const gates: Gates = {
    number,
    at,
    head: head.sha,
    open,
    merged,
    labels,
    checks: checks?.value ?? {},
    approvals: [...(approvals?.value ?? [])],
    rules: rules.value,
    organisation: organisation.value,
  };
  return { kind: 'done', learned: { kind: 'gates', target, gates } };
}
