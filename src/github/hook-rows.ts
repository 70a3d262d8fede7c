/** What is remembered of the App's webhook: how far its deliveries were looked through, and which of them are missed. */
import * as z from 'zod';
import { Reason } from '../../schemas/effect.ts';
import { Instant, later } from '../words/instant.ts';
import { applyMigrations } from './migrations.ts';
import type { KnownDeliveries, Missed } from './redelivery.ts';

/** One entry a version, never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE hook (
     one INTEGER PRIMARY KEY CHECK (one = 1), watermark INTEGER, scan_started_at INTEGER, scan_since INTEGER,
     scan_cursor TEXT, trouble TEXT, gap_from INTEGER, gap_to INTEGER);
   INSERT INTO hook (one) VALUES (1);
   CREATE TABLE missed (
     guid TEXT PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL, action TEXT, code INTEGER NOT NULL,
     first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NOT NULL,
     given_up INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX missed_due ON missed (due_at) WHERE given_up = 0;
   CREATE TABLE answered (guid TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;`,
];

/** No attempt is listed for longer. */
const REMEMBERED = 30 * 24 * 3_600_000;

const Row = z
  .object({
    guid: z.string(),
    id: z.string(),
    event: z.string(),
    action: z.string().nullable(),
    code: z.number(),
    first_at: Instant,
    last_at: Instant,
    tries: z.number(),
    due_at: Instant,
    given_up: z.number(),
  })
  .transform(
    ({ first_at: firstAt, last_at: lastAt, due_at: dueAt, given_up, ...rest }): Missed => ({
      ...rest,
      firstAt,
      lastAt,
      dueAt,
      givenUp: given_up === 1,
    }),
  );

const Standing = z.object({
  watermark: Instant.nullable(),
  scan_started_at: Instant.nullable(),
  scan_since: Instant.nullable(),
  scan_cursor: z.string().nullable(),
  trouble: z.string().nullable(),
  gap_from: Instant.nullable(),
  gap_to: Instant.nullable(),
});

/** A look through the list that has begun: `cursor` is the next page's, undefined the first. */
export type Scan = { readonly startedAt: Instant; readonly since: Instant; readonly cursor: string | undefined };

