/** The public keys of an OIDC issuer: read when they are needed, remembered, and read again when one is asked for that is new. */
import * as z from 'zod';
import { failed, ok, type Result } from '../words/result.ts';
import { readBody } from './body.ts';
import { parseJson } from './json.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** All that is taken of one: the algorithm is never the issuer's to choose. */
export type Key = { readonly kty: 'RSA'; readonly kid: string; readonly n: string; readonly e: string };

const TIMEOUT = 5_000;
/** For another request's read: it has failed long before, or its request is gone, and then it never ends. */
const PATIENCE = TIMEOUT + 1_000;
const MOST = 262_144;
/** An issuer that takes a key out wants it to count no more. */
const FRESH = 3_600_000;
/** What is older is used only where the issuer can't be reached. */
const USABLE = 24 * FRESH;
/** Anybody can send a token with a key that nobody has: it makes no more than a call in this time after the last one. */
const COOLDOWN = 30_000;
/** What could not be read is not asked for again with every request. */
const PAUSE = 2_000;

const JwkSet = z.object({ keys: z.array(z.unknown()) });
const Rsa = z.object({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() });

export class Keys {
  readonly #url: string;
  readonly #fetch: Fetch;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, Key> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<boolean> | undefined;

  constructor(issuer: string, fetch: Fetch, now: () => number) {
    this.#url = `${issuer}/.well-known/jwks`;
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Undefined: the issuer has no such key. */
  async find(kid: string): Promise<Result<Key | undefined, 'unreachable'>> {
    const known = this.#keys?.get(kid);
    if (this.#age() < (known === undefined ? COOLDOWN : FRESH)) return ok(known);

    const rests = this.#now() - this.#failedAt < PAUSE;
    const isRead = !rests && (await this.#refreshed());
    const key = this.#keys?.get(kid);
    return isRead || (key !== undefined && this.#age() < USABLE) ? ok(key) : failed('unreachable');
  }

  #age(): number {
    return this.#now() - this.#readAt;
  }

  /** One read serves all who ask while it lasts. */
  async #refreshed(): Promise<boolean> {
    this.#reading ??= this.#refresh();
    const reading = this.#reading;
    const isRead = await within(PATIENCE, reading);
    // The first to hear of the end notes it, be it the one who read or not.
    if (this.#reading === reading) {
      this.#reading = undefined;
      if (!isRead) this.#failedAt = this.#now();
    }
    return isRead;
  }

  async #refresh(): Promise<boolean> {
    const read = await this.#read();
    if (read === undefined) return false;
    this.#keys = read;
    this.#readAt = this.#now();
    return true;
  }

  async #read(): Promise<ReadonlyMap<string, Key> | undefined> {
    const deadline = AbortSignal.timeout(TIMEOUT);
    try {
      const headers = { accept: 'application/json', 'user-agent': 'hawser' };
      const response = await this.#fetch(this.#url, { headers, redirect: 'manual', signal: deadline });
      if (response.status !== 200) {
        await response.body?.cancel();
        return undefined;
      }
      const body = await readBody(response, { most: MOST, deadline });
      const json = body.ok ? parseJson(body.value) : body;
      const set = JwkSet.safeParse(json.ok ? json.value : undefined);
      return set.success ? keysIn(set.data.keys) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** By a timer of one's own: the platform may give up a call along with the request that began it. */
async function within(patience: number, reading: Promise<boolean>): Promise<boolean> {
  const tooLong = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => tooLong.resolve(false), patience);
  const isRead = await Promise.race([reading, tooLong.promise]);
  clearTimeout(timer);
  return isRead;
}

function keysIn(listed: readonly unknown[]): ReadonlyMap<string, Key> {
  return new Map(
    listed.flatMap((each) => {
      const key = Rsa.safeParse(each);
      return key.success ? [[key.data.kid, key.data] as const] : [];
    }),
  );
}
