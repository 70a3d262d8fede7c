/** When an issuer is asked for its keys, with many requests at once. Its answers come when a test lets them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Keys } from '../../src/security/jwks.ts';

const ISSUER = 'https://issuer.example.com';
const ONE = { kty: 'RSA', kid: 'one', n: 'AQAB', e: 'AQAB' };
const KIDS = ['one', 'two', 'three', 'four', 'five'];

let now = 0;
let calls: { readonly url: string; readonly answer: (status: number, keys?: readonly object[]) => void }[] = [];

beforeEach(() => {
  now = 1_795_000_000_000;
  calls = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function keysOfIssuer(): Keys {
  const fetch = (url: string) =>
    new Promise<Response>((resolve) => {
      const answer = (status: number, keys: readonly object[] = []) => resolve(Response.json({ keys }, { status }));
      calls.push({ url, answer });
    });
  return new Keys(ISSUER, fetch, () => now);
}

it('one call serves all who ask while it lasts', async () => {
  const keys = keysOfIssuer();
  const found = Promise.all(KIDS.map((kid) => keys.find(kid)));
  calls[0]?.answer(200, [ONE]);

  expect(await found).toEqual(KIDS.map((kid) => ({ ok: true, value: kid === 'one' ? ONE : undefined })));
  expect(calls.map(({ url }) => url)).toEqual([`${ISSUER}/.well-known/jwks`]);
});

it('one call that fails fails all who ask while it lasts', async () => {
  const keys = keysOfIssuer();
  const found = Promise.all(KIDS.map((kid) => keys.find(kid)));
  calls[0]?.answer(500);

  expect(await found).toEqual(KIDS.map(() => ({ ok: false, failure: 'unreachable' })));
  expect(calls.length).toBe(1);
});

it.each([
  ['a key that nobody has makes no further call for 30 seconds', 200, 30_000],
  ['keys that could not be read are not asked for again for 2 seconds', 500, 2_000],
])('%s, from the end of the last one on', async (_, status, pause) => {
  const keys = keysOfIssuer();
  const first = keys.find('two');
  now += 4_000;
  calls[0]?.answer(status);
  await first;

  now += pause - 1;
  await Promise.all(KIDS.map((kid) => keys.find(kid)));
  expect(calls.length).toBe(1);

  now += 1;
  const again = Promise.all(KIDS.map((kid) => keys.find(kid)));
  calls[1]?.answer(200, [ONE]);
  await again;
  expect(calls.length).toBe(2);
});

it('what is remembered is of use while the issuer cannot be reached, to all who ask', async () => {
  const keys = keysOfIssuer();
  const first = keys.find('one');
  calls[0]?.answer(200, [ONE]);
  await first;

  now += 3_600_000;
  const found = Promise.all(['one', 'one', 'two'].map((kid) => keys.find(kid)));
  calls[1]?.answer(502);

  expect(await found).toEqual([
    { ok: true, value: ONE },
    { ok: true, value: ONE },
    { ok: false, failure: 'unreachable' },
  ]);
  expect(calls.length).toBe(2);
});

it('a call that is gone along with the request that began it is not waited for for ever, and another one may be made', async () => {
  vi.useFakeTimers();
  const keys = keysOfIssuer();
  const found = Promise.all(KIDS.map((kid) => keys.find(kid)));
  await vi.advanceTimersByTimeAsync(6_000);
  expect(await found).toEqual(KIDS.map(() => ({ ok: false, failure: 'unreachable' })));

  now += 2_000;
  const again = keys.find('one');
  calls[1]?.answer(200, [ONE]);
  expect(await again).toEqual({ ok: true, value: ONE });
});
