/** The rows of an index of previews: its entries by name, and which names' values in KV are not what they ought to be. */
import * as z from 'zod';
import { PreviewEntry } from '../../schemas/preview-entry.ts';
import { applyMigrations } from '../github/migrations.ts';
import { Instant, later } from '../words/instant.ts';
import { About } from './about.ts';
import type { Heard } from './certain.ts';

/** One entry a version, never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE entry (
     repository TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, gone INTEGER NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (repository, number)) WITHOUT ROWID;
   CREATE INDEX entry_gone ON entry (at) WHERE gone = 1;
   CREATE TABLE name (
     name TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL,
     PRIMARY KEY (name, repository, number)) WITHOUT ROWID;
   CREATE INDEX name_entry ON name (repository, number);
   CREATE TABLE key (
     name TEXT PRIMARY KEY, due_at INTEGER, changes INTEGER NOT NULL, attempts INTEGER NOT NULL,
     written_at INTEGER) WITHOUT ROWID;
   CREATE INDEX key_due ON key (due_at) WHERE due_at IS NOT NULL;`,
  'ALTER TABLE entry ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;',
];

/** So long somebody who comes by an old link is told where it went. */
const REMEMBERED = 7 * 24 * 3_600_000;
/** KV takes one write of a key in a second. */
const SPACING = 1_000;
/** More of one name than anybody reads. */
const MOST = 20;
/** One that is or may be ready decides, then one that is being built: whatever else there is of its name. */
const ORDER: readonly PreviewEntry['state'][] = ['ready', 'unheard', 'building', 'failed', 'gone'];
/** What is told again is noted this rarely: it is told every hour. */
const NOTED = 24 * 3_600_000;

/** `changes` tells one wish to write it from the next. */
const Key = z.object({ name: z.string(), changes: z.number(), attempts: z.number() });
export type Key = z.infer<typeof Key>;

export class IndexRows {
  readonly about: About;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    this.about = new About(storage.sql);
    storage.transactionSync(() => applyMigrations(this.#sql, MIGRATIONS));
  }

  /** False: it is known, or something later is. In a transaction of the caller's. */
  put(entry: PreviewEntry, now: Instant): boolean {
    const { repository, number, names, state, at } = entry;
    const [had] = this.#sql
      .exec('SELECT at FROM entry WHERE repository = ? AND number = ?', repository, number)
      .toArray();
    const hadAt = had === undefined ? undefined : Instant.parse(had['at']);
    if (hadAt === at) this.#heard(entry, now);
    if (hadAt !== undefined && hadAt >= at) return false;
    const former = this.#namesOf(repository, number);
    this.#sql.exec('DELETE FROM name WHERE repository = ? AND number = ?', repository, number);
    for (const name of names) {
      this.#sql.exec('INSERT INTO name (name, repository, number) VALUES (?, ?, ?)', name, repository, number);
    }
    this.#sql.exec(
      'INSERT OR REPLACE INTO entry (repository, number, at, gone, body, heard_at) VALUES (?, ?, ?, ?, ?, ?)',
      repository,
      number,
      at,
      state === 'gone' ? 1 : 0,
      JSON.stringify(entry),
      now,
    );
    for (const name of new Set([...former, ...names])) this.#changed(name, now);
    return true;
  }

  /** What decides first, and of those the newest. */
  named(name: string): readonly Heard[] {
    return this.#sql
      .exec(
        `SELECT body, heard_at FROM name JOIN entry USING (repository, number) WHERE name = ?
         ORDER BY instr(?, body ->> '$.state'), at DESC, repository, number LIMIT ?`,
        name,
        ORDER.join(),
        MOST,
      )
      .toArray()
      .map((row) => ({
        entry: PreviewEntry.parse(JSON.parse(z.string().parse(row['body']))),
        heardAt: Instant.parse(row['heard_at']),
      }));
  }

  /** What has long been gone. In a transaction of the caller's. */
  forget(now: Instant): void {
    const over = 'SELECT repository, number FROM entry WHERE gone = 1 AND at <= ?';
    for (const { repository, number } of this.#sql.exec<Preview>(over, later(now, -REMEMBERED)).toArray()) {
      const names = this.#namesOf(repository, number);
      this.#sql.exec('DELETE FROM name WHERE repository = ? AND number = ?', repository, number);
      this.#sql.exec('DELETE FROM entry WHERE repository = ? AND number = ?', repository, number);
      for (const name of names) this.#changed(name, now);
    }
  }

  /** The keys that are to be written now. */
  due(now: Instant, most: number): readonly Key[] {
    const query = 'SELECT name, changes, attempts FROM key WHERE due_at <= ? ORDER BY due_at LIMIT ?';
    return this.#sql
      .exec(query, now, most)
      .toArray()
      .map((row) => Key.parse(row));
  }

  /** It may have changed while it was written. */
  written({ name, changes }: Key, now: Instant): void {
    this.#sql.exec(
      `UPDATE key SET attempts = 0, written_at = ?1, due_at = CASE WHEN changes = ?2 THEN NULL ELSE ?3 END WHERE name = ?4`,
      now,
      changes,
      later(now, SPACING),
      name,
    );
    this.#sql.exec(
      'DELETE FROM key WHERE name = ?1 AND due_at IS NULL AND NOT EXISTS (SELECT 1 FROM name WHERE name = ?1)',
      name,
    );
  }

  unwritten({ name }: Key, until: Instant): void {
    this.#sql.exec('UPDATE key SET attempts = attempts + 1, due_at = ? WHERE name = ?', until, name);
  }

  /** How many keys are to be written still, and how often one of them has failed. */
  behind(): { readonly keys: number; readonly attempts: number } {
    const query = 'SELECT count(*) AS keys, coalesce(max(attempts), 0) AS attempts FROM key WHERE due_at IS NOT NULL';
    return this.#sql.exec<{ keys: number; attempts: number }>(query).one();
  }

  nextWrite(): Instant | undefined {
    return this.#instant('SELECT min(due_at) AS at FROM key WHERE due_at IS NOT NULL');
  }

  nextForgotten(): Instant | undefined {
    const oldest = this.#instant('SELECT min(at) AS at FROM entry WHERE gone = 1');
    return oldest === undefined ? undefined : later(oldest, REMEMBERED);
  }

  #heard({ repository, number }: PreviewEntry, now: Instant): void {
    const before = Math.max(later(now, -NOTED), this.about.kept?.since ?? now);
    const update = 'UPDATE entry SET heard_at = ? WHERE repository = ? AND number = ? AND heard_at < ?';
    this.#sql.exec(update, now, repository, number, before);
  }

  #changed(name: string, now: Instant): void {
    this.#sql.exec(
      `INSERT INTO key (name, due_at, changes, attempts) VALUES (?1, ?2, 1, 0) ON CONFLICT DO UPDATE SET
         changes = changes + 1, due_at = max(?2, coalesce(written_at + ?3, ?2))`,
      name,
      now,
      SPACING,
    );
  }

  #namesOf(repository: string, number: number): readonly string[] {
    return this.#sql
      .exec<{ name: string }>('SELECT name FROM name WHERE repository = ? AND number = ?', repository, number)
      .toArray()
      .map(({ name }) => name);
  }

  #instant(query: string): Instant | undefined {
    return Instant.nullable().parse(this.#sql.exec(query).one()['at']) ?? undefined;
  }
}

type Preview = { repository: string; number: number };
