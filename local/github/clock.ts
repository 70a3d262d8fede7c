/** Keeps the emulator's own time, which others may move forward and nobody backward. */
export class Clock {
  readonly #source: () => number;
  #ahead = 0;
  #last = 0;

  constructor(source: () => number) {
    this.#source = source;
  }

  now(): number {
    this.#last = Math.max(this.#last, this.#source() + this.#ahead);
    return this.#last;
  }

  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`the clock only goes forward, not by ${ms} ms`);
    this.#ahead += ms;
  }

  /** How far it was moved, so that a restart can continue from there. */
  get ahead(): number {
    return this.#ahead;
  }
}

/** GitHub's instants have no fraction of a second. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
