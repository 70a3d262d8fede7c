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
    const now = Math.floor(nowMs / 1000);
    const who = caller.role === 'installation' ? `installation ID ${caller.installation.id}` : caller.role;
    const known = this.#windows.get(who);
    const window = known && known.resetAt > now ? known : { used: 0, resetAt: now + hour };
    this.#windows.set(who, window);
    if (window.used >= this.#limit) throw exhausted(this.#limit, window.resetAt, ` for ${who}`);
    window.used += 1;
    return this.#headers(window);
  }

  /** Gives one back: a 304 costs nothing (GitHub Docs, "Best practices for using the REST API"). */
  refund(caller: Caller): void {
    const window = this.#windows.get(
      caller.role === 'installation' ? `installation ID ${caller.installation.id}` : caller.role,
    );
    if (window) window.used -= 1;
  }

  clear(): void {
    this.#windows.clear();
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
