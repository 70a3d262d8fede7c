/** Holds one token per repository, in memory alone: minted once for all who ask, and never handed out again once refused. */
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
  readonly #held = new Map<Repository, InstallationToken>();
  readonly #minting = new Map<Repository, Promise<Result<InstallationToken, Failure>>>();
  readonly #refusals = new Map<Repository, Refusals>();
  readonly #mint: Mint;
  readonly #now: () => Instant;

  constructor(mint: Mint, now: () => Instant) {
    this.#mint = mint;
    this.#now = now;
  }

  async find(repository: Repository): Promise<Result<string, Failure>> {
    const parkedUntil = this.#refusals.get(repository)?.parkedUntil;
    if (parkedUntil !== undefined && parkedUntil > this.#now()) return failed(refusedTwice(repository, parkedUntil));
    const held = this.#held.get(repository);
    if (held !== undefined && held.expiresAt - MARGIN > this.#now()) return ok(held.token);
    const minted = await this.#minted(repository);
    return minted.ok ? ok(minted.value.token) : minted;
  }

  /** Whoever reports an older token than the one held has already been helped. */
  drop(repository: Repository, token: string): void {
    if (this.#held.get(repository)?.token !== token) return;
    this.#held.delete(repository);
    const now = this.#now();
    const before = this.#refusals.get(repository);
    const again = before !== undefined && now - before.at <= IN_A_ROW;
    this.#refusals.set(repository, again ? { at: now, parkedUntil: later(now, PARKED) } : { at: now });
  }

  /** What the App may do has changed: tokens from before may be good for nothing, or for less. */
  forget(): void {
    this.#held.clear();
    this.#refusals.clear();
  }

  #minted(repository: Repository): Promise<Result<InstallationToken, Failure>> {
    const running = this.#minting.get(repository);
    if (running !== undefined) return running;
    const minting = this.#mint(repository)
      .then((minted) => {
        if (minted.ok) this.#held.set(repository, minted.value);
        return minted;
      })
      .finally(() => this.#minting.delete(repository));
    this.#minting.set(repository, minting);
    return minting;
  }
}

function refusedTwice(repository: Repository, until: Instant): Failure {
  const message = `GitHub refused two fresh tokens for ${repository} in a row: its status page or the App's installation may say why`;
  return { kind: 'later', reason: { code: 'token-refused', message }, certain: false, notBefore: until };
}
