/** One request through the router: what is asked of whom, and what is handed back. The origin is a function here. */
import { describe, expect, it } from 'vitest';
import { type FindShown, route } from '../../functions/route.ts';
import { Router } from '../../schemas/router.ts';

const router = Router.parse({
  zone: 'example-preview.dev',
  entry: 'shop',
  apps: [{ name: 'api', origin: 'https://api.example.com' }],
});

type Call = { readonly url: string; readonly baggage: string | null; readonly redirect: string };

async function through(
  request: Request,
  { findShown, broken = false }: { findShown?: FindShown; broken?: boolean } = {},
) {
  const calls: Call[] = [];
  const response = await route(request, {
    router,
    findShown,
    fetch: async (onward, init) => {
      const asked = new Request(onward, init);
      calls.push({ url: asked.url, baggage: asked.headers.get('baggage'), redirect: asked.redirect });
      if (broken) throw new TypeError('connection refused to 10.0.0.1');
      return new Response('from the origin', { status: 203 });
    },
  });
  return { calls, status: response.status, text: await response.text(), headers: response.headers };
}

const NAVIGATION = { 'sec-fetch-mode': 'navigate' };
const foo = (headers: Record<string, string> = {}) => new Request('https://foo.example-preview.dev/', { headers });

describe('the router itself answers, and asks nobody', () => {
  it.each([
    ['a name that no preview can have', 'https://foo_bar.example-preview.dev/', 400],
    ['an application that is not configured', 'https://foo--web.example-preview.dev/', 404],
    ['a name outside of the zone', 'https://example.com/', 404],
    ['the zone', 'https://example-preview.dev/', 404],
  ])('%s', async (_, url, status) => {
    const answer = await through(new Request(url, { headers: NAVIGATION }));

    expect({ calls: answer.calls, status: answer.status }).toEqual({ calls: [], status });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-[^']+'$/,
      ),
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    });
  });

  it('with 502 where an origin gives no answer, and does not say why', async () => {
    const { status, text } = await through(foo(), { broken: true });

    expect({ status, text }).toEqual({
      status: 502,
      text: 'The environment behind this name gave no answer. It may be back in a moment.\n',
    });
  });
});

describe('forwards', () => {
  it.each([
    ['a preview', 'https://foo.example-preview.dev/a', 'https://foo.example-preview.dev/a', 'preview=foo'],
    ['the shared environment', 'https://www.example-preview.dev/a', 'https://www.example-preview.dev/a', null],
    ['another application', 'https://foo--api.example-preview.dev/a', 'https://api.example.com/a', 'preview=foo'],
  ])('%s', async (_, asked, url, baggage) => {
    expect(await through(new Request(asked))).toMatchObject({
      calls: [{ url, baggage, redirect: 'manual' }],
      status: 203,
      text: 'from the origin',
    });
  });
});

describe('the index', () => {
  it.each([
    ['a navigation', { headers: NAVIGATION }, 1],
    ['a page, by a browser that does not say what it is doing', { headers: { accept: 'text/html,*/*;q=0.8' } }, 1],
    ['a script', { headers: { 'sec-fetch-mode': 'no-cors', accept: '*/*' } }, 0],
    ['a page, by a script', { headers: { 'sec-fetch-mode': 'cors', accept: 'text/html' } }, 0],
    ['data', { headers: { accept: 'application/json' } }, 0],
    ['anything, by curl', {}, 0],
    ['a form that is sent', { method: 'POST', headers: NAVIGATION }, 0],
    ['a page, by HEAD', { method: 'HEAD', headers: { accept: 'text/html' } }, 0],
  ])('is asked for %s: %o', async (_, init, times) => {
    const asked: string[] = [];
    const findShown: FindShown = async (slug) => {
      asked.push(slug);
      return undefined;
    };

    const { status } = await through(new Request('https://foo.example-preview.dev/', init), { findShown });

    expect({ asked, status }).toEqual({ asked: Array.from({ length: times }, () => 'foo'), status: 203 });
  });

  it('is not asked for the shared environment', async () => {
    const asked: unknown[] = [];
    const findShown: FindShown = async (slug) => {
      asked.push(slug);
      return undefined;
    };

    const { status } = await through(new Request('https://www.example-preview.dev/', { headers: NAVIGATION }), {
      findShown,
    });

    expect({ asked, status }).toEqual({ asked: [], status: 203 });
  });

  it('may show something in the place of a preview, which is then not asked', async () => {
    const { calls, status } = await through(foo(NAVIGATION), { findShown: async () => ({ kind: 'unknown app' }) });

    expect({ calls, status }).toEqual({ calls: [], status: 404 });
  });

  it('may fail, and the preview is reached', async () => {
    const { status } = await through(foo(NAVIGATION), { findShown: () => Promise.reject(new Error('no answer')) });

    expect(status).toBe(203);
  });
});
