/** What to answer to a body that is not what its schema says: the first thing that is wrong, and where. */
import type * as z from 'zod';
import { dottedPath } from '../src/words/dotted-path.ts';
import type { Answer } from './answer.ts';

export function malformed({ issues: [first] }: z.ZodError, otherwise: string): Answer {
  const path = dottedPath(first?.path ?? []);
  return { kind: 'malformed', error: first?.message ?? otherwise, ...(path === '' ? {} : { path }) };
}
