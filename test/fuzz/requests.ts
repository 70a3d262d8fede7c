/** Generates requests that no honest sender makes: what no door may commit, choke on or repeat to anybody. */
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { applicationSaying, s1 } from '../../local/application.ts';

export type Secrets = {
  readonly argocd: string;
  readonly webhook: string;
  readonly operator: string;
  readonly publisher: string;
};

export type Hostile = {
  readonly kind: string;
  /** Sent one after the other, this many milliseconds apart. */
  readonly chunks: readonly Uint8Array[];
  readonly pause: number;
  /** The sender hangs up without having sent what it announced, or what it sends is no HTTP: nobody need answer. */
  readonly mute: boolean;
  /** It may be refused before any Worker is asked: as HTTP it names no URL, or is none. */
  readonly unparsed?: true;
};

type Header = readonly [string, string];
const CRLF = '\r\n';
/** Nobody listens there. */
export const ISSUER = 'http://127.0.0.1:9';

export function hostile(secrets: Secrets): fc.Arbitrary<Hostile> {
  return fc.oneof(
    { weight: 40, arbitrary: sent('malformed', notification(secrets, malformed)) },
    { weight: 20, arbitrary: sent('deep', notification(secrets, deep)) },
    { weight: 2, arbitrary: sent('huge', notification(secrets, huge)) },
    { weight: 30, arbitrary: sent('webhook', webhook(secrets, fc.oneof(malformed, deep))) },
    { weight: 25, arbitrary: sent('image', image(secrets, fc.oneof(notProposed, malformed, deep))) },
    { weight: 1, arbitrary: sent('huge image', image(secrets, huge)) },
    { weight: 15, arbitrary: sent('elsewhere', elsewhere(secrets)) },
    { weight: 15, arbitrary: headers(secrets) },
    { weight: 15, arbitrary: lengths(secrets) },
    { weight: 10, arbitrary: chunked(secrets) },
    { weight: 1, arbitrary: slow(secrets) },
    { weight: 5, arbitrary: noise },
  );
}

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
};

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const JSON_TYPE: Header = ['Content-Type', 'application/json'];

/** An application that would be committed, but for one thing. */
const GOOD = JSON.stringify({ v: 1, app: applicationSaying('shop', { sha: s1, phase: 'Running' }, 1) });
const strange = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '',
    '\u0000',
    '\ud800',
    '../..',
    '%00',
    '{}',
    "'; DROP TABLE deliveries; --",
    '${jndi:ldap://x}',
    '<script>',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const notCommitted = fc.constantFrom<(text: string) => string>(
  (text) => text.replace('"v":1', '"v":2'),
  (text) => text.replace('"v":1', '"v":1e999'),
  (text) => text.replace('"v":1', '"v":null'),
  (text) => text.replace('"github.com/owner":"acme"', '"github.com/owner":"elsewhere"'),
  (text) => text.replace('"github.com/owner":"acme"', '"github.com/owner":"acme/../x"'),
  (text) => text.replace('"github.com/repo":"shop"', '"github.com/repo":"sh op"'),
  (text) => text.replace('"github.com/repo":"shop",', ''),
  (text) => text.replace('"generation":1', '"generation":"1"'),
  (text) => text.replace('"generation":1', '"generation":-1e400'),
  (text) => text.replace('"uid":', '"uid":[],"x":'),
  (text) => text.replace('"metadata":', '"metadata":null,"metadata ":'),
  (text) => text.slice(0, -1),
  (text) => `${text}${text}`,
  (text) => text.replaceAll('"', "'"),
);
const malformed: fc.Arbitrary<Uint8Array> = fc.oneof(
  notCommitted.map((change) => bytes(change(GOOD))),
  fc.nat(GOOD.length - 1).map((end) => bytes(GOOD.slice(0, end))),
  fc.json({ maxDepth: 5 }).map(bytes),
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.nat(200), fc.integer({ min: 128, max: 255 }))
    .map(([at, value]) => Buffer.from(GOOD).fill(value, at, at + 1))
    .map((buffer) => Buffer.concat([buffer, Uint8Array.of(0xc3, 0x28)])),
  strange.map((key) => bytes(JSON.stringify({ v: 2, app: { [key]: key, metadata: { annotations: { [key]: key } } } }))),
  fc.constant(bytes('')),
);
const deep: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.integer({ min: 101, max: 30_000 }),
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"a":', '}]']),
    fc.boolean(),
  )
  .map(([depth, [open = '', close = ''], closed]) =>
    bytes(`{"v":1,"app":${open.repeat(depth)}1${closed ? close.repeat(depth) : ''}}`),
  );
