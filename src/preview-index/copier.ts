/** Copies to KV what has changed, until KV has taken it. */
import type { NamedPreviews } from '../../schemas/preview-entry.ts';
import { classOf, log } from '../log.ts';
import { type Instant, later } from '../words/instant.ts';
import { within } from '../words/within.ts';
import type { IndexRows, Key } from './index-rows.ts';

/** An invocation has six connections to the outside. */
const MOST_AT_ONCE = 6;
/** After so many rounds the alarm goes on. */
const ROUNDS = 100;
const TIMEOUT = 10_000;
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 600_000;

/** As much of a KV namespace as is needed. */
export type Kv = {
  readonly put: (key: string, value: string) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
};

type Around = {
  readonly rows: IndexRows;
  /** Undefined: none is bound. */
  readonly kv: () => Kv | undefined;
  readonly named: (name: string) => NamedPreviews;
  readonly now: () => Instant;
  /** From 0 up to 1: spreads those that failed together. */
  readonly random: () => number;
};

export class Copier {
  readonly #around: Around;
  #running: Promise<void> | undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** One run at a time: two writes of one key could overtake each other. */
  run(): Promise<void> {
    this.#running ??= this.#writeDue().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #writeDue(): Promise<void> {
    const { rows, now } = this.#around;
    const [kv, { zone }] = [this.#around.kv(), rows.about];
    if (kv === undefined || zone === undefined) return;
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = rows.due(now(), MOST_AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((key) => this.#write(key, zone, kv)));
    }
  }

  async #write(key: Key, zone: string, kv: Kv): Promise<void> {
    const { rows, named, now, random } = this.#around;
    const host = `${key.name}.${zone}`;
    const previews = named(key.name);
    try {
      // What hangs is written once more: it is the same then, or newer.
      await within(TIMEOUT, previews.length === 0 ? kv.delete(host) : kv.put(host, JSON.stringify(previews)));
      rows.written(key, now());
    } catch (error) {
      const delay = Math.min(FIRST_RETRY * 2 ** key.attempts, LONGEST_RETRY) * (1 + random() / 4);
      rows.unwritten(key, later(now(), Math.round(delay)));
      log('the name of a preview was not written', { zone, attempts: key.attempts + 1, error: classOf(error) });
    }
  }
}
