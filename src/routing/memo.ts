/** Keeps a few answers for a few seconds. The clock's reading is an argument. */

const LASTS = 5_000;
/** Anybody can ask for names that nobody ever made. */
const MOST = 1_000;

export class Memo<Value> {
  readonly #kept = new Map<string, { readonly value: Value; readonly until: number }>();

  /** Undefined: nothing is kept; the value may be undefined itself. */
  find(key: string, now: number): { readonly value: Value } | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && now < kept.until ? kept : undefined;
  }

  keep(key: string, value: Value, now: number): void {
    // The oldest stands first, so a key that is kept anew goes to the end.
    this.#kept.delete(key);
    this.#kept.set(key, { value, until: now + LASTS });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
    }
  }
}
