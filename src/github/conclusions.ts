/** Reads how each check run and each status of a commit stands: the newest of every name. */
import * as z from 'zod';
import type { Gates } from '../../schemas/answers.ts';
import { instantOf } from '../words/instant.ts';
import { ok, type Result } from '../words/result.ts';
import type { Sha } from '../words/sha.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { CHECK } from './checks.ts';
import type { Failure } from './outcome.ts';

/** A hundred of a kind on one commit, and a thousand: beyond it a check counts as one that has not come. */
const PAGE = 100;
const MOST_PAGES = 10;

const Conclusion = z
  .enum(['pending', 'success', 'neutral', 'skipped', 'failure', 'cancelled', 'timed_out', 'action_required', 'stale'])
  // One that GitHub may add is none that a rule has asked for.
  .catch('failure');
const Runs = z.object({
  total_count: z.number(),
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      started_at: z.string().nullish(),
    }),
  ),
});
const Statuses = z.object({
  total_count: z.number(),
  statuses: z.array(z.object({ context: z.string(), state: z.string(), updated_at: z.string() })),
});

type Found = { readonly name: string; readonly conclusion: Gates['checks'][string]; readonly at: string | null };

export async function readConclusions(head: Sha, attempt: Attempt): Promise<Result<Gates['checks'], Failure>> {
  const runs = await allOf('check-runs', Runs, ({ check_runs }) => check_runs, head, attempt);
  if (!runs.ok) return runs;
  const statuses = await allOf('status', Statuses, (read) => read.statuses, head, attempt);
  // Statuses are the older way: where the App may not read them, there are none.
  if (!statuses.ok && statuses.failure.reason.code !== 'forbidden') return statuses;
  const found: readonly Found[] = [
    ...(statuses.ok ? statuses.value : []).map(({ context: name, state, updated_at: at }) => {
      return { name, conclusion: Conclusion.parse(state), at };
    }),
    ...runs.value.map(({ name, status, conclusion, started_at }) => {
      const stands = status === 'completed' ? conclusion : 'pending';
      return { name, conclusion: Conclusion.parse(stands), at: started_at ?? null };
    }),
  ];
  const inOrder = found.filter(({ name }) => name !== CHECK).sort((one, other) => startOf(one) - startOf(other));
  return ok(Object.fromEntries(inOrder.map(({ name, conclusion }) => [name, conclusion])));
}

/** One that has not started is the newest. */
function startOf({ at }: Found): number {
  return (at === null ? undefined : instantOf(at)) ?? Number.MAX_SAFE_INTEGER;
}

async function allOf<Schema extends z.ZodType<{ readonly total_count: number }>, Item>(
  what: 'check-runs' | 'status',
  schema: Schema,
  itemsOf: (read: z.output<Schema>) => readonly Item[],
  ref: Sha,
  attempt: Attempt,
): Promise<Result<readonly Item[], Failure>> {
  const found: Item[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const parameters = { ref, per_page: PAGE, page };
    const read = await ask(attempt, `GET /repos/{owner}/{repo}/commits/{ref}/${what}`, parameters, schema);
    if (!read.ok) return read;
    found.push(...itemsOf(read.value));
    if (page * PAGE >= read.value.total_count) break;
  }
  return ok(found);
}
