/** Tells who calls: the App by its JSON web token, an installation by its access token, or nobody. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import { Refusal } from './refusal.ts';
import type { Seed } from './seed.ts';
import type { Caller, World } from './world.ts';

const Header = z.object({ alg: z.literal('RS256') });
const Claims = z.object({
  iat: z.unknown().optional(),
  exp: z.unknown().optional(),
  iss: z.union([z.string(), z.number()]).optional(),
});

// GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App": exp no more than 10 minutes into the future. The minute that
// iat may be ahead is our reading of "we recommend that you set this 60 seconds in the past"; the texts are those of GitHub's 401s.
const longest = 10 * 60;
const skew = 60;
const undecodable = 'A JSON web token could not be decoded';

export function authenticate(world: World, request: Request): Caller {
  const header = request.headers.get('authorization');
  if (!header) return { role: 'anonymous' };
  const token = /^(?:bearer|token)\s+(\S+)$/i.exec(header)?.[1];
  if (!token) throw new Refusal(401, 'Bad credentials');
  if (token.split('.').length === 3) {
    verifyAppToken(world.seed, token, world.clock.now());
    return { role: 'app' };
  }
  const known = world.state.tokens.get(token);
  if (!known || known.expiresAt <= world.clock.now()) throw new Refusal(401, 'Bad credentials');
  const installation = world.state.installations.find((candidate) => candidate.id === known.installation);
  if (!installation) throw new Refusal(401, 'Bad credentials');
  if (installation.suspendedAt) throw new Refusal(403, 'This installation has been suspended');
  return { role: 'installation', installation, token: known };
}

const keys = new Map<string, KeyObject>();

function publicKeyOf(seed: Seed): KeyObject {
  const pem = seed.app.privateKey;
  const known = keys.get(pem) ?? createPublicKey(pem);
  keys.set(pem, known);
  return known;
}

function verifyAppToken(seed: Seed, token: string, nowMs: number): void {
  const [head = '', body = '', signature = ''] = token.split('.');
  const header = Header.safeParse(decode(head));
  const claims = Claims.safeParse(decode(body));
  if (!header.success || !claims.success) throw new Refusal(401, undecodable);
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    publicKeyOf(seed),
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) throw new Refusal(401, undecodable);
  const { iat, exp, iss } = claims.data;
  const now = Math.floor(nowMs / 1000);
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat > now + skew) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== 'number' || exp <= now) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + longest) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (String(iss) !== String(seed.app.id) && iss !== seed.app.clientId) throw new Refusal(401, 'Integration not found');
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

export function requireApp(caller: Caller): void {
  if (caller.role !== 'app') throw new Refusal(401, undecodable);
}
