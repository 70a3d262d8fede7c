/** What may open or close a gate before a promotion: a check, a status. All that is on other branches is none of it. */
import type * as z from 'zod';
import type { CheckRunPayload, CheckSuitePayload, StatusPayload } from '../schemas/webhook-promotions.ts';
import { isPromotions } from '../src/words/promotion-branch.ts';
import { type Around, ignored, type Understood } from './understood.ts';

const ELSEWHERE = 'on no branch that promotions stand on';

export function understandCheckRun(payload: z.infer<typeof CheckRunPayload>, id: string): Understood {
  const { action, check_run: run, repository } = payload;
  const place = repository.full_name;
  if (action !== 'completed') return ignored(`a check was ${action ?? 'told of'}`, place);
  if (run.name === 'hawser/promotion') return ignored("Hawser's own check", place);
  if (isElsewhere([run.check_suite?.head_branch])) return ignored(ELSEWHERE, place);
  return { kind: 'event', repository: place, event: { kind: 'gate', id, of: { head: run.head_sha } } };
}

export function understandCheckSuite(
  payload: z.infer<typeof CheckSuitePayload>,
  id: string,
  { appId }: Around,
): Understood {
  const { action, check_suite: suite, repository } = payload;
  const place = repository.full_name;
  if (action !== 'completed') return ignored(`a check suite was ${action}`, place);
  if (String(suite.app?.id) === appId) return ignored("Hawser's own check", place);
  if (isElsewhere([suite.head_branch])) return ignored(ELSEWHERE, place);
  return { kind: 'event', repository: place, event: { kind: 'gate', id, of: { head: suite.head_sha } } };
}

export function understandStatus(payload: z.infer<typeof StatusPayload>, id: string): Understood {
  const { sha, state, branches, repository } = payload;
  const place = repository.full_name;
  if (state === 'pending') return ignored('a status that is pending', place);
  if (isElsewhere(branches.map(({ name }) => name))) return ignored(ELSEWHERE, place);
  return { kind: 'event', repository: place, event: { kind: 'gate', id, of: { head: sha } } };
}

/** Where GitHub names no branch, it can't be told. */
function isElsewhere(branches: readonly (string | null | undefined)[]): boolean {
  const named = branches.flatMap((branch) => branch ?? []);
  return named.length > 0 && !named.some(isPromotions);
}
