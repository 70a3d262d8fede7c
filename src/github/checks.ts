/** Shows what the rules say of a promotion as the check run `hawser/promotion` on its head: one, edited when it changes. */
import * as z from 'zod';
import type { WriteCheck } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { clipped } from '../words/text.ts';
import { type Asked, ask } from './ask.ts';
import type { Attempt } from './attempt.ts';

export const CHECK = 'hawser/promotion';
/** https://docs.github.com/rest/checks/runs#create-a-check-run */
const LONGEST_SUMMARY = 65_535;
const LONGEST_TITLE = 255;

const Run = z.object({ id: z.number() });
const Runs = z.object({ check_runs: z.array(Run.extend({ external_id: z.string().nullish() })) });

export async function writeCheck(effect: WriteCheck, attempt: Attempt): Promise<Outcome> {
  const { id, target, head } = effect;
  const known = id === null ? undefined : await edit(effect, id, attempt);
  if (known !== undefined && (known.ok || known.status !== 404)) return ended(effect, known);
  if (attempt.look || known !== undefined) {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const listed = await ask(attempt, route, { ref: head, check_name: CHECK, per_page: 100 }, Runs);
    if (!listed.ok) return listed.failure;
    const own = listed.value.check_runs.find(({ external_id }) => external_id === target);
    if (own !== undefined) return ended(effect, await edit(effect, own.id, attempt));
  }
  const parameters = { name: CHECK, head_sha: head, external_id: target, ...shown(effect) };
  return ended(effect, await ask(attempt, 'POST /repos/{owner}/{repo}/check-runs', parameters, Run));
}

function edit(effect: WriteCheck, id: number, attempt: Attempt): Promise<Asked<z.infer<typeof Run>>> {
  const parameters = { check_run_id: id, ...shown(effect) };
  return ask(attempt, 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', parameters, Run);
}

function shown({ conclusion, title, summary }: WriteCheck) {
  return {
    ...(conclusion === null ? { status: 'in_progress' } : { status: 'completed', conclusion }),
    output: { title: clipped(title, LONGEST_TITLE), summary: clipped(summary, LONGEST_SUMMARY) },
  };
}

function ended({ target, head, summary }: WriteCheck, asked: Asked<z.infer<typeof Run>>): Outcome {
  if (!asked.ok) return asked.failure;
  return { kind: 'done', learned: { kind: 'check-written', target, id: asked.value.id, head, summary } };
}
