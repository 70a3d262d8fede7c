/** How much of a body is read, for how long, and what is made of its bytes. */
import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/security/body.ts';
import { parseJson } from '../../src/security/json.ts';

const patience = () => new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a body', () => {
  it('arrives whole, in however many chunks', async () => {
    const chunks = Array.from({ length: 50_000 }, (_, at) => Uint8Array.of(at % 251));

    const body = await readBody(sent(chunks), { most: 50_000, deadline: patience() });

    expect(body).toEqual({ ok: true, value: Uint8Array.from({ length: 50_000 }, (_, at) => at % 251) });
  });

  it('may be empty', async () => {
    expect(await readBody({ headers: new Headers(), body: null }, { most: 10, deadline: patience() })).toEqual({
      ok: true,
      value: new Uint8Array(),
    });
  });

  it.each([
    ['none', undefined],
    ['a lower one', '3'],
    ['no number', 'NaN'],
    ['a negative one', '-1'],
    ['an empty one', ''],
  ])('that is too large is refused at the bound, whatever length was declared: %s', async (_, declared) => {
    const { stream, pulled, cancelled } = endless();

    const body = await readBody({ headers: lengthOf(declared), body: stream }, { most: 10, deadline: patience() });

    expect(body).toEqual({ ok: false, failure: 'too large' });
    expect(pulled()).toBeLessThan(15);
    expect(cancelled()).toBe(true);
  });

  it('whose declared length is too large is refused unread', async () => {
    const { stream, pulled } = endless();

    const body = await readBody({ headers: lengthOf('11'), body: stream }, { most: 10, deadline: patience() });

    expect(body).toEqual({ ok: false, failure: 'too large' });
    expect(pulled()).toBeLessThan(2);
  });

  it('of exactly the bound is taken', async () => {
    const body = await readBody(sent([bytes('12345'), bytes('67890')]), { most: 10, deadline: patience() });

    expect(body).toEqual({ ok: true, value: bytes('1234567890') });
  });

  it('that drips is given up on when patience ends', async () => {
    const patience = new AbortController();
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('{')),
      cancel: () => {
        cancelled = true;
      },
    });

    const body = readBody({ headers: new Headers(), body: stream }, { most: 10, deadline: patience.signal });
    patience.abort();

    expect(await body).toEqual({ ok: false, failure: 'too slow' });
    expect(cancelled).toBe(true);
  });

  it('whose sender hangs up is broken off', async () => {
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('gone')) });

    expect(await readBody({ headers: new Headers(), body: stream }, { most: 10, deadline: patience() })).toEqual({
      ok: false,
      failure: 'broken off',
    });
  });
});

describe('JSON', () => {
  it.each([
    ['a value', bytes('{"a":[1,"ü"]}'), { ok: true, value: { a: [1, 'ü'] } }],
    ['a byte order mark before it', bytes('\uFEFF{}'), { ok: true, value: {} }],
    ['nothing', bytes(''), { ok: false, failure: 'not JSON' }],
    ['half of it', bytes('{"a":'), { ok: false, failure: 'not JSON' }],
    ['wrong UTF-8', Uint8Array.of(0x22, 0xc3, 0x28, 0x22), { ok: false, failure: 'not UTF-8' }],
    ['half a character', Uint8Array.of(0x22, 0xe2, 0x82), { ok: false, failure: 'not UTF-8' }],
    ['a hundred levels', bytes(nested(100)), { ok: true, value: expect.anything() }],
    ['a hundred and one', bytes(nested(101)), { ok: false, failure: 'too deep' }],
    ['half a million', bytes(nested(500_000)), { ok: false, failure: 'too deep' }],
  ])('is read or refused: %s', (_, body, expected) => {
    expect(parseJson(body)).toEqual(expected);
  });
});

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

function lengthOf(declared: string | undefined): Headers {
  return new Headers(declared === undefined ? {} : { 'content-length': declared });
}

function sent(chunks: readonly Uint8Array[]) {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return { headers: new Headers(), body };
}

function endless() {
  let pulled = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(Uint8Array.of(0x20));
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return { stream, pulled: () => pulled, cancelled: () => cancelled };
}
