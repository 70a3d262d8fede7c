/** A clock that a test moves: what was to happen meanwhile happens at its time, and one after the other. */

type Appointment = { readonly at: number; readonly order: number; readonly keep: () => void };

export class Clock {
  now: number;
  readonly #appointments: Appointment[] = [];
  #order = 0;
  /** How much is under way that no appointment will go on with, because it waits for nothing but the machine. */
  #busy = 0;

  constructor(now: number) {
    this.now = now;
  }

  at(at: number, keep: () => void): void {
    this.#appointments.push({ at, order: this.#order++, keep });
  }

  /** Within `work` alone. */
  async sleep(milliseconds: number): Promise<void> {
    this.#busy -= 1;
    await new Promise<void>((resolve) => this.at(this.now + milliseconds, resolve));
    this.#busy += 1;
  }

  /** Counts as under way until it ends, but while it sleeps. */
  async work<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** All that can go on without the clock has gone on. */
  async quiet(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#busy > 0);
  }

  next(): number | undefined {
    return this.#first()?.at;
  }

  /** Keeps the first appointment, if it is for no later than this. */
  keep(until: number): boolean {
    const first = this.#first();
    if (first === undefined || first.at > until) return false;
    this.#appointments.splice(this.#appointments.indexOf(first), 1);
    this.now = Math.max(this.now, first.at);
    first.keep();
    return true;
  }

  #first(): Appointment | undefined {
    return this.#appointments.reduce<Appointment | undefined>(
      (first, each) =>
        first === undefined || each.at < first.at || (each.at === first.at && each.order < first.order) ? each : first,
      undefined,
    );
  }
}
