/** Decides what becomes of an effect that GitHub did not simply do: by status, headers and documented fields. */
import * as z from 'zod';
import type { Reason } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { Instant, instantOf, later } from '../words/instant.ts';
import { clipped, oneLine } from '../words/text.ts';
import type { Answer } from './answer.ts';

export type Failure = Exclude<Outcome, { kind: 'done' }>;
type Answered = Extract<Answer, { kind: 'answered' }>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** What only a person can mend is tried again this often. */
const PARKED = 10 * MINUTE;
/** The primary limit resets within the hour; a longer pause than this is not meant. */
const LONGEST_PAUSE = 24 * 60 * MINUTE;
const LONGEST_BACKOFF = 60 * MINUTE;
/** A commit that was just pushed may not be known everywhere yet. */
const PUSH_LAG_ATTEMPTS = 5;

/** `attempts` counts those that ended before this one. */
export function failureOf(answer: Answer, attempts: number, now: Instant): Failure {
  if (answer.kind === 'broken') return uncertain('unreachable', `No answer from GitHub: ${answer.cause}`);
  const limit = limitOf(answer, attempts, now);
  if (limit !== undefined) return limit;
  const { status } = answer;
  if (status === 401)
    return { ...certain('unauthorized', `GitHub refuses the token: ${said(answer)}`), badToken: true };
  if (status === 403) return parked('forbidden', forbidden(answer), now);
  if (status === 404) return parked('not-found', NOT_FOUND, now);
  if (status === 408 || status >= 500) {
    return { ...uncertain('unavailable', `GitHub answered ${status}: ${said(answer)}`), ...waiting(answer, now) };
  }
  if (status === 409) return dead('conflict', said(answer));
  if (status === 410) return dead('gone', said(answer));
  if (status === 422) return invalid(answer, attempts);
  if (status < 300) return unexpected(answer);
  if (status < 400) return dead('redirected', `GitHub redirects (${status}) to where Hawser does not follow`);
  return dead('refused', `GitHub answered ${status}: ${said(answer)}`);
}

/** It stays owed, and is tried rarely: a person has to do something. */
export function parked(code: string, message: string, now: Instant): Failure {
  return { ...certain(code, message), notBefore: later(now, PARKED) };
}

function certain(code: string, message: string) {
  return { kind: 'later', reason: reason(code, message), certain: true } as const;
}

function uncertain(code: string, message: string) {
  return { kind: 'later', reason: reason(code, message), certain: false } as const;
}

function dead(code: string, message: string): Failure {
  return { kind: 'dead', reason: reason(code, message) };
}

function reason(code: string, message: string): Reason {
  return { code, message: clipped(oneLine(message), 500) };
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit, in its order. */
function limitOf(answer: Answered, attempts: number, now: Instant): Failure | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const after = retryAfter(answer, now);
  if (after !== undefined) return pausing('rate-limit', `GitHub asks to wait: ${said(answer)}. ${PATIENCE}`, after);
  if (answer.headers['x-ratelimit-remaining'] === '0') {
    const resetAt = Number(answer.headers['x-ratelimit-reset']) * SECOND;
    const until = resetAt > now ? bounded(resetAt, now) : later(now, MINUTE);
    return pausing('rate-limit', `The hourly limit is used up: ${said(answer)}. ${PATIENCE}`, until);
  }
  if (answer.status !== 429 && !isSecondaryLimit(answer)) return undefined;
  const backoff = Math.min(MINUTE * 2 ** Math.min(attempts, 10), LONGEST_BACKOFF);
  return pausing('secondary-rate-limit', `${said(answer)} ${PATIENCE}`, later(now, backoff));
}

const PATIENCE = 'It goes on by itself; lower github.writesPerMinute if it comes again';

function pausing(code: string, message: string, until: Instant): Failure {
  return { ...certain(code, message), notBefore: until, pause: until };
}

/**
 * Without `retry-after` nothing but the text tells a secondary limit from a missing permission: GitHub documents "an error
 * message that indicates that you exceeded a secondary rate limit" and no field. The link to its own page comes first.
 */
function isSecondaryLimit(answer: Answered): boolean {
  const body = GitHubError.safeParse(answer.body);
  if (!body.success) return false;
  return (
    /secondary-rate-limit/.test(body.data.documentation_url ?? '') || /\bsecondary rate\b/i.test(body.data.message)
  );
}

function waiting(answer: Answered, now: Instant): { readonly notBefore?: Instant } {
  const notBefore = retryAfter(answer, now);
  return notBefore === undefined ? {} : { notBefore };
}

/** Seconds, as GitHub sends it, or a date, as HTTP allows. */
function retryAfter(answer: Answered, now: Instant): Instant | undefined {
  const text = answer.headers['retry-after'];
  if (text === undefined) return undefined;
  const at = /^\d+$/.test(text) ? now + Number(text) * SECOND : instantOf(text);
  return at === undefined ? undefined : bounded(at, now);
}

function bounded(at: number, now: Instant): Instant {
  return Instant.parse(Math.round(Math.min(Math.max(at, now), now + LONGEST_PAUSE)));
}

const NOT_FOUND =
  "GitHub finds neither the repository nor the deployment for this App: it isn't installed on this repository, or the deployment is gone";

/** https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible */
function forbidden(answer: Answered): string {
  const needed = answer.headers['x-accepted-github-permissions'] ?? 'deployments=write';
  return `GitHub does not allow it: ${said(answer)}. It needs the permission ${needed}: grant it to the App, then accept it in the installation`;
}

/**
 * An unknown commit has no field of its own ("No ref found for: …" where a deployment is created, "No commit found for
 * SHA: …" elsewhere), so this is the other place where the message decides.
 */
function invalid(answer: Answered, attempts: number): Failure {
  const message = said(answer);
  if (!/^No (ref|commit) found\b/i.test(message)) return dead('invalid', message);
  if (attempts < PUSH_LAG_ATTEMPTS) return certain('unknown-commit', `${message}. It may not have been pushed yet`);
  return dead('unknown-commit', `${message}. It was never pushed to this repository, or is no longer there`);
}

/** A 2xx that the caller could not use. A text where JSON belongs comes from a proxy, or was cut off. */
function unexpected(answer: Answered): Failure {
  if (typeof answer.body === 'string') {
    return uncertain('unreadable', `GitHub answered ${answer.status} with a body that is not JSON`);
  }
  return dead('unexpected', `GitHub answered ${answer.status} without doing it: ${said(answer)}`);
}

const GitHubError = z.object({
  message: z.string(),
  documentation_url: z.string().optional(),
  errors: z.array(z.unknown()).optional(),
});
const FieldError = z.object({
  resource: z.string().optional(),
  field: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});

/** GitHub's own words, with what it says of single fields. */
export function said(answer: Answered): string {
  const body = GitHubError.safeParse(answer.body);
  if (!body.success) return typeof answer.body === 'string' && answer.body !== '' ? 'not JSON' : 'no reason given';
  const errors = (body.data.errors ?? []).map(errorText).filter((text) => text !== '');
  return errors.length === 0 ? body.data.message : `${body.data.message} (${errors.join('; ')})`;
}

function errorText(error: unknown): string {
  if (typeof error === 'string') return error;
  const parsed = FieldError.safeParse(error);
  if (!parsed.success) return '';
  const { resource, field, code, message } = parsed.data;
  return message ?? [resource, field, code].filter((part) => part !== undefined).join(' ');
}
