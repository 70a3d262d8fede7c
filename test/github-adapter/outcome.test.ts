/** What becomes of an effect for every way in which GitHub can fail to do it. */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/github/answer.ts';
import { failureOf } from '../../src/github/outcome.ts';
import { NOW } from './recorded.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function answer(status: number, headers: Record<string, string> = {}, body: unknown = { message: 'No' }): Answer {
  return { kind: 'answered', status, headers, body };
}

const resetIn = (seconds: number) => String(NOW / SECOND + seconds);
const SECONDARY = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
};
const LINKED = { ...SECONDARY, message: 'Slow down' };

describe('a call that pauses the installation', () => {
  it.each([
    ['429 with retry-after', answer(429, { 'retry-after': '7' }), 0, 7 * SECOND],
    ['403 with retry-after', answer(403, { 'retry-after': '120' }), 0, 2 * MINUTE],
    ['retry-after before the reset', answer(403, { 'retry-after': '9', 'x-ratelimit-remaining': '0' }), 0, 9 * SECOND],
    ['retry-after as a date', answer(429, { 'retry-after': new Date(NOW + 30_000).toUTCString() }), 0, 30 * SECOND],
    [
      'an exhausted hour',
      answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(1_800) }),
      0,
      30 * MINUTE,
    ],
    [
      'an exhausted hour, as 429',
      answer(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(60) }),
      3,
      MINUTE,
    ],
    [
      'a reset that has passed',
      answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(-5) }),
      0,
      MINUTE,
    ],
    ['an exhausted hour without a reset', answer(403, { 'x-ratelimit-remaining': '0' }), 0, MINUTE],
    ['a secondary limit without a header', answer(403, { 'x-ratelimit-remaining': '4000' }, SECONDARY), 0, MINUTE],
    ['a secondary limit known by its link', answer(403, {}, LINKED), 0, MINUTE],
    ['a secondary limit again', answer(403, {}, SECONDARY), 2, 4 * MINUTE],
    ['a secondary limit for hours', answer(403, {}, SECONDARY), 40, 60 * MINUTE],
    ['429 without a header', answer(429), 1, 2 * MINUTE],
    ['an absurd retry-after', answer(429, { 'retry-after': '99999999' }), 0, 24 * 60 * MINUTE],
  ] as const)('%s', (_, given, attempts, pause) => {
    expect(failureOf(given, attempts, NOW)).toMatchObject({
      kind: 'later',
      certain: true,
      pause: NOW + pause,
      notBefore: NOW + pause,
    });
  });
});

const UNKNOWN_REF = { message: 'No ref found for: 3f03' };
const UNKNOWN_COMMIT = { message: 'No commit found for SHA: 3f03' };
const PARKED = NOW + 10 * MINUTE;

describe('a call that is tried again', () => {
  it.each([
    ['a refused token', answer(401), 0, { certain: true, badToken: true, reason: { code: 'unauthorized' } }],
    ['a missing permission', answer(403), 0, { certain: true, notBefore: PARKED, reason: { code: 'forbidden' } }],
    ['a missing repository', answer(404), 0, { certain: true, notBefore: PARKED, reason: { code: 'not-found' } }],
    ['an unknown ref', answer(422, {}, UNKNOWN_REF), 4, { certain: true, reason: { code: 'unknown-commit' } }],
    ['an unknown commit', answer(422, {}, UNKNOWN_COMMIT), 0, { certain: true, reason: { code: 'unknown-commit' } }],
    ['500', answer(500), 0, { certain: false, reason: { code: 'unavailable' } }],
    ['502 from a proxy', answer(502, {}, '<html>'), 0, { certain: false, reason: { code: 'unavailable' } }],
    ['503 with retry-after', answer(503, { 'retry-after': '20' }), 0, { certain: false, notBefore: NOW + 20 * SECOND }],
    ['504', answer(504, {}, ''), 9, { certain: false, reason: { code: 'unavailable' } }],
    ['408', answer(408), 0, { certain: false, reason: { code: 'unavailable' } }],
    ['a page instead of JSON', answer(200, {}, '<html>'), 0, { certain: false, reason: { code: 'unreadable' } }],
    ['an answer cut off', answer(201, {}, ''), 0, { certain: false, reason: { code: 'unreadable' } }],
    ['a broken wire', { kind: 'broken', cause: 'reset' }, 0, { certain: false, reason: { code: 'unreachable' } }],
  ] as const)('%s', (_, given, attempts, expected) => {
    const failure = failureOf(given, attempts, NOW);

    expect(failure).toMatchObject({ kind: 'later', ...expected });
    expect(failure).not.toHaveProperty('pause');
  });
});

const FIELDS = [{ resource: 'Deployment', field: 'ref', code: 'invalid' }];
const TEXTS = ['one', { message: 'two' }, 3];

describe('a call that is given up', () => {
  it.each([
    ['409', answer(409, {}, { message: 'Conflict merging main' }), 'conflict', 'Conflict merging main'],
    ['410', answer(410, {}, { message: 'Gone' }), 'gone', 'Gone'],
    [
      '422 with fields',
      answer(422, {}, { message: 'Validation Failed', errors: FIELDS }),
      'invalid',
      'Validation Failed (Deployment ref invalid)',
    ],
    [
      '422 with texts',
      answer(422, {}, { message: 'Validation Failed', errors: TEXTS }),
      'invalid',
      'Validation Failed (one; two)',
    ],
    ['422 without a body', answer(422, {}, ''), 'invalid', 'no reason given'],
    [
      '400',
      answer(400, {}, { message: 'Problems parsing JSON' }),
      'refused',
      'GitHub answered 400: Problems parsing JSON',
    ],
    ['202', answer(202, {}, { message: 'Merged' }), 'unexpected', 'GitHub answered 202 without doing it: Merged'],
    ['a redirect elsewhere', answer(301), 'redirected', 'GitHub redirects (301) to where Hawser does not follow'],
  ] as const)('%s', (_, given, code, message) => {
    expect(failureOf(given, 0, NOW)).toEqual({ kind: 'dead', reason: { code, message } });
  });

  it('an unknown commit, when it was not pushed for so many attempts', () => {
    const unknown = answer(422, {}, UNKNOWN_REF);

    expect(failureOf(unknown, 5, NOW)).toMatchObject({ kind: 'dead', reason: { code: 'unknown-commit' } });
  });
});

it('says which permission is missing', () => {
  const refused = answer(
    403,
    { 'x-accepted-github-permissions': 'deployments=write' },
    { message: 'Resource not accessible by integration' },
  );

  expect(failureOf(refused, 0, NOW).reason.message).toBe(
    'GitHub does not allow it: Resource not accessible by integration. It needs the permission deployments=write: grant it to the App, then accept it in the installation',
  );
});

it('keeps a message from GitHub on one line and short', () => {
  const { message } = failureOf(answer(422, {}, { message: `a\nb${'x'.repeat(2_000)}` }), 0, NOW).reason;

  expect(message).toMatch(/^a bx+…$/);
  expect(message).toHaveLength(500);
});
