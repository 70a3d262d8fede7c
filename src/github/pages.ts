/** Reads a list to its last page, or not at all: half a list would look as if the rest were gone. */
import * as z from 'zod';
import { failed as failedWith, ok, type Result } from '../words/result.ts';
import { type Attempt, failed, named } from './attempt.ts';
import type { Failure } from './outcome.ts';

const PAGE = 100;
/** Ten thousand of anything: whoever has more has another problem. */
const MOST_PAGES = 100;
const TOO_LONG = {
  code: 'too-long',
  message: `GitHub's list has more than ${MOST_PAGES} pages: half of it says nothing`,
};

export async function allPages<Item>(
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  Item: z.ZodType<Item>,
  attempt: Attempt,
): Promise<Result<readonly Item[], Failure>> {
  const found: Item[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await attempt.github(route, { ...named(attempt.repository), ...parameters, per_page: PAGE, page });
    const items =
      answer.kind === 'answered' && answer.status === 200 ? z.array(Item).safeParse(answer.body) : undefined;
    if (answer.kind === 'broken' || items?.success !== true) return failedWith(failed(answer, attempt));
    found.push(...items.data);
    if (!/\brel="next"/.test(answer.headers['link'] ?? '')) return ok(found);
  }
  return failedWith({ kind: 'dead', reason: TOO_LONG });
}
