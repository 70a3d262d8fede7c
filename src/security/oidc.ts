/** Whether a bearer is a token of GitHub Actions' that was made out to this bridge, and for which run of which repository. */
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod';
import { Repository } from '../words/repository.ts';
import { failed, ok, type Result } from '../words/result.ts';
import { Sha } from '../words/sha.ts';
import type { Keys } from './jwks.ts';

/** Seconds by which two clocks may differ. */
const TOLERANCE = 30;

const Word = z.string().max(1024);
/** https://docs.github.com/actions/reference/security/oidc#oidc-token-claims */
const Claims = z.object({
  repository: Repository,
  sha: Sha,
  ref: Word,
  event_name: Word,
  job_workflow_ref: Word.default(''),
});
export type Claims = z.infer<typeof Claims>;

export type Audience = { readonly issuer: string; readonly audience: string };

/** Three parts of base64url. */
export function tokenIn(header: string | null): string | undefined {
  return /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? '')?.[1];
}

export async function claimsOf(
  token: string,
  { issuer, audience }: Audience,
  keys: Keys,
  now: number,
): Promise<Result<Claims, 'unauthenticated' | 'unreachable'>> {
  let isReached = true;
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const found = await keys.find(kid ?? '');
        isReached = found.ok;
        if (!found.ok || found.value === undefined) throw new Error('no such key');
        return found.value;
      },
      {
        algorithms: ['RS256'],
        issuer,
        audience,
        clockTolerance: TOLERANCE,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'iat'],
      },
    );
    const claims = Claims.safeParse(payload);
    return claims.success ? ok(claims.data) : failed('unauthenticated');
  } catch {
    // The library throws for whatever is wrong with a token; which of it, nobody is told.
    return failed(isReached ? 'unauthenticated' : 'unreachable');
  }
}
