/** What is taken from Node for signatures and hashes: its own types would clash with those of the Workers runtime. */
declare module 'node:crypto' {
  interface Mac {
    update(data: string | Uint8Array): Mac;
    digest(): Uint8Array;
    digest(encoding: 'hex'): string;
  }
  export function createHash(algorithm: 'sha256'): Mac;
  export function createHmac(algorithm: 'sha256', key: string): Mac;
  export function timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean;
}
