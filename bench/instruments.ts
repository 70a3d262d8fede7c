/** What the bench may ask of the Worker with instruments, and what it answers. */
import * as z from 'zod';

export const Order = z.discriminatedUnion('kind', [
  /** Begins to count a ledger's statements, or ends it and tells. */
  z.object({ kind: z.literal('count'), repository: z.string(), on: z.boolean() }),
  /** Writes finished rollouts into a ledger, the newest a minute before `before`. */
  z.object({
    kind: z.literal('seed'),
    repository: z.string(),
    environment: z.string(),
    rollouts: z.number(),
    before: z.number(),
  }),
  /** Moves the clock on, from alarm to alarm, as long as there are any; at most so many of them. */
  z.object({ kind: z.literal('pass'), rings: z.number() }),
]);
export type Order = z.infer<typeof Order>;
export type Seed = Extract<Order, { kind: 'seed' }>;

export const Costs = z.object({ statements: z.number(), rowsRead: z.number(), rowsWritten: z.number() });
export type Costs = z.infer<typeof Costs>;

export const Passed = z.object({ rings: z.number(), alarms: z.number(), milliseconds: z.number() });
export type Passed = z.infer<typeof Passed>;
