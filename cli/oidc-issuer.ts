/** Stands in for GitHub Actions' issuer of OIDC tokens: a run asks it for one, and Hawser for the keys. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listen } from '../local/github/server.ts';

export type Issuer = { readonly url: string; readonly close: () => Promise<void> };

const KID = 'the-one';

/** `claims` are those of the run that asks. */
export async function startIssuer(claims: () => Readonly<Record<string, string>>): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256', use: 'sig' }];
  const server = await listen(0, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/.well-known/jwks') return Response.json({ keys });
    const value = await new SignJWT({ ...claims() })
      .setProtectedHeader({ alg: 'RS256', kid: KID })
      .setIssuer(urlAt(server.port))
      .setAudience(searchParams.get('audience') ?? '')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return Response.json({ value });
  });
  return { url: urlAt(server.port), close: () => server.close() };
}

function urlAt(port: number): string {
  return `http://127.0.0.1:${port}`;
}
