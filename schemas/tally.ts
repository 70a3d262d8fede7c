/** What a ledger tells its installation of itself, for `/metrics`: sums since its first event, and what stands open now. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';

/** Kinds and outcomes are words of the code, so they are few. */
export const Count = z.object({
  subject: z.enum(['event', 'effect']),
  kind: z.string(),
  outcome: z.string(),
  number: z.number().int(),
});
export type Count = z.infer<typeof Count>;

export const Tally = z.object({
  counts: z.array(Count),
  oldestOwedAt: Instant.nullable(),
  dead: z.number().int(),
});
export type Tally = z.infer<typeof Tally>;

/** One more of what. */
export type Counted = Pick<Count, 'subject' | 'kind' | 'outcome'>;
