/** What the router changes of a request and of its answer. */
import { describe, expect, it } from 'vitest';
import { Router } from '../../schemas/router.ts';
import { answered, edit, outgoing } from '../../src/routing/forward.ts';
import { type Place, placeOf } from '../../src/routing/host.ts';

const router = Router.parse({
  zone: 'example-preview.dev',
  entry: 'shop',
  keep: ['tenant', 'user.id'],
  apps: [{ name: 'api', origin: 'https://api.example.com:8443' }],
});

function placed(url: string): Place {
  const place = placeOf(url, router);
  if (place.kind !== 'place') throw new Error(`${url}: ${place.kind}`);
  return place;
}

function sent(url: string, headers: Record<string, string> = {}) {
  const out = new Headers(headers);
  const { edits, ...rest } = outgoing(out, placed(url), router);
  edit(out, edits);
  return { ...rest, headers: Object.fromEntries(out) };
}

function got(headers: Headers, url: string): Headers {
  edit(headers, answered(headers, placed(url)));
  return headers;
}

const MINE = 'https://foo.example-preview.dev';
const API = 'https://foo--api.example-preview.dev';

describe('a request', () => {
  it.each([
    ['keeps its URL', `${MINE}/a/%2e%2e/b//c?d=%20#e`, `${MINE}/a/%2e%2e/b//c?d=%20#e`],
    ['keeps a bare query', `${MINE}?x`, `${MINE}?x`],
    ['keeps a scheme without TLS', 'http://foo.example-preview.dev/', 'http://foo.example-preview.dev/'],
    ['loses port, capitals and a last dot', 'HTTPS://Foo.Example-Preview.dev.:22/A', `${MINE}/A`],
    ['for another application goes to its origin', `${API}/a?b`, 'https://api.example.com:8443/a?b'],
    [
      'for another application does so whatever scheme it came by',
      `http${API.slice(5)}/`,
      'https://api.example.com:8443/',
    ],
  ])('%s', (_, url, wanted) => {
    expect(sent(url).url).toBe(wanted);
  });

  it.each([
    ['a preview', `${MINE}/`, 'no-store'],
    ['another application', `${API}/`, 'no-store'],
    ['the shared environment of another application', 'https://main--api.example-preview.dev/', 'no-store'],
    ['the shared environment', 'https://www.example-preview.dev/', undefined],
  ])('for %s is kept by no cache that would take it for another', (_, url, wanted) => {
    expect(sent(url).cache).toBe(wanted);
  });

  it('loses what would name a preview, and keeps everything else', () => {
    const { headers } = sent(`${MINE}/`, {
      Baggage: 'preview=evil,tenant=1;p,other=2,user.id=3',
      'X-Preview': 'evil',
      'X-Hawser-Preview': 'evil',
      'x-hawser-': 'evil',
      'X-Forwarded-Host': 'evil.example.com',
      'x-hawserman': 'is somebody else',
      'uberctx-preview': 'evil',
      'ot-baggage-preview': 'evil',
      'Jaeger-Baggage': 'preview=evil',
      'jaeger-baggage-not': 'is somebody else',
      Cookie: 'a=1; b=2',
      Authorization: 'Bearer x',
      traceparent: '00-1-2-01',
      tracestate: 'preview=evil',
      'accept-encoding': 'br',
      upgrade: 'websocket',
    });

    expect(headers).toEqual({
      baggage: 'preview=foo,tenant=1;p,user.id=3',
      'x-hawserman': 'is somebody else',
      'jaeger-baggage-not': 'is somebody else',
      cookie: 'a=1; b=2',
      authorization: 'Bearer x',
      traceparent: '00-1-2-01',
      tracestate: 'preview=evil',
      'accept-encoding': 'br',
      upgrade: 'websocket',
    });
  });

  it('for another application says by which name it was asked for', () => {
    expect(sent(`${API}/`, { 'x-forwarded-host': 'evil.example.com' }).headers).toEqual({
      baggage: 'preview=foo',
      'x-forwarded-host': 'foo--api.example-preview.dev',
    });
  });

  it.each([
    ['the entry application', 'https://www.example-preview.dev/', {}],
    ['another one', 'https://main--api.example-preview.dev/', { 'x-forwarded-host': 'main--api.example-preview.dev' }],
  ])('for the shared environment of %s names no preview', (_, url, wanted) => {
    expect(sent(url, { baggage: 'preview=evil', 'x-preview': 'evil' }).headers).toEqual(wanted);
  });
});

