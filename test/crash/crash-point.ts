/** Counts the steps of a run, and says at which one the process is gone. */
export class CrashPoint {
  /** Every step that was taken before the crash, the last one being where it happened. */
  readonly steps: string[] = [];
  readonly #at: number;
  #isDown = false;

  /** The first step is 1. */
  constructor(at: number) {
    this.#at = at;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** False in the end: the run has fewer steps. */
  get isReached(): boolean {
    return this.steps.length === this.#at;
  }

  /** True: the process does nothing more from here on. */
  step(what: string): boolean {
    if (!this.isReached) {
      this.steps.push(what);
      this.#isDown = this.isReached;
    }
    return this.#isDown;
  }

  /** The process is there again; it is not crashed a second time. */
  recover(): void {
    this.#isDown = false;
  }
}
