/** Holds one token per repository and role, in memory alone: minted once for all who ask, never handed out again once refused. */
import type { Role } from '../../schemas/effect.ts';
import type { Instant } from '../words/instant.ts';
import { later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { failed, ok, type Result } from '../words/result.ts';
import type { InstallationToken, Mint } from './app-token.ts';
import type { Failure } from './outcome.ts';

/** A token is not begun with when a call could outlive it. */
const MARGIN = 5 * 60_000;
/** A fresh token is now and then unknown to a part of GitHub for some seconds; two in a row are no accident. */
const IN_A_ROW = 5_000;
const PARKED = 60_000;

type Refusals = { readonly at: Instant; readonly parkedUntil?: Instant };

export class Tokens {
  readonly #held = new Map<string, InstallationToken>();
  readonly #minting = new Map<string, Promise<Result<InstallationToken, Failure>>>();
  readonly #refusals = new Map<string, Refusals>();
  readonly #mint: Mint;
  readonly #now: () => Instant;

  constructor(mint: Mint, now: () => Instant) {
    this.#mint = mint;
    this.#now = now;
  }

  async find(repository: Repository, role: Role): Promise<Result<string, Failure>> {
    const key = `${role} ${repository}`;
    const parkedUntil = this.#refusals.get(key)?.parkedUntil;
    if (parkedUntil !== undefined && parkedUntil > this.#now()) return failed(refusedTwice(repository, parkedUntil));
    const held = this.#held.get(key);
    if (held !== undefined && held.expiresAt - MARGIN > this.#now()) return ok(held.token);
    const minted = await this.#minted(key, repository, role);
    return minted.ok ? ok(minted.value.token) : minted;
  }

  /** Whoever reports an older token than the one held has already been helped. */
  drop(token: string): void {
    const [key] = [...this.#held].find(([, held]) => held.token === token) ?? [];
    if (key === undefined) return;
    this.#held.delete(key);
    const now = this.#now();
    const before = this.#refusals.get(key);
    const again = before !== undefined && now - before.at <= IN_A_ROW;
    this.#refusals.set(key, again ? { at: now, parkedUntil: later(now, PARKED) } : { at: now });
  }

  /** What the App may do has changed: tokens from before may be good for nothing, or for less. */
  forget(): void {
    this.#held.clear();
    this.#refusals.clear();
  }

  #minted(key: string, repository: Repository, role: Role): Promise<Result<InstallationToken, Failure>> {
    const running = this.#minting.get(key);
    if (running !== undefined) return running;
    const minting = this.#mint(repository, role)
      .then((minted) => {
        if (minted.ok) this.#held.set(key, minted.value);
        return minted;
      })
      .finally(() => this.#minting.delete(key));
    this.#minting.set(key, minting);
    return minting;
  }
}

function refusedTwice(repository: Repository, until: Instant): Failure {
  const message = `GitHub refused two fresh tokens for ${repository} in a row: its status page or the App's installation may say why`;
  return { kind: 'later', reason: { code: 'token-refused', message }, certain: false, notBefore: until };
}
