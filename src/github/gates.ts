/** Reads all that the rules ask about a pull request at its head, right before it may be merged, and the rules as they are then. */
import * as z from 'zod';
import type { Gates } from '../../schemas/answers.ts';
import type { ReadGates } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { RULES_FILE } from '../../schemas/promotion-rules.ts';
import { GitHubPullRequest } from '../../schemas/pull-request.ts';
import { ok } from '../words/result.ts';
import { readApprovals } from './approvals.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { readConclusions } from './conclusions.ts';
import { isQueued } from './native-merge.ts';
import { type OwnersAttempt, readOwnersRules } from './owners-rules.ts';
import { readText } from './texts.ts';

const By = z.object({ login: z.string(), type: z.string().nullish() }).nullish();
const Pull = z.intersection(
  GitHubPullRequest,
  z.object({ node_id: z.string(), user: By, auto_merge: z.unknown(), merged_by: By }),
);
const Closed = z.object({ closed_by: By });

export async function readGates(effect: ReadGates, attempt: OwnersAttempt): Promise<Outcome> {
  const { target, number, at, teams } = effect;
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number }, Pull);
  if (!read.ok) return read.failure;
  const { head, base, open, merged, labels, user, auto_merge, merged_by } = read.value;
  const closer = open || merged ? undefined : await closerOf(number, attempt);
  if (closer?.ok === false) return closer.failure;
  const queued = effect.queue && open ? await isQueued(read.value.node_id, attempt) : undefined;
  if (queued?.ok === false) return queued.failure;
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
    into: base.ref,
    armed: Boolean(auto_merge) || (queued?.value ?? null),
    byRobot: (closer?.value ?? merged_by)?.type === 'Bot',
    labels,
    checks: checks?.value ?? {},
    approvals: [...(approvals?.value ?? [])],
    rules: rules.value,
    organisation: organisation.value,
  };
  return { kind: 'done', learned: { kind: 'gates', target, gates } };
}

/** Only as an issue it says who has closed it: https://docs.github.com/rest/issues/issues#get-an-issue */
async function closerOf(number: number, attempt: Attempt) {
  const read = await ask(attempt, 'GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number }, Closed);
  return read.ok ? ok(read.value.closed_by) : read;
}