const huge: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.integer({ min: 1_048_577, max: 2_000_000 }), fc.constantFrom('x', '[', '\\u0000', '{"a":'))
  .map(([size, unit]) => Buffer.alloc(size, unit));

/** An image that would be committed, but for one thing. */
const GOOD_IMAGE = JSON.stringify({
  v: 1,
  image: 'ghcr.io/acme/shop',
  tag: 'v1.2.3',
  source: { repository: 'acme/shop', sha: s1 },
});
const notProposed: fc.Arbitrary<Uint8Array> = fc
  .constantFrom<(text: string) => string>(
    (text) => text.replace('"v":1', '"v":"1"'),
    (text) => text.replace('ghcr.io/acme/shop', 'ghcr.io/acme/shop:v1'),
    (text) => text.replace('ghcr.io/acme/shop', `${'a/'.repeat(200)}a`),
    (text) => text.replace('ghcr.io/acme/shop', `ghcr.io/${'a-'.repeat(120)}`),
    (text) => text.replace('"v1.2.3"', '"v1 2"'),
    (text) => text.replace('"v1.2.3"', `"${'1'.repeat(129)}"`),
    (text) => text.replace('"tag":"v1.2.3"', '"digest":"sha256:00"'),
    (text) => text.replace('"tag":"v1.2.3",', ''),
    (text) => text.replace('acme/shop","sha', 'elsewhere/shop","sha'),
    (text) => text.replace('acme/shop","sha', 'acme/../shop","sha'),
    (text) => text.replace('acme/shop","sha', `acme/${'a'.repeat(95)}","sha`),
    (text) => text.replace(s1, 'main'),
    (text) => text.replace('"source":', '"deployment":[],"source":'),
    (text) => text.replace('"source":', '"deployment":"__proto__/x","source":'),
    (text) => text.replace('"source":', '"environment":"","source":'),
    (text) => text.slice(0, -1),
  )
  .map((change) => bytes(change(GOOD_IMAGE)));

/** Tokens that nobody has signed, of the issuer and of others. */
const unsigned: fc.Arbitrary<string> = fc
  .record({
    header: fc.record({ alg: fc.constantFrom('none', 'RS256', 'HS256', '', 1), kid: strange }),
    payload: fc.record({
      iss: fc.constantFrom(ISSUER, '', 'https://elsewhere.example.com'),
      aud: fc.constantFrom('hawser', []),
      exp: fc.double(),
    }),
    signature: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ header, payload, signature }) =>
    [JSON.stringify(header), JSON.stringify(payload), signature]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.'),
  );

function image({ publisher, argocd }: Secrets, body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Asked> {
  const bearer = (value: string): readonly Header[] => [['Authorization', `Bearer ${value}`]];
  const jwt = fc.oneof(unsigned, fc.stringMatching(/^[\w-]{1,40}\.[\w-]{1,40}\.[\w-]{1,40}$/)).map(bearer);
  return fc.record({
    method: fc.oneof({ weight: 9, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'PUT', 'OPTIONS')),
    path: fc.constantFrom('/images', '/images?x=1'),
    headers: fc
      .tuple(fc.oneof({ weight: 5, arbitrary: token(publisher) }, { weight: 2, arbitrary: jwt }, token(argocd)), type)
      .map(([authorization, type]) => [...authorization, ...type]),
    body,
  });
}

function token(secret: string): fc.Arbitrary<readonly Header[]> {
  const half = Math.floor(secret.length / 2);
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constant(`Bearer ${secret}`) },
      fc.constantFrom(
        '',
        'Bearer',
        'Bearer ',
        `Basic ${btoa(`x:${secret}`)}`,
        `Bearer ${secret.slice(0, half)}`,
        `Bearer ${secret.slice(half)}`,
        `Bearer ${secret}x`,
        `Bearer ${secret.toUpperCase()}`,
        `Bearer $argocd-main`,
        `Bearer ${'x'.repeat(6000)}`,
      ),
    )
    .map((value) => [['Authorization', value]]);
}

