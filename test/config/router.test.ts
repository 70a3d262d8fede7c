/** What `[vars.ROUTER]` of the router's configuration means, and which mistakes in it are named. */
import { describe, expect, it } from 'vitest';
import { Router } from '../../schemas/router.ts';
import { dottedPath } from '../../src/words/dotted-path.ts';

const LEAST = { zone: 'example-preview.dev', entry: 'shop' };

it('needs no more than the zone and the entry application', () => {
  expect(Router.parse(LEAST)).toEqual({
    ...LEAST,
    member: 'preview',
    keep: [],
    shared: ['www', 'main', 'sandbox'],
    apps: [],
  });
});

const origin = 'https://api.example.com';
const app = (name: string, at = origin) => ({ apps: [{ name, origin: at }] });

describe('is refused', () => {
  it.each([
    ['an unknown key', { zones: 'x' }, '', /Unrecognized key: "zones"/],
    ['an unknown key of an application', { apps: [{ name: 'api', origin, url: '' }] }, 'apps[0]', /"url"/],
    ['no zone', { zone: undefined }, 'zone', /expected string/],
    ['a zone with a wildcard', { zone: '*.example.com' }, 'zone', /is no domain/],
    ['a zone in capitals', { zone: 'Example.com' }, 'zone', /is no domain/],
    ['a zone that leaves no room for a label', { zone: `${'a.'.repeat(95)}com` }, 'zone', /no room is left/],
    ['a single label as a zone', { zone: 'localhost' }, 'zone', /is no domain/],
    ['an application of 12 characters', app('twelve-chars'), 'apps[0].name', /is longer than 11 characters/],
    ['an application with two dashes', app('a--b'), 'apps[0].name', /two dashes in a row/],
    ['an application that is no label', app('-api'), 'apps[0].name', /is no RFC 1123 label/],
    ['two applications of one name', { apps: [...app('api').apps, ...app('api').apps] }, 'apps[1].name', /twice/],
    ['an origin with a path', app('api', `${origin}/v1`), 'apps[0].origin', /is no origin/],
    ['an origin with a query', app('api', `${origin}?a`), 'apps[0].origin', /is no origin/],
    ['an origin with a user', app('api', 'https://a:b@api.example.com'), 'apps[0].origin', /is no origin/],
    ['an origin without TLS', app('api', 'http://api.example.com'), 'apps[0].origin', /is no origin/],
    ['an origin that is no URL', app('api', 'api.example.com'), 'apps[0].origin', /is no origin/],
    ['a shared name with two dashes', { shared: ['main--api'] }, 'shared[0]', /two dashes/],
    ['a shared name twice', { shared: ['www', 'www'] }, 'shared[1]', /twice/],
    ['a member with an equals sign', { member: 'a=b' }, 'member', /is no key/],
    ['a member that means something in a regular expression', { member: 'a.b' }, 'member', /is no key/],
    ['an encoded key that may pass', { keep: ['pre%76iew'] }, 'keep[0]', /is no key/],
    ['every key that may pass', { keep: ['*'] }, 'keep[0]', /is no key/],
    ['the member as a key that may pass', { keep: ['a', 'Preview'] }, 'keep[1]', /the router alone sets/],
    ['the same where the member has another name', { member: 'pr', keep: ['pr'] }, 'keep[0]', /the router alone sets/],
  ])('%s', (_, changes, path, message) => {
    const { error } = Router.safeParse({ ...LEAST, ...changes });

    expect(error?.issues.map((issue) => dottedPath(issue.path))).toEqual([path]);
    expect(error?.issues[0]?.message).toMatch(message);
  });
});

it('takes an origin with a slash at its end, and http on this machine', () => {
  const of = (at: string) => Router.parse({ ...LEAST, ...app('api', at) }).apps[0]?.origin;

  expect([of(`${origin}/`), of('http://127.0.0.1:8080')]).toEqual([origin, 'http://127.0.0.1:8080']);
});
