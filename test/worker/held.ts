/** A call to GitHub that is held on its way, so that something can happen meanwhile; or one that ends as no GitHub would end it. */
import { expect, vi } from 'vitest';

/** What comes back: GitHub acts when `call` is called, and not before. */
type End = (call: () => Promise<Response>) => Response | Promise<Response>;

/** The first call that matches ends so; all others go through. `vi.restoreAllMocks` ends it. */
export function endAs(method: string, path: RegExp, end: End): () => boolean {
  const fetch = globalThis.fetch;
  let met = false;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (met || request.method !== method || !path.test(new URL(request.url).pathname)) return fetch(request);
    met = true;
    return end(() => fetch(request));
  });
  return () => met;
}

export type Held = {
  /** Ends when the call has left the ledger. */
  readonly left: () => Promise<void>;
  readonly letGo: () => void;
};

export function hold(method: string, path: RegExp, end: End = (call) => call()): Held {
  const gate = Promise.withResolvers<void>();
  const met = endAs(method, path, async (call) => {
    await gate.promise;
    return end(call);
  });
  return { left: () => expect.poll(met).toBe(true), letGo: gate.resolve };
}
