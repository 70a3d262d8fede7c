/** What is taken from Node to read keys: its own types would clash with those of the Workers runtime. */
declare module 'node:crypto' {
  export function createPrivateKey(pem: string): {
    export(options: { readonly type: 'pkcs8'; readonly format: 'pem' }): string | Uint8Array;
  };
}
