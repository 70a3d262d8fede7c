/** A call to Argo CD's API: where it goes, what it takes with it, and what each answer means. */
import { describe, expect, it, vi } from 'vitest';
import { argoCdOf, callArgoCd, readApplication } from '../../src/argocd/api.ts';

type Sent = { readonly url: string; readonly init: RequestInit };

function answering(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer();
  };
  return { sent, argoCd: { url: 'https://argocd.example.com/root', token: 'secret', fetch } };
}

const apps = { method: 'GET', path: ['applications', 'apps'] } as const;

describe('a call to the API of Argo CD', () => {
  it('goes below the configured url, with the token, and follows nobody', async () => {
    const { sent, argoCd } = answering(() => Response.json({ metadata: { name: 'shop' } }));

    const answer = await readApplication(argoCd, 'shop', 'team-a');

    expect(answer).toEqual({ kind: 'answered', body: { metadata: { name: 'shop' } } });
    expect(sent.map(({ url }) => url)).toEqual([
      'https://argocd.example.com/root/api/v1/applications/shop?appNamespace=team-a',
    ]);
    expect(sent[0]?.init).toMatchObject({
      method: 'GET',
      redirect: 'manual',
      headers: { authorization: 'Bearer secret' },
    });
  });

  it('stays on that server whatever it asks for', async () => {
    const { sent, argoCd } = answering(() => Response.json({}));

    await readApplication(argoCd, '../../session?x=//evil.example.com/#', '&fields=spec');

    expect(sent.map(({ url }) => url)).toEqual([
      'https://argocd.example.com/root/api/v1/applications/..%2F..%2Fsession%3Fx%3D%2F%2Fevil.example.com%2F%23?appNamespace=%26fields%3Dspec',
    ]);
  });

  it.each([
    [301, 'refused'],
    [302, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ] as const)('that is answered with %i is %s', async (status, kind) => {
    const { argoCd } = answering(() => new Response('nothing', { status }));

    expect(await callArgoCd(argoCd, apps)).toMatchObject({ kind, reason: { code: `http-${status}` } });
  });

  it.each([
    ['a login page', () => new Response('<html>'), 'no-json'],
    ['more than 4 MiB', () => new Response(new Uint8Array(4 * 1_048_576 + 1)), 'answer-too-large'],
    ['nothing: it breaks off', () => Promise.reject(new TypeError('reset')), 'unreachable'],
    [
      'half of it',
      () => new Response(new ReadableStream({ pull: (half) => half.error(new Error('gone')) })),
      'unreachable',
    ],
  ])('that is answered with %s is told as such', async (_, answer, code) => {
    expect(await callArgoCd(answering(answer).argoCd, apps)).toMatchObject({ reason: { code } });
  });

  it('ends after 10 s, though its answer never ends', async () => {
    vi.useFakeTimers();
    const { argoCd } = answering(
      () => new Response(new ReadableStream({ start: (half) => half.enqueue(new Uint8Array(1)) })),
    );

    const called = callArgoCd(argoCd, apps);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await called).toEqual({
      kind: 'failed',
      reason: { code: 'unreachable', message: 'its answer was too slow' },
    });
    vi.useRealTimers();
  });
});

describe('an instance', () => {
  const url = 'https://argocd.example.com';
  const off: { readonly mode: 'off' } = { mode: 'off' };
  const instance = { name: 'main-eu', repositories: ['*'], environments: ['*'], refresh: off };

  it.each([
    ['without a url', instance, { ARGOCD_MAIN_EU_API_TOKEN: 'x' }, 'no-url'],
    ['without a token', { ...instance, url }, {}, 'no-api-token'],
    [
      'whose token stands there by name alone',
      { ...instance, url },
      { ARGOCD_MAIN_EU_API_TOKEN: '$token' },
      'no-api-token',
    ],
  ])('%s cannot be called', (_, configured, env, code) => {
    expect(argoCdOf(configured, env, fetch)).toMatchObject({ ok: false, failure: { code } });
  });

  it('is called at its url, with its own token', () => {
    const called = argoCdOf({ ...instance, url }, { ARGOCD_MAIN_EU_API_TOKEN: ' x\n', ARGOCD_MAIN_TOKEN: 'y' }, fetch);

    expect(called).toMatchObject({ ok: true, value: { url, token: 'x' } });
  });
});
