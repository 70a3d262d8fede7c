/** What an index remembers of itself: its zone, and since when it has been kept. */
import * as z from 'zod';
import { Instant } from '../words/instant.ts';
import { isUnattended, type Kept } from './certain.ts';

export class About {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get zone(): string | undefined {
    return this.#read('zone');
  }

  nameZone(zone: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO meta (key, value) VALUES ('zone', ?)", zone);
  }

  /** Undefined: nobody has woken it yet, nor told it anything. */
  get kept(): Kept | undefined {
    const [since, wokenAt] = [this.#read('kept_since'), this.#read('woken_at')];
    if (since === undefined || wokenAt === undefined) return undefined;
    return { since: Instant.parse(Number(since)), wokenAt: Instant.parse(Number(wokenAt)) };
  }

  woken(now: Instant): void {
    this.begin(now);
    this.#note('woken_at', now);
  }

  /** What it knew before it was left alone no longer counts. */
  begin(now: Instant): void {
    const { kept } = this;
    if (kept !== undefined && !isUnattended(kept, now)) return;
    this.#note('kept_since', now);
    this.#note('woken_at', now);
  }

  #read(key: string): string | undefined {
    const [row] = this.#sql.exec('SELECT value FROM meta WHERE key = ?', key).toArray();
    return row === undefined ? undefined : z.string().parse(row['value']);
  }

  #note(key: string, now: Instant): void {
    this.#sql.exec('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, String(now));
  }
}