export class HookRows {
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    storage.transactionSync(() => applyMigrations(storage.sql, MIGRATIONS));
  }

  #standing() {
    return Standing.parse(this.#sql.exec('SELECT * FROM hook').one());
  }

  get watermark(): Instant | undefined {
    return this.#standing().watermark ?? undefined;
  }

  get scan(): Scan | undefined {
    const { scan_started_at: startedAt, scan_since: since, scan_cursor } = this.#standing();
    return startedAt === null || since === null ? undefined : { startedAt, since, cursor: scan_cursor ?? undefined };
  }

  get trouble(): Reason | undefined {
    const { trouble } = this.#standing();
    return trouble === null ? undefined : Reason.parse(JSON.parse(trouble));
  }

  /** Between these nobody looked, and what was lost can't be had again. */
  get gap(): { readonly from: Instant; readonly to: Instant } | undefined {
    const { gap_from: from, gap_to: to } = this.#standing();
    return from === null || to === null ? undefined : { from, to };
  }

  rememberScan({ startedAt, since, cursor }: Scan): void {
    const update = 'UPDATE hook SET scan_started_at = ?, scan_since = ?, scan_cursor = ?';
    this.#sql.exec(update, startedAt, since, cursor ?? null);
  }

  /** All pages are read: the next look begins where this one began. */
  finishScan({ startedAt }: Scan): void {
    this.#sql.exec(
      'UPDATE hook SET watermark = ?, scan_started_at = NULL, scan_since = NULL, scan_cursor = NULL',
      startedAt,
    );
  }

  /** Another look begins from the first page: the watermark stays. */
  dropScan(): void {
    this.#sql.exec('UPDATE hook SET scan_started_at = NULL, scan_since = NULL, scan_cursor = NULL');
  }

  note(trouble: Reason | undefined): void {
    this.#sql.exec('UPDATE hook SET trouble = ?', trouble === undefined ? null : JSON.stringify(trouble));
  }

  noteGap(from: Instant, to: Instant): void {
    this.#sql.exec('UPDATE hook SET gap_from = ?, gap_to = ?', from, to);
  }

  known(guids: readonly string[]): KnownDeliveries {
    const named = JSON.stringify(guids);
    const missed = this.#missed('SELECT * FROM missed WHERE guid IN (SELECT value FROM json_each(?))', named);
    const answered = this.#sql.exec('SELECT guid FROM answered WHERE guid IN (SELECT value FROM json_each(?))', named);
    return {
      missed: new Map(missed.map((each) => [each.guid, each])),
      answered: new Set(
        z
          .array(z.object({ guid: z.string() }))
          .parse(answered.toArray())
          .map(({ guid }) => guid),
      ),
    };
  }

  /** Writes what a page has changed. */
  learn(before: KnownDeliveries, after: KnownDeliveries, now: Instant): void {
    for (const guid of before.missed.keys()) if (!after.missed.has(guid)) this.forgetMissed(guid);
    for (const [guid, missed] of after.missed) if (missed !== before.missed.get(guid)) this.write(missed);
    for (const guid of after.answered) {
      if (!before.answered.has(guid)) this.#sql.exec('INSERT INTO answered (guid, at) VALUES (?, ?)', guid, now);
    }
  }

  write({ guid, id, event, action, code, firstAt, lastAt, tries, dueAt, givenUp }: Missed): void {
    const insert = `INSERT INTO missed (guid, id, event, action, code, first_at, last_at, tries, due_at, given_up)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (guid) DO UPDATE SET id = excluded.id, code = excluded.code, first_at = excluded.first_at,
      last_at = excluded.last_at, tries = excluded.tries, due_at = excluded.due_at, given_up = excluded.given_up`;
    this.#sql.exec(insert, guid, id, event, action, code, firstAt, lastAt, tries, dueAt, givenUp ? 1 : 0);
  }

  forgetMissed(guid: string): void {
    this.#sql.exec('DELETE FROM missed WHERE guid = ?', guid);
  }

  /** The oldest first, as they happened. */
  due(now: Instant, most: number): readonly Missed[] {
    const query = 'SELECT * FROM missed WHERE given_up = 0 AND due_at <= ? ORDER BY first_at, guid LIMIT ?';
    return this.#missed(query, now, most);
  }

  count(): { readonly missed: number; readonly givenUp: number } {
    const query = 'SELECT count(*) AS all_of_them, coalesce(sum(given_up), 0) AS given_up FROM missed';
    const row = z.object({ all_of_them: z.number(), given_up: z.number() }).parse(this.#sql.exec(query).one());
    return { missed: row.all_of_them - row.given_up, givenUp: row.given_up };
  }

  givenUp(most: number): readonly Missed[] {
    return this.#missed('SELECT * FROM missed WHERE given_up = 1 ORDER BY first_at DESC, guid LIMIT ?', most);
  }

  /** What was given up and can't be had again, and who was answered so long ago that GitHub no longer lists it. */
  forget(oldestRepeated: Instant, now: Instant): void {
    this.#sql.exec('DELETE FROM missed WHERE given_up = 1 AND last_at < ?', oldestRepeated);
    this.#sql.exec('DELETE FROM answered WHERE at < ?', later(now, -REMEMBERED));
    this.#sql.exec('UPDATE hook SET gap_from = NULL, gap_to = NULL WHERE gap_to < ?', oldestRepeated);
  }

  #missed(query: string, ...values: readonly SqlStorageValue[]): readonly Missed[] {
    return z.array(Row).parse(this.#sql.exec(query, ...values).toArray());
  }
}
