/** The App's key, in the forms in which people have it. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { pkcs8Of, readsPrivateKey } from '../../src/github/private-key.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

it.each([
  ['PKCS#1, as GitHub hands it out', PKCS1],
  ['PKCS#8', PKCS8],
  ['PKCS#1 on one line', PKCS1.replaceAll('\n', '\\n')],
  ['PKCS#8 on one line', PKCS8.replaceAll('\n', '\\n')],
  ['Windows line breaks', PKCS1.replaceAll('\n', '\r\n')],
  ['white space around it', `\n  ${PKCS1}\n\n`],
])('%s becomes PKCS#8', async (_, key) => {
  expect(pkcs8Of(key)).toBe(PKCS8);
  expect(await readsPrivateKey(key)).toBe(true);
});

it.each([
  ['nothing', ''],
  ['a secret that was never expanded', '$GITHUB_APP_PRIVATE_KEY'],
  ['a key cut off', PKCS1.slice(0, 300)],
  ['a public key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
])('%s is no key', async (_, key) => {
  expect(pkcs8Of(key)).toBeUndefined();
  expect(await readsPrivateKey(key)).toBe(false);
});

it('a key that GitHub cannot have handed out does not serve', async () => {
  expect(await readsPrivateKey(elliptic.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe(false);
});
