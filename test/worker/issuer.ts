/** GitHub Actions as an issuer of OIDC tokens: another one in each test, under the one key that making takes so long. */

import { SignJWT } from 'jose/jwt/sign';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { inject } from 'vitest';

export const SHA = '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d';

/** What a run of `acme/shop` on its default branch is told to be. */
const CLAIMS = {
  sub: 'repo:acme/shop:ref:refs/heads/main',
  repository: 'acme/shop',
  repository_owner: 'acme',
  sha: SHA,
  ref: 'refs/heads/main',
  event_name: 'push',
  job_workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
};

export type Signed = {
  readonly claims?: object;
  readonly kid?: string;
  readonly alg?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now. */
  readonly issued?: number;
  readonly expires?: number | null;
  readonly starts?: number;
  readonly key?: CryptoKey;
};

let pair: CryptoKeyPair | undefined;

export async function startIssuing() {
  const url = `${inject('issuersUrl')}/${crypto.randomUUID()}`;
  pair ??= await generateKeyPair('RS256', { extractable: true });
  const { publicKey, privateKey } = pair;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };

  async function answer(answer: object): Promise<void> {
    await fetch(url, { method: 'PUT', body: JSON.stringify(answer) });
  }

  async function token(changed: Signed = {}): Promise<string> {
    const {
      claims = {},
      kid = 'one',
      alg = 'RS256',
      issued = 0,
      expires = 300,
      starts = 0,
      key = privateKey,
    } = changed;
    const now = Math.floor(Date.now() / 1000);
    const jwt = new SignJWT({ ...CLAIMS, ...claims })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setIssuer(changed.issuer ?? url)
      .setAudience(changed.audience ?? 'hawser')
      .setNotBefore(now + starts)
      .setIssuedAt(now + issued);
    return (expires === null ? jwt : jwt.setExpirationTime(now + expires)).sign(key);
  }

  async function asked(): Promise<number> {
    return Number(await (await fetch(`${url}/asked`)).text());
  }

  await answer({ body: { keys: [jwk] } });
  return { url, jwk, answer, token, asked };
}

export type Issuer = Awaited<ReturnType<typeof startIssuing>>;