function notification({ argocd, operator }: Secrets, body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Asked> {
  return fc.record({
    method: fc.oneof(
      { weight: 9, arbitrary: fc.constant('POST') },
      fc.constantFrom('GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
    ),
    path: fc.constantFrom('/argocd/notifications', '/argocd/notifications?x=1', '/argocd/notifications'),
    headers: fc
      .tuple(fc.oneof({ weight: 4, arbitrary: token(argocd) }, token(operator)), type)
      .map(([authorization, type]) => [...authorization, ...type]),
    body,
  });
}
const type: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant([JSON_TYPE]) },
  fc.constantFrom<readonly Header[]>(
    [],
    [['Content-Type', 'text/plain']],
    [['Content-Type', 'application/json; charset=utf-16']],
    [JSON_TYPE, ['Content-Encoding', 'gzip']],
    [JSON_TYPE, ['Content-Encoding', 'br, gzip']],
  ),
);

function webhook({ webhook: secret }: Secrets, body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Asked> {
  const event = fc.oneof(
    fc.constantFrom(
      'push',
      'ping',
      'pull_request',
      'check_run',
      'check_suite',
      'status',
      'pull_request_review',
      'registry_package',
      'package',
      'release',
      'installation',
      'nothing',
      '',
      '__proto__',
      'x'.repeat(200),
    ),
    fc.stringMatching(/^[!-~]{1,20}$/),
  );
  const forged = (signed: string) =>
    fc.constantFrom(
      signed,
      signed,
      signed.slice(0, 20),
      signed.toUpperCase(),
      `${signed}00`,
      signed.replace('sha256=', 'sha1='),
      signed.replace(/\w$/, 'z'),
      `sha256=${'0'.repeat(64)}`,
      '',
    );
  return fc.tuple(body, event, type).chain(([body, event, type]) =>
    forged(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`).map((signature) => ({
      method: 'POST',
      path: '/github/webhooks',
      headers: [
        ...type,
        ['X-GitHub-Event', event],
        ['X-GitHub-Delivery', 'd3adbeef-0000'],
        ['X-Hub-Signature-256', signature],
      ] as const,
      body,
    })),
  );
}

function elsewhere({ operator }: Secrets): fc.Arbitrary<Asked> {
  const segment = fc.oneof(
    fc.constantFrom(
      'api',
      'repositories',
      'acme',
      'shop',
      'dead',
      'replay',
      '1',
      '..',
      '%2e%2e',
      '%00',
      '%',
      '//',
      'healthz',
      'argocd',
      'github',
    ),
    fc.stringMatching(/^[!-~]{0,12}$/),
  );
  const path = fc.oneof(
    fc.array(segment, { maxLength: 7 }).map((segments) => `/${segments.join('/')}`),
    fc.constantFrom(
      '/healthz',
      '/api/repositories/acme/shop/dead/99/replay',
      '/api/repositories/acme/none',
      '/api/repositories/%ff/x',
      `/${'a'.repeat(8000)}`,
    ),
  );
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE'),
    path: path.map((text) => text.replaceAll(/[\s#]/g, '')),
    headers: fc.oneof(fc.constant([]), token(operator)),
    body: fc.constant(bytes('')),
  });
}

function head({ method, path, headers }: Omit<Asked, 'body'>, framing: readonly Header[]): string {
  const lines = [['Host', 'hawser.example.com'], ['Connection', 'close'], ...headers, ...framing].map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join(CRLF);
}

function sent(kind: string, asked: fc.Arbitrary<Asked>): fc.Arbitrary<Hostile> {
  return asked.map(({ body, ...rest }) => {
    const text = head(
      rest,
      rest.method === 'GET' || rest.method === 'HEAD' ? [] : [['Content-Length', String(body.byteLength)]],
    );
    const bare = rest.method === 'GET' || rest.method === 'HEAD';
    return { kind, chunks: [Buffer.concat([bytes(text), bare ? bytes('') : body])], pause: 0, mute: false };
  });
}

function base({ argocd }: Secrets): Omit<Asked, 'body'> {
  return { method: 'POST', path: '/argocd/notifications', headers: [['Authorization', `Bearer ${argocd}`], JSON_TYPE] };
}
const BAD = GOOD.replace('"v":1', '"v":2');

/** Lying, absent, doubled and absurd lengths. */
function lengths(secrets: Secrets): fc.Arbitrary<Hostile> {
  const framing = fc.constantFrom<readonly Header[]>(
    [],
    [['Content-Length', '-1']],
    [['Content-Length', 'NaN']],
    [['Content-Length', '99999999999999999999']],
    [['Content-Length', '1e3']],
    [['Content-Length', '0x10']],
    [
      ['Content-Length', '10'],
      ['Content-Length', '20'],
    ],
    [
      ['Content-Length', '10'],
      ['Transfer-Encoding', 'chunked'],
    ],
    [['Content-Length', String(BAD.length + 100)]],
    [['Content-Length', String(BAD.length - 10)]],
    [['Content-Length', '0']],
    [['Transfer-Encoding', 'identity']],
    [['Transfer-Encoding', 'gzip, chunked']],
  );
  return framing.map((each) => ({
    kind: 'length',
    chunks: [bytes(head(base(secrets), each) + BAD)],
    pause: 0,
    mute: true,
  }));
}

function chunked(secrets: Secrets): fc.Arbitrary<Hostile> {
  const size = BAD.length.toString(16);
  const body = fc.constantFrom(
    `${size}${CRLF}${BAD}${CRLF}`,
    `${size}${CRLF}${BAD.slice(0, 50)}`,
    `${size};${'x'.repeat(5000)}${CRLF}${BAD}${CRLF}0${CRLF}${CRLF}`,
    `-1${CRLF}${BAD}${CRLF}0${CRLF}${CRLF}`,
    `ffffffffffffffff${CRLF}${BAD}`,
    `xyz${CRLF}${BAD}`,
    `0${CRLF}X: y${CRLF}${CRLF}GET /api/repositories HTTP/1.1${CRLF}${CRLF}`,
    `${BAD.split('')
      .map((each) => `1${CRLF}${each}${CRLF}`)
      .join('')}0${CRLF}${CRLF}`,
  );
  return body.map((text) => ({
    kind: 'chunked',
    chunks: [bytes(head(base(secrets), [['Transfer-Encoding', 'chunked']])), bytes(text)],
    pause: 1,
    mute: true,
  }));
}

function headers(secrets: Secrets): fc.Arbitrary<Hostile> {
  const { method, path, headers } = base(secrets);
  const trick = fc.constantFrom<readonly Header[]>(
    Array.from({ length: 400 }, (_, index): Header => [`X-${index}`, 'y'.repeat(30)]),
    [['X-Long', 'y'.repeat(100_000)]],
    [['X-Null', 'a\u0000b']],
    [['X-Split', `a${CRLF} b`]],
    [['X Bad', 'y']],
    [['', 'y']],
    [['Host', 'other.example.com']],
    [['Expect', '100-continue']],
    [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
    ],
    [
      ['X-Forwarded-For', '127.0.0.1'],
      ['CF-Connecting-IP', 'x'.repeat(500)],
    ],
    [['Authorization', 'Bearer other']],
    [['Content-Type', 'text/plain']],
  );
  return trick.map((extra) => ({
    kind: 'header',
    chunks: [
      bytes(head({ method, path, headers: [...headers, ...extra] }, [['Content-Length', String(BAD.length)]]) + BAD),
    ],
    pause: 0,
    mute: true,
    ...(extra.some(([name]) => name === 'Host' || name === '') ? { unparsed: true } : {}),
  }));
}

/** A byte now and then; it gives up before the door does. */
function slow(secrets: Secrets): fc.Arbitrary<Hostile> {
  return fc.integer({ min: 20, max: 60 }).map((count) => ({
    kind: 'slow',
    chunks: [
      bytes(head(base(secrets), [['Content-Length', String(BAD.length)]])),
      ...BAD.slice(0, count).split('').map(bytes),
    ],
    pause: 20,
    mute: true,
  }));
}

const noise: fc.Arbitrary<Hostile> = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc
      .constantFrom(
        'GET\r\n\r\n',
        'GET / HTTP/9.9\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
        'GET http://169.254.169.254/ HTTP/1.1\r\nHost: a\r\n\r\n',
        `${'A'.repeat(70_000)} / HTTP/1.1\r\n\r\n`,
        '\u0016\u0003\u0001\u0002\u0000',
      )
      .map(bytes),
  )
  .map((chunk) => ({ kind: 'noise', chunks: [chunk], pause: 0, mute: true, unparsed: true }));
