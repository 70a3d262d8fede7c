/** A memory with a bound: what was put in or asked for last stays, and of the rest about half is forgotten at a time. */
export class Recent<Value> {
  readonly #most: number;
  readonly #weigh: (key: string) => number;
  /** What is asked for moves from the old to the young; once these weigh half of what may be kept, they are the old. */
  #young = new Map<string, Value>();
  #old: ReadonlyMap<string, Value> = new Map();
  #weight = 0;

  /** `most`: what everything that is kept may weigh, which is one each unless `weigh` says otherwise. */
  constructor(most: number, weigh: (key: string) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.put(key, old);
    return old;
  }

  put(key: string, value: Value): void {
    if (!this.#young.has(key)) this.#weight += this.#weigh(key);
    this.#young.set(key, value);
    if (this.#weight <= this.#most / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#weight = 0;
  }
}
