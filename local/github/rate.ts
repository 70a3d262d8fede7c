/** Counts requests against the hourly limit, and says so in the `x-ratelimit-*` headers. */
import { exhausted } from './faults.ts';
import type { Caller } from './world.ts';

const hour = 3600;

export class Rate {
  readonly #limit: number;
  readonly #windows = new Map<string, { used: number; resetAt: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws when nothing is left. */
  spend(caller: Caller, nowMs: number): Record<string, string> {
    const window = this.#windowOf(caller, nowMs);
    if (window.used >= this.#limit) throw exhausted(this.#limit, window.resetAt, ` for ${nameOf(caller)}`);
    window.used += 1;
    return this.#headers(window);
  }

  /** Gives one back: a 304 costs nothing (GitHub Docs, "Best practices for using the REST API"). */
  refund(caller: Caller, nowMs: number): void {
    this.#windowOf(caller, nowMs).used -= 1;
  }

  /** What `GET /rate_limit` says, which itself is not counted. */
  view(caller: Caller, nowMs: number) {
    const { used, resetAt } = this.#windowOf(caller, nowMs);
    const core = { limit: this.#limit, used, remaining: this.#limit - used, reset: resetAt };
    // Nothing here searches: that window is always full.
    const search = { limit: 30, used: 0, remaining: 30, reset: Math.floor(nowMs / 1000) + 60 };
    return { resources: { core, search }, rate: core };
  }

  clear(): void {
    this.#windows.clear();
  }

  #windowOf(caller: Caller, nowMs: number): { used: number; resetAt: number } {
    const now = Math.floor(nowMs / 1000);
    const known = this.#windows.get(nameOf(caller));
    const window = known && known.resetAt > now ? known : { used: 0, resetAt: now + hour };
    this.#windows.set(nameOf(caller), window);
    return window;
  }

  #headers({ used, resetAt }: { used: number; resetAt: number }): Record<string, string> {
    return {
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': String(this.#limit - used),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(resetAt),
      'x-ratelimit-resource': 'core',
    };
  }
}

function nameOf(caller: Caller): string {
  return caller.role === 'installation' ? `installation ID ${caller.installation.id}` : caller.role;
}
