/** Reads the App's private key: PKCS#1, which GitHub hands out, becomes PKCS#8, which alone WebCrypto takes. */
import { createPrivateKey } from 'node:crypto';

/** Undefined: it is no key. Line breaks may be written as `\n`, as environment files need it. */
export function pkcs8Of(key: string): string | undefined {
  try {
    const pem = createPrivateKey(key.replaceAll('\\n', '\n').trim()).export({ type: 'pkcs8', format: 'pem' });
    return typeof pem === 'string' ? pem : undefined;
  } catch {
    return undefined;
  }
}

/** Whether GitHub's signatures (RS256) can be made with it. */
export async function readsPrivateKey(key: string): Promise<boolean> {
  const pem = pkcs8Of(key);
  if (pem === undefined) return false;
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, '')), (character) => character.charCodeAt(0));
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']).then(
    () => true,
    () => false,
  );
}
