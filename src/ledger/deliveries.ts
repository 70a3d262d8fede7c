/** Remembers which events were committed, so that each is applied once. */
import { type Instant, later } from '../words/instant.ts';

/** GitHub redelivers for 3 days (7 on Enterprise Server); Argo CD repeats within minutes. */
const REMEMBERED = 7 * 24 * 3_600_000;

export class Deliveries {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  has(id: string): boolean {
    return this.#sql.exec('SELECT 1 FROM deliveries WHERE id = ?', id).toArray().length > 0;
  }

  commit(id: string, now: Instant): void {
    this.#sql.exec('INSERT INTO deliveries (id, at) VALUES (?, ?)', id, now);
  }

  forget(now: Instant): void {
    this.#sql.exec('DELETE FROM deliveries WHERE at < ?', later(now, -REMEMBERED));
  }
}
