/** Makes one call and takes its answer apart: what it says, or how it failed. */
import * as z from 'zod';
import { ok } from '../words/result.ts';
import { type Attempt, failed, named } from './attempt.ts';
import { type Failure, said } from './outcome.ts';

export type Asked<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly failure: Failure;
      /** Undefined: there was no answer. */
      readonly status: number | undefined;
      /** What GitHub said. */
      readonly words: string;
    };

export const Anything = z.unknown();

/** Of the attempt's own repository, unless the parameters name another. */
export async function ask<Schema extends z.ZodType>(
  attempt: Attempt,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  schema: Schema,
): Promise<Asked<z.output<Schema>>> {
  // What a route has no place for would be sent as a query.
  const own = route.includes('{owner}') ? named(attempt.repository) : {};
  const answer = await attempt.github(route, { ...own, ...parameters });
  const isDone = answer.kind === 'answered' && answer.status < 300;
  const read = isDone ? schema.safeParse(answer.body) : undefined;
  if (read?.success === true) return ok(read.data);
  const [status, words] = answer.kind === 'answered' ? [answer.status, said(answer)] : [undefined, ''];
  return { ok: false, failure: failed(answer, attempt), status, words };
}

/** GitHub will not do it, whatever is tried: neither a limit, nor a fault of its own. */
export function isRefused(asked: Asked<unknown>): boolean {
  return !asked.ok && (asked.status === 403 || asked.status === 404 || asked.status === 422) && !isLimit(asked.failure);
}

function isLimit(failure: Failure): boolean {
  return failure.kind === 'later' && failure.pause !== undefined;
}

/** Removes a branch, if it is still there. That it stays is no reason to do anything again. */
export async function removeBranch(branch: string | null, attempt: Attempt): Promise<void> {
  if (branch !== null) await ask(attempt, 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', headRef(branch), Anything);
}

export function headRef(branch: string): { readonly ref: string } {
  return { ref: `heads/${branch}` };
}
