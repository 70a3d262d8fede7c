/** Which signatures are taken for GitHub's: GitHub's own example, the form of the header, and two secrets during a rotation. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSignature, verifier } from '../../src/security/signature.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const made = (secret: string, body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** GitHub Docs, "Validating webhook deliveries", "Testing the webhook payload validation". */
const GITHUB = {
  secret: "It's a Secret to Everybody",
  body: 'Hello, World!',
  header: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
};

describe('a signature', () => {
  it.each([
    ["is GitHub's own example", [GITHUB.secret], GITHUB.header, true],
    ['is made with the first of two secrets', [GITHUB.secret, 'old'], GITHUB.header, true],
    ['is made with the second of two secrets', ['new', GITHUB.secret], GITHUB.header, true],
    ['is made with another secret', ['another'], GITHUB.header, false],
    ['is made with neither of two secrets', ['new', 'old'], GITHUB.header, false],
    ['is made with both secrets at once', ['new', 'old'], made('new old', GITHUB.body), false],
    ['is of another body', [GITHUB.secret], made(GITHUB.secret, 'Hello, World'), false],
    ['is of no body', [GITHUB.secret], made(GITHUB.secret, ''), false],
    ['differs in its last digit', [GITHUB.secret], GITHUB.header.replace(/7$/, '6'), false],
    ['differs in its first digit', [GITHUB.secret], GITHUB.header.replace('=7', '=6'), false],
    ['is compared with no secret', [], GITHUB.header, false],
  ])('that %s is accepted or refused', (_, secrets, header, accepted) => {
    expect(judged(secrets, header, [GITHUB.body])).toBe(accepted);
  });

  it('covers the bytes, however they arrive', () => {
    expect(judged([GITHUB.secret], GITHUB.header, ['', 'Hello', '', ', World', '!'])).toBe(true);
    expect(judged([GITHUB.secret], GITHUB.header, ['Hello', '!', ', World'])).toBe(false);
  });

  it('covers bytes that are no text', () => {
    const body = Uint8Array.of(0xff, 0x00, 0xc3, 0x28);
    const signature = parseSignature(`sha256=${createHmac('sha256', 's').update(body).digest('hex')}`);
    const signed = verifier(['s']);
    signed.take(body);

    expect(signature !== undefined && signed.accepts(signature)).toBe(true);
  });
});

describe('the header', () => {
  const hex = 'a'.repeat(64);

  it.each([
    ['is not there', null],
    ['is empty', ''],
    ['has no digits', 'sha256='],
    ['has a digit too few', `sha256=${hex.slice(1)}`],
    ['has a digit too many', `sha256=${hex}a`],
    ['has capital digits', `sha256=${hex.toUpperCase()}`],
    ['has what is no digit', `sha256=${hex.slice(1)}g`],
    ['is of another algorithm', `sha1=${hex}`],
    ['names no algorithm', hex],
    ['has space before it', ` sha256=${hex}`],
    ['has a line break after it', `sha256=${hex}\n`],
    ['holds two', `sha256=${hex}, sha256=${hex}`],
  ])('that %s is refused before anything is computed', (_, header) => {
    expect(parseSignature(header)).toBeUndefined();
  });

  it('of the right form is read byte by byte', () => {
    expect(parseSignature(`sha256=00ff${'01'.repeat(30)}`)).toEqual(
      Uint8Array.of(0, 255, ...Array.from({ length: 30 }, () => 1)),
    );
  });
});

function judged(secrets: readonly string[], header: string, chunks: readonly string[]): boolean {
  const signature = parseSignature(header);
  if (signature === undefined) throw new Error(`no signature: ${header}`);
  const signed = verifier(secrets);
  for (const chunk of chunks) signed.take(bytes(chunk));
  return signed.accepts(signature);
}
