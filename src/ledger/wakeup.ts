/** The one alarm of a ledger: armed for the earliest of what is due. */
import { earliest, type Instant } from '../words/instant.ts';

export class Wakeup {
  readonly #storage: DurableObjectStorage;
  readonly #nextDue: () => Instant | undefined;
  /** Undefined in a fresh instance, which does not know what an earlier one has armed. */
  #armedAt: Instant | undefined;

  constructor(storage: DurableObjectStorage, nextDue: () => Instant | undefined) {
    this.#storage = storage;
    this.#nextDue = nextDue;
  }

  /** Never makes an alarm later: one that rings too early finds nothing to do, and arms the right one. */
  atLatest(at: Instant | undefined): void {
    if (at === undefined || (this.#armedAt !== undefined && this.#armedAt <= at)) return;
    this.exactly(this.#armedAt === undefined ? earliest(at, this.#nextDue()) : at);
  }

  exactly(at: Instant | undefined): void {
    this.#armedAt = at;
    // Not awaited: the write is part of the turn's commit, and the answer waits for it anyway.
    void (at === undefined ? this.#storage.deleteAlarm() : this.#storage.setAlarm(at));
  }
}