function cookies(...set: readonly string[]): readonly string[] {
  const headers = new Headers(set.map((cookie): [string, string] => ['set-cookie', cookie]));
  return got(headers, `${MINE}/`).getSetCookie();
}

function location(value: string, asked: string): string | null {
  return got(new Headers({ location: value }), asked).get('location');
}

describe('an answer', () => {
  it('is not for search engines, and keeps everything else', () => {
    const headers = new Headers({ 'x-robots-tag': 'all', etag: 'W/"1"', 'content-encoding': 'gzip', link: '</a>' });

    expect(Object.fromEntries(got(headers, `${MINE}/`))).toEqual({
      'x-robots-tag': 'noindex',
      etag: 'W/"1"',
      'content-encoding': 'gzip',
      link: '</a>',
    });
  });

  it.each([
    ['a domain', 'a=1; Domain=example-preview.dev; Path=/; Secure', 'a=1; Path=/; Secure'],
    ['a domain in capitals, without spaces', 'a=1;DOMAIN=.example-preview.dev;HttpOnly', 'a=1;HttpOnly'],
    ['a domain with spaces around', 'a=1; \tdomain \t= x ;Path=/', 'a=1;Path=/'],
    ['an empty domain, and one without a value', 'a=1; domain=; domain', 'a=1'],
    ['two domains', 'a=1; domain=x; Path=/; domain=y', 'a=1; Path=/'],
    ['no domain', 'a=1; Path=/; SameSite=Lax', 'a=1; Path=/; SameSite=Lax'],
    ['the name domain itself', 'domain=1; Path=/domain=x', 'domain=1; Path=/domain=x'],
    ['an attribute that begins so', 'a=1; domains=x', 'a=1; domains=x'],
    ['a comma in its date', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('sets a cookie with %s for its host alone', (_, set, wanted) => {
    expect(cookies(set)).toEqual([wanted]);
  });

  it('sets every cookie, in their order', () => {
    expect(cookies('a=1; Domain=x', 'b=2', 'a=3; Domain=x')).toEqual(['a=1', 'b=2', 'a=3']);
  });

  it.each([
    ['to its origin', 'https://api.example.com:8443/login?next=%2F#top', `${API}/login?next=%2F#top`],
    ['to its origin without a scheme', '//api.example.com:8443/login', `${API}/login`],
    ['to its origin by another scheme', 'http://api.example.com:8443', `${API}/`],
    ['to its origin with a user', 'https://x@api.example.com:8443/cb', `${API}/cb`],
    ['to its origin with a password', 'https://user:pw@api.example.com:8443/cb?a#b', `${API}/cb?a#b`],
    ['to a path', '/login', '/login'],
    ['to a relative path', 'login?x', 'login?x'],
    [
      'elsewhere',
      'https://accounts.example.com/?to=api.example.com:8443',
      'https://accounts.example.com/?to=api.example.com:8443',
    ],
    ['to another port of its host', 'https://api.example.com/', 'https://api.example.com/'],
    ['to a name that begins like it', 'https://api.example.com.evil.net/', 'https://api.example.com.evil.net/'],
    ['by what is no HTTP', 'ftp://api.example.com:8443/', 'ftp://api.example.com:8443/'],
    ['to what is no URL', 'http://[', 'http://['],
  ])('of an application behind an origin, that redirects %s', (_, to, wanted) => {
    expect(location(to, `${API}/`)).toBe(wanted);
  });

  it('of the entry application redirects wherever it says', () => {
    expect(location('https://api.example.com:8443/', `${MINE}/`)).toBe('https://api.example.com:8443/');
  });
});
