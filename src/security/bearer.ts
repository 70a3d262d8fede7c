/** Whose credential an `Authorization` header carries. Every configured token is compared, always, in constant time. */
import type { Secret } from './secret.ts';

export type Door = { readonly name: string; readonly secret: Secret };

/** `closed`: nobody was recognised, and it may have been the one whose secret is unusable. */
export type Caller =
  | { readonly kind: 'known'; readonly name: string }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'closed' };

export async function callerOf(header: string | null, doors: readonly Door[]): Promise<Caller> {
  const presented = tokenIn(header);
  const unusable = doors.filter((door) => !door.secret.ok);
  if (presented === undefined) return unusable.length === doors.length && doors.length > 0 ? CLOSED : UNKNOWN;

  const isPresented = await comparison(presented);
  const recognised: string[] = [];
  for (const { name, secret } of doors) {
    for (const token of secret.ok ? secret.value : []) if (await isPresented(token)) recognised.push(name);
  }

  const [name] = recognised;
  if (name !== undefined) return { kind: 'known', name };
  return unusable.length > 0 ? CLOSED : UNKNOWN;
}

const CLOSED = { kind: 'closed' } as const;
const UNKNOWN = { kind: 'unauthenticated' } as const;

function tokenIn(header: string | null): string | undefined {
  return /^bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/**
 * Compares the HMACs of two tokens under a key that lives for one request: the platform's own `verify` takes as long for
 * a near miss as for a far one, whatever the tokens' lengths.
 */
async function comparison(presented: string): Promise<(token: string) => Promise<boolean>> {
  const bytes = new TextEncoder();
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
  const mac = await crypto.subtle.sign('HMAC', key, bytes.encode(presented));
  return (token) => crypto.subtle.verify('HMAC', key, mac, bytes.encode(token));
}
