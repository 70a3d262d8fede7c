/** Keeps the script of faults, and says which one a request meets. */
import * as z from 'zod';
import { Refusal } from './refusal.ts';

const which = {
  /** An HTTP method; absent: any. */
  method: z.string().optional(),
  /** A regular expression on the path, without the query; absent: any. */
  path: z.string().optional(),
  /** How many matching requests meet it, before it is spent. */
  times: z.int().positive().default(1),
  /** How many matching requests it lets pass first. */
  after: z.int().nonnegative().default(0),
};

export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...which, kind: z.literal('bad-credentials') }),
  /** 403; `retryAfter` in seconds, absent: no such header. */
  z.strictObject({ ...which, kind: z.literal('secondary-limit'), retryAfter: z.int().optional() }),
  z.strictObject({ ...which, kind: z.literal('too-many-requests'), retryAfter: z.int().default(60) }),
  /** Refuses every matching request until the clock has passed the reset, `times` or not. */
  z.strictObject({ ...which, kind: z.literal('primary-limit'), resetIn: z.int().default(60) }),
  z.strictObject({
    ...which,
    kind: z.literal('server-error'),
    status: z.union([z.literal(500), z.literal(502), z.literal(503)]).default(502),
  }),
  /** Any other refusal, in GitHub's shape. */
  z.strictObject({ ...which, kind: z.literal('refuse'), status: z.int(), message: z.string() }),
  z.strictObject({ ...which, kind: z.literal('slow'), ms: z.int() }),
  /** The connection goes before GitHub acts. */
  z.strictObject({ ...which, kind: z.literal('drop') }),
  /** GitHub acts, and then the connection goes. */
  z.strictObject({ ...which, kind: z.literal('act-then-drop') }),
  /** GitHub acts, and never answers. */
  z.strictObject({ ...which, kind: z.literal('act-then-hang') }),
  /** Every matching connection goes, until the faults are cleared. */
  z.strictObject({ ...which, kind: z.literal('down') }),
]);
export type Fault = z.input<typeof Fault>;
type Scripted = z.output<typeof Fault>;

export type Met = Scripted & { resetAt?: number };

export class Faults {
  #script: { fault: Scripted; pattern: RegExp; passed: number; left: number; resetAt?: number }[] = [];

  add(fault: unknown): void {
    const parsed = Fault.parse(fault);
    const forever = parsed.kind === 'down' || parsed.kind === 'primary-limit';
    this.#script.push({
      fault: parsed,
      pattern: new RegExp(parsed.path ?? ''),
      passed: 0,
      left: forever ? Number.POSITIVE_INFINITY : parsed.times,
    });
  }

  clear(): void {
    this.#script = [];
  }

  /** The first of the script that matches; it counts against that one alone. */
  meet(method: string, path: string, nowMs: number): Met | undefined {
    for (const entry of this.#script) {
      const { fault } = entry;
      if (entry.left <= 0 || !entry.pattern.test(path) || (fault.method && fault.method.toUpperCase() !== method))
        continue;
      if (entry.passed++ < fault.after) continue;
      if (fault.kind === 'primary-limit') {
        entry.resetAt ??= Math.ceil(nowMs / 1000) + fault.resetIn;
        if (nowMs / 1000 >= entry.resetAt) {
          entry.left = 0;
          continue;
        }
        return { ...fault, resetAt: entry.resetAt };
      }
      entry.left -= 1;
      return fault;
    }
    return undefined;
  }
}

const secondary =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';

/** The answer that a fault gives in GitHub's stead; the other faults have none. */
export function answerOf(fault: Met, limit: number): Response | undefined {
  switch (fault.kind) {
    case 'bad-credentials':
      return new Refusal(401, 'Bad credentials').response();
    case 'secondary-limit':
      return new Refusal(403, secondary, undefined, retry(fault.retryAfter)).response();
    case 'too-many-requests':
      return new Refusal(429, secondary, undefined, retry(fault.retryAfter)).response();
    case 'primary-limit':
      return exhausted(limit, fault.resetAt ?? 0).response();
    case 'server-error':
      return new Response(`<html><head><title>${fault.status}</title></head><body><h1>Unicorn!</h1></body></html>`, {
        status: fault.status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      });
    case 'refuse':
      return new Refusal(fault.status, fault.message).response();
    case 'slow':
    case 'drop':
    case 'act-then-drop':
    case 'act-then-hang':
    case 'down':
      return undefined;
  }
}

function retry(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** GitHub Docs, "Rate limits for the REST API": exceeding the primary rate limit. */
export function exhausted(limit: number, resetAt: number, who = ''): Refusal {
  return new Refusal(403, `API rate limit exceeded${who}.`, undefined, {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': String(limit),
    'x-ratelimit-reset': String(resetAt),
    'x-ratelimit-resource': 'core',
  });
}
