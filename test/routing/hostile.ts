/** Requests that want more of the router than a host may say, as bytes: other names, other origins, other previews. */
import * as fc from 'fast-check';

export type Hostile = { readonly bytes: Buffer; readonly text: string };

/** Stands in every value that a caller makes up: it must never come back. */
export const CANARY = 'c4n4ry';
const ZONE = 'example-preview.dev';

const label = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('foo', 'bar', 'www', 'main', 'pr-7-shop', 'a'.repeat(50), 'FOO') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('foo--api', 'bar--api', 'www--api', 'Foo--API', 'foo--web', 'feat-a--b--api'),
  },
  fc.constantFrom(
    'xn--foo',
    'xn--api',
    '-foo',
    'foo-',
    'f_o',
    '%66oo',
    'fóo',
    'a'.repeat(51),
    'a'.repeat(64),
    '',
    '.',
    '*',
    CANARY,
  ),
  fc.stringMatching(/^[a-zA-Z0-9_.-]{1,20}$/),
);
const zone = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(ZONE, ZONE.toUpperCase(), `${ZONE}.`) },
  fc.constantFrom(
    `evil${ZONE}`,
    `${ZONE}.evil.net`,
    `a.${ZONE}`,
    'evil.net',
    'example.com',
    'localhost',
    '127.0.0.1',
    '169.254.169.254',
    `x.y.${ZONE}`,
  ),
);
const port = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  fc.constantFrom(':80', ':443', ':22', ':99999', ':', ':80:80', ':evil'),
);
/** What a lenient reader takes for the end of a host, or for its beginning. */
const trick = fc.oneof(
  { weight: 8, arbitrary: fc.constant((host: string) => host) },
  fc.constantFrom<(host: string) => string>(
    (host) => `evil.net@${host}`,
    (host) => `${host}@evil.net`,
    (host) => `evil.net\\${host}`,
    (host) => `${host}\\evil.net`,
    (host) => `evil.net/${host}`,
    (host) => `${host}/evil.net`,
    (host) => `evil.net?${host}`,
    (host) => `evil.net#${host}`,
    (host) => `${host}#.evil.net`,
    (host) => `${host}, evil.net`,
    (host) => `evil.net, ${host}`,
    (host) => `evil.net\t.${host}`,
    (host) => `${host} evil.net`,
    (host) => `evil.net%00.${host}`,
    (host) => `[::1].${host}`,
    (host) => `.${host}`,
    (host) => `${host}\r\nHost: bar.${ZONE}`,
    (host) => `evil.net\r\nX-Forwarded-Host: ${host}`,
  ),
);
const host = fc.tuple(label, zone, port, trick).map(([name, under, at, turned]) => turned(`${name}.${under}${at}`));

const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/', '/page', '/app.js', '/?preview=bar') },
  fc.constantFrom(
    `//evil.net/${CANARY}`,
    '/\\evil.net/',
    `/..//..//${CANARY}`,
    '/%2e%2e/%2F/evil.net',
    `/?url=https://evil.net/${CANARY}`,
    `/?next=//evil.net&baggage=preview%3Dbar`,
    `/<script>${CANARY}</script>`,
    `/%0d%0aset-cookie:%20${CANARY}=1`,
    `/#${CANARY}`,
    '/@evil.net/',
    '/:22/',
    'http://evil.net/absolute',
    `http://bar.${ZONE}/absolute`,
    `https://evil.net@bar.${ZONE}/`,
    '*',
    '',
    '?',
  ),
  fc.stringMatching(/^\/[!-~]{0,30}$/),
);

const member = fc.constantFrom(
  'preview=bar',
  'Preview=bar',
  'pre%76iew=bar',
  '%50review=bar',
  'preview%20=bar',
  '+preview=bar',
  ' preview = bar ;p=1',
  'tenant=1,preview=bar',
  'tenant=1;preview=bar',
  'tenant=a%2Cpreview=bar',
  'tenant="x,preview=bar',
  'preview=foo,preview=bar',
  'preview=',
  'preview',
  `tenant=${'x'.repeat(8_170)},preview=bar`,
  `${'a=1,'.repeat(64)}preview=bar`,
  `other=${CANARY}`,
  '\tpreview\t=\tbar',
  'é=1,preview=bar',
);
const name = fc.constantFrom(
  'X-Preview',
  'X-Hawser-Preview',
  'X-Hawser-',
  'x-HAWSER-Slug',
  'X-Forwarded-Host',
  'X-Forwarded-Server',
  'X-Original-Host',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Host',
  'Forwarded',
  'Referer',
  'Origin',
  'X-HTTP-Method-Override',
);
const spoofed = fc.oneof(
  fc.tuple(fc.constantFrom('baggage', 'Baggage', 'BAGGAGE'), member),
  fc.tuple(
    name,
    fc.constantFrom('bar', `bar.${ZONE}`, 'evil.net', CANARY, `host=bar.${ZONE}`, `https://evil.net/${CANARY}`),
  ),
  fc.constantFrom<[string, string]>(
    ['Connection', 'close, baggage'],
    ['Connection', 'close, x-forwarded-host, host'],
    ['Upgrade', 'h2c'],
    ['Cookie', `preview=bar; baggage=preview=bar; ${CANARY}=1`],
    ['Cache-Control', 'max-age=999999, only-if-cached'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Accept', 'text/html'],
    ['Range', 'bytes=0-0'],
    ['If-None-Match', '*'],
    ['Transfer-Encoding', 'identity'],
    ['Content-Length', '0'],
    ['X-Folded', `a\r\n baggage: preview=bar`],
    ['Baggage ', 'preview=bar'],
    ['tracestate', 'preview=bar'],
  ),
);

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant('GET') },
  fc.constantFrom('HEAD', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT', 'EVIL'),
);

/** `X-Number` tells the origin's record of it from others. */
export function hostile(count: number, seed: number): readonly Hostile[] {
  const request = fc.tuple(method, path, host, fc.array(spoofed, { maxLength: 4 }));
  return fc.sample(request, { numRuns: count, seed }).map(([verb, target, named, headers], number) => {
    const lines = headers.map(([key, value]) => `${key}: ${value}`);
    const text = [
      `${verb} ${target} HTTP/1.1`,
      `Host: ${named}`,
      `X-Number: ${number}`,
      ...lines,
      'Connection: close',
      '',
      '',
    ].join('\r\n');
    return { text, bytes: Buffer.from(text) };
  });
}
