/** Remembers what GitHub has told of the App losing a repository, or a whole account: nothing is sent there until it is undone. */
import * as z from 'zod';
import type { Reason } from '../../schemas/effect.ts';
import { ClosingCode } from '../../schemas/installation.ts';
import { Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { mendOf } from './mends.ts';

/** What was told may be out of date by the time it comes, or its undoing lost: one call so often finds out. */
const CHECKED_EVERY = 10 * 60_000;
const ACCOUNT = '';

const Row = z.object({ name: z.string(), code: ClosingCode, since: Instant, check_at: Instant });

export type Closing = {
  /** Null: the whole account. */
  readonly ledger: string | null;
  readonly code: ClosingCode;
  readonly message: string;
  readonly since: Instant;
  readonly checkAt: Instant;
};

export class Closings {
  readonly #sql: SqlStorage;
  readonly #held: Map<string, Closing>;

  /** Every leave asks, so they are held in memory as well. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const rows = z.array(Row).parse(sql.exec('SELECT * FROM closed').toArray());
    this.#held = new Map(rows.map(({ name, code, since, check_at }) => [name, closing(name, code, since, check_at)]));
  }

  /** Undefined: nothing is closed there. */
  of(ledger: Repository): Closing | undefined {
    return this.#held.get(ledger) ?? this.#held.get(ACCOUNT);
  }

  get all(): readonly Closing[] {
    return [...this.#held.values()];
  }

  /** Whether it is news. */
  close(ledger: Repository | null, code: ClosingCode, now: Instant): boolean {
    const name = ledger ?? ACCOUNT;
    if (this.#held.get(name)?.code === code) return false;
    this.#write(name, closing(name, code, now, later(now, CHECKED_EVERY)));
    return true;
  }

  open(ledger: Repository | null): boolean {
    const name = ledger ?? ACCOUNT;
    if (!this.#held.delete(name)) return false;
    this.#sql.exec('DELETE FROM closed WHERE name = ?', name);
    return true;
  }

  /** What holds this ledger back now; undefined as well for the one that is let through to see whether it still does. */
  holds(ledger: Repository, now: Instant): Closing | undefined {
    const held = this.of(ledger);
    if (held === undefined || held.checkAt > now) return held;
    this.#write(held.ledger ?? ACCOUNT, { ...held, checkAt: later(now, CHECKED_EVERY) });
    return undefined;
  }

  #write(name: string, held: Closing): void {
    this.#held.set(name, held);
    const insert = `INSERT INTO closed (name, code, since, check_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET code = excluded.code, since = excluded.since, check_at = excluded.check_at`;
    this.#sql.exec(insert, name, held.code, held.since, held.checkAt);
  }
}

export function reasonOf({ code, message }: Closing): Reason {
  return { code, message };
}

function closing(name: string, code: ClosingCode, since: Instant, checkAt: Instant): Closing {
  return { ledger: name === ACCOUNT ? null : name, code, message: mendOf(code) ?? code, since, checkAt };
}
