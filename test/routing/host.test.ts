/** Where a request goes: the host decides, and nothing else. */
import { describe, expect, it } from 'vitest';
import { Router } from '../../schemas/router.ts';
import { placeOf } from '../../src/routing/host.ts';

const ZONE = 'preview.example.com';
const router = Router.parse({
  zone: ZONE,
  entry: 'shop',
  shared: ['www', 'main', 'stable'],
  apps: [
    { name: 'api', origin: 'https://api.example.com' },
    { name: 'eleven-char', origin: 'https://eleven.example.com' },
  ],
});

/** `app: slug`, or why not. */
function place(host: string): string {
  const found = placeOf(`https://${host}/x?y`, router);
  return found.kind === 'place' ? `${found.app}: ${found.slug ?? 'shared'}` : found.kind;
}

const a = (length: number) => 'a'.repeat(length);

describe('a host', () => {
  it.each([
    ['1', `foo.${ZONE}`, 'shop: foo'],
    ['2', 'FOO.Preview.Example.com', 'shop: foo'],
    ['3', `foo.${ZONE}:443`, 'shop: foo'],
    ['3', `foo.${ZONE}.`, 'shop: foo'],
    ['3', `foo.${ZONE}.:8443`, 'shop: foo'],
    ['4', `foo--api.${ZONE}`, 'api: foo'],
    ['5', `foo--zzz.${ZONE}`, 'unknown app'],
    ['6', ZONE, 'not ours'],
    ['7', `a.foo.${ZONE}`, 'not ours'],
    ['8', 'evilpreview.example.com', 'not ours'],
    ['9', `foo.${ZONE}.evil.net`, 'not ours'],
    ['10', `-foo.${ZONE}`, 'invalid'],
    ['10', `foo_bar.${ZONE}`, 'invalid'],
    ['11', `xn--bcher-kva.${ZONE}`, 'invalid'],
    ['11', `xn--api.${ZONE}`, 'invalid'],
    ['12', `www.${ZONE}`, 'shop: shared'],
    ['13', `main--api.${ZONE}`, 'api: shared'],
    ['14', `${a(50)}.${ZONE}`, `shop: ${a(50)}`],
    ['14', `${a(51)}.${ZONE}`, 'invalid'],
    ['14', `${a(50)}--eleven-char.${ZONE}`, `eleven-char: ${a(50)}`],
    ['15', `feat-a--b--api.${ZONE}`, 'invalid'],
    ['–', `pr-7-${a(58)}.${ZONE}`, `shop: pr-7-${a(58)}`],
    ['–', `pr-7-${a(59)}.${ZONE}`, 'invalid'],
    ['–', `pr-x-${a(50)}.${ZONE}`, 'invalid'],
    ['–', `--api.${ZONE}`, 'invalid'],
    ['–', `foo--.${ZONE}`, 'invalid'],
    ['–', `foo---api.${ZONE}`, 'invalid'],
    ['–', `foo--shop.${ZONE}`, 'unknown app'],
    ['–', `foo--API.${ZONE}`, 'api: foo'],
    ['–', `.${ZONE}`, 'invalid'],
    ['–', `..${ZONE}`, 'not ours'],
    ['–', `foo.${ZONE}..`, 'not ours'],
    ['–', `${a(64)}.${ZONE}`, 'invalid'],
    ['–', `bücher.${ZONE}`, 'invalid'],
    ['–', `%66oo.${ZONE}`, 'invalid'],
    ['–', `user@foo.${ZONE}`, 'invalid'],
    ['–', `evil.net\\@foo.${ZONE}`, 'invalid'],
    ['–', `fo\to.${ZONE}`, 'invalid'],
    ['–', `foo.${ZONE}, bar.${ZONE}`, 'invalid'],
    ['–', `foo.${ZONE}:22:443`, 'invalid'],
    ['–', `foo.${ZONE}:x`, 'invalid'],
    ['–', '[::1]', 'invalid'],
    ['–', '127.0.0.1', 'not ours'],
    ['–', 'foo', 'not ours'],
    ['–', '', 'invalid'],
    ['–', `evil.net/foo.${ZONE}`, 'not ours'],
    ['–', `evil.net?.${ZONE}`, 'not ours'],
    ['–', `evil.net#.${ZONE}`, 'not ours'],
    ['–', `foo.${ZONE}/evil.net`, 'shop: foo'],
  ])('vector %s: %j is %s', (_, host, wanted) => {
    expect(place(host)).toBe(wanted);
  });

  it('is taken apart from path and query, and loses its port', () => {
    expect(placeOf(`http://Foo.${ZONE}:22/a//b/%2e%2e?c#d`, router)).toMatchObject({
      scheme: 'http',
      host: `foo.${ZONE}`,
      rest: '/a//b/%2e%2e?c#d',
    });
  });

  it('of a scheme that is not HTTP is none', () => {
    expect(placeOf(`ftp://foo.${ZONE}/`, router)).toEqual({ kind: 'invalid' });
  });
});
