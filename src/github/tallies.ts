/** What the ledgers of an installation last told of themselves, and all of it together. */
import { type Count, Tally } from '../../schemas/tally.ts';
import { earliest, type Instant } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';

export class Tallies {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** A ledger tells whole sums, so what it told before, or was lost on its way, does not matter. */
  remember(ledger: Repository, tally: Tally): void {
    this.#sql.exec(
      'INSERT INTO tally (ledger, body) VALUES (?, ?) ON CONFLICT (ledger) DO UPDATE SET body = excluded.body',
      ledger,
      JSON.stringify(tally),
    );
  }

  together(): Tally {
    const counts = new Map<string, Count>();
    let oldest: Instant | undefined;
    let dead = 0;
    for (const { body } of this.#sql.exec<{ body: string }>('SELECT body FROM tally')) {
      const tally = Tally.parse(JSON.parse(body));
      oldest = earliest(oldest, tally.oldestOwedAt ?? undefined);
      dead += tally.dead;
      for (const count of tally.counts) {
        const key = `${count.subject} ${count.kind} ${count.outcome}`;
        counts.set(key, { ...count, number: count.number + (counts.get(key)?.number ?? 0) });
      }
    }
    return { counts: [...counts.values()], oldestOwedAt: oldest ?? null, dead };
  }
}
