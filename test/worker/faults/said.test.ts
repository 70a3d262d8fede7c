/** What an installation that is paused, suspended, or lacks a permission has an operator do, in `/healthz` and in `/api`. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { app } from '../../../functions/app.ts';
import { s1 } from '../../../local/application.ts';
import { DEPLOYMENTS, HOUR, shop } from '../shop.ts';
import { github } from '../stage.ts';

const { say, pass, api, states } = shop();
const CREATE = { method: 'POST', path: DEPLOYMENTS } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const WHICH = 'GET /api/repositories names the account';
const NOT_ALLOWED = 'Resource not accessible by integration';

type Health = { readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly message?: string }>> };

/** What is said of the installations, and the whole text. */
async function health() {
  const answer = await exports.default.fetch('https://hawser.test/healthz');
  const text = await answer.text();
  const { checks }: Health = JSON.parse(text);
  return { status: answer.status, said: checks['github installations'], text };
}

async function account() {
  const { installations } = await (await api('')).json<{ installations: readonly { troubles: unknown }[] }>();
  return installations[0];
}

describe('where GitHub does not let the App in', () => {
  it.each([
    [
      'suspended',
      () => github.installation(1, { suspended: true }),
      'app-suspended',
      "unsuspend it in the account's settings, under GitHub Apps",
    ],
    [
      'without a permission that it has to accept',
      () => github.installation(1, { permissions: { contents: 'read' } }),
      'not-granted',
      "accept the App's new permissions",
    ],
    [
      'without a permission that the App lacks',
      () => github.fault({ ...CREATE, kind: 'refuse', status: 403, message: NOT_ALLOWED, times: 100 }),
      'forbidden',
      'accept',
    ],
    [
      'not there',
      () =>
        github.fault({
          kind: 'refuse',
          status: 404,
          message: 'Not Found',
          path: '/installation$|/access_tokens$',
          times: 100,
        }),
      'not-installed',
      'install it there, or add the repository to it',
    ],
    [
      'of an App whose key is another',
      () =>
        github.fault({
          kind: 'refuse',
          status: 401,
          message: 'A JSON web token could not be decoded',
          path: '/access_tokens$|/installation$',
          times: 100,
        }),
      'app-refused',
      'GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY must belong together',
    ],
  ])('an installation that is %s says what to do, until it is mended', async (_, breaks, code, mend) => {
    expect((await health()).said).toEqual({ ok: true });
    await breaks();
    await say(healthy, 1);

    const { status, said, text } = await health();
    expect([status, said?.ok]).toEqual([503, false]);
    expect(said?.message).toContain(WHICH);
    expect(text).not.toMatch(/acme|shop/);
    await github.clearFaults();
    expect(await account()).toMatchObject({
      troubles: [{ repository: 'acme/shop', code, message: expect.stringContaining(mend) }],
    });

    await github.installation(1, { suspended: false, permissions: { deployments: 'write', contents: 'read' } });
    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
    expect((await health()).said).toEqual({ ok: true });
    expect(await account()).toMatchObject({ troubles: [] });
  });

  it('a trouble that nobody has met for an hour is no longer told', async () => {
    await github.fault({ ...CREATE, kind: 'refuse', status: 403, message: NOT_ALLOWED });
    await say(healthy, 1);
    expect((await health()).said).toMatchObject({ ok: false });

    // No alarm rings: nobody asks GitHub again.
    vi.setSystemTime(Date.now() + HOUR + 1_000);

    expect((await health()).said).toEqual({ ok: true });
  });
});

describe('where GitHub asks to wait', () => {
  it('a pause is no illness: it says until when, and what to do if it comes again', async () => {
    await github.fault({ ...CREATE, kind: 'too-many-requests', retryAfter: 90 });
    await say(healthy, 1);
    const until = new Date(Date.now() + 90_000).toISOString();

    const { said, text } = await health();
    expect(said).toMatchObject({ ok: true, message: expect.stringContaining(`goes on by itself at ${until}`) });
    expect(said?.message).toContain('github.writesPerMinute');
    expect(text).not.toMatch(/acme|shop/);
    expect(await account()).toMatchObject({
      pausedUntil: until,
      reason: { code: 'rate-limit', message: expect.stringContaining('lower github.writesPerMinute') },
    });

    await pass(HOUR);
    expect((await health()).said).toEqual({ ok: true });
  });
});

it('an installation that cannot be read is a line of its own', async () => {
  const INSTALLATION = { idFromName: () => '', get: () => ({ view: () => Promise.reject(new Error('no')) }) };

  const answer = await app.fetch(new Request('https://hawser.test/healthz'), { ...env, INSTALLATION });

  expect(await answer.json()).toMatchObject({
    checks: { 'github installations': { ok: false, message: 'what the installations met cannot be read now' } },
  });
});
