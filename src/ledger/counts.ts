/**
 * Counts a ledger's events and effects. A count rides along in the next transaction that writes anyway, so that none costs a
 * commit of its own; and the installation is told the sums rarely where nothing else takes them along.
 */
import * as z from 'zod';
import { Count, type Counted } from '../../schemas/tally.ts';
import { type Instant, later } from '../words/instant.ts';

const TOLD_EVERY = 60_000;

export class Counts {
  readonly #sql: SqlStorage;
  /** Of what committed nothing, duplicates above all: by what they are, how many. */
  readonly #unwritten = new Map<string, Count>();
  /** A fresh instance does not know what an earlier one has told. */
  #isUntold = true;
  #toldAt: Instant | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Written with the next commit. */
  note(counted: Counted): void {
    const key = `${counted.subject} ${counted.kind} ${counted.outcome}`;
    const number = this.#unwritten.get(key)?.number ?? 0;
    this.#unwritten.set(key, { ...counted, number: number + 1 });
    this.#isUntold = true;
  }

  /** In a transaction, or a turn, that writes anyway. */
  write(): void {
    for (const { subject, kind, outcome, number } of this.#unwritten.values()) {
      this.#sql.exec(
        `INSERT INTO counts (subject, kind, outcome, number) VALUES (?, ?, ?, ?)
         ON CONFLICT (subject, kind, outcome) DO UPDATE SET number = number + excluded.number`,
        subject,
        kind,
        outcome,
        number,
      );
    }
    this.#unwritten.clear();
  }

  sums(): Count[] {
    return z.array(Count).parse(this.#sql.exec('SELECT subject, kind, outcome, number FROM counts').toArray());
  }

  /** When what the installation does not know yet is to be told; undefined where it knows all. */
  tellAt(now: Instant): Instant | undefined {
    if (!this.#isUntold) return undefined;
    return this.#toldAt === undefined ? now : later(this.#toldAt, TOLD_EVERY);
  }

  told(now: Instant): void {
    this.#isUntold = false;
    this.#toldAt = now;
  }

  /** What was told did not arrive, or there is more to tell than sums. */
  untold(): void {
    this.#isUntold = true;
  }
}
