/** Whether a body was signed with one of the live secrets: computed over its raw bytes while they arrive, so none is kept for it. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What `X-Hub-Signature-256` says; its form is checked before anything is computed. */
export type Signature = Uint8Array;

export function parseSignature(header: string | null): Signature | undefined {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(header ?? '')?.[1];
  return hex === undefined ? undefined : Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export type Verifier = {
  readonly take: (chunk: Uint8Array) => void;
  /** Ends it. Every secret is compared, always, in constant time. */
  readonly accepts: (signature: Signature) => boolean;
};

/** Web Crypto signs only what it is given whole; Node's HMAC takes a stream. */
export function verifier(secrets: readonly string[]): Verifier {
  const hmacs = secrets.map((secret) => createHmac('sha256', secret));
  return {
    take(chunk) {
      for (const hmac of hmacs) hmac.update(chunk);
    },
    accepts(signature) {
      const matches = hmacs.map((hmac) => timingSafeEqual(hmac.digest(), signature));
      return matches.includes(true);
    },
  };
}
