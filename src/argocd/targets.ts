/** A refresher's rows: its targets with when each is due, and the calls of the last hour. */
import * as z from 'zod';
import { applyMigrations } from '../github/migrations.ts';
import { Instant, later } from '../words/instant.ts';
import { Repository } from '../words/repository.ts';
import { HOUR } from './gather.ts';
import { dueAt, recovered, type Target, type TargetName, WHOLE } from './target.ts';

/** One entry a version, never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE target (
     name TEXT PRIMARY KEY, due_at INTEGER, wanted_at INTEGER, calling_at INTEGER, attempts INTEGER NOT NULL,
     not_before INTEGER, refused INTEGER NOT NULL, reason_code TEXT, reason_message TEXT,
     touched_at INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX target_due ON target (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX target_calling ON target (calling_at) WHERE calling_at IS NOT NULL;
   CREATE INDEX target_reason ON target (name) WHERE reason_code IS NOT NULL;
   CREATE TABLE call (id INTEGER PRIMARY KEY, target TEXT NOT NULL, at INTEGER NOT NULL);
   CREATE INDEX call_target ON call (target, at);
   CREATE INDEX call_at ON call (at);`,

  `CREATE TABLE hold (repository TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;`,
];
const REASONS_LAST = 90 * 24 * HOUR;

const Row = z
  .object({
    name: z.union([z.literal(WHOLE), Repository]),
    wanted_at: Instant.nullable(),
    calling_at: Instant.nullable(),
    attempts: z.number(),
    not_before: Instant.nullable(),
    refused: z.number(),
    reason_code: z.string().nullable(),
    reason_message: z.string().nullable(),
    touched_at: Instant,
  })
  .transform(
    (row): Target => ({
      name: row.name,
      wantedAt: row.wanted_at,
      callingAt: row.calling_at,
      attempts: row.attempts,
      notBefore: row.not_before,
      refused: row.refused !== 0,
      reason: row.reason_code === null ? null : { code: row.reason_code, message: row.reason_message ?? '' },
      touchedAt: row.touched_at,
    }),
  );

export class Targets {
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    storage.transactionSync(() => {
      applyMigrations(this.#sql, MIGRATIONS);
      // What an earlier instance of the object had begun.
      for (const target of this.calling()) this.write(recovered(target));
    });
  }

  get instance(): string | undefined {
    const [row] = this.#sql.exec("SELECT value FROM meta WHERE key = 'instance'").toArray();
    return row === undefined ? undefined : z.string().parse(row['value']);
  }

  nameInstance(name: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO meta (key, value) VALUES ('instance', ?)", name);
  }

  find(name: TargetName): Target | undefined {
    return this.#read('WHERE name = ?', name)[0];
  }

  write(target: Target): void {
    const { name, wantedAt, callingAt, attempts, notBefore, refused, reason, touchedAt } = target;
    this.#sql.exec(
      `INSERT OR REPLACE INTO target (name, due_at, wanted_at, calling_at, attempts, not_before, refused, reason_code,
         reason_message, touched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      name,
      dueAt(target, this.#calls(name)),
      wantedAt,
      callingAt,
      attempts,
      notBefore,
      refused ? 1 : 0,
      reason?.code ?? null,
      reason?.message ?? null,
      touchedAt,
    );
  }

  remove(name: TargetName): void {
    this.#sql.exec('DELETE FROM target WHERE name = ?', name);
  }

  noteCall(name: TargetName, now: Instant): void {
    this.#sql.exec('INSERT INTO call (target, at) VALUES (?, ?)', name, now);
  }

  /** `whole`: a call has Argo CD look at every repository, so that one of them that is held holds them all. */
  due(now: Instant, most: number, whole: boolean): readonly Target[] {
    const held = 'SELECT 1 FROM hold WHERE until > ?1 AND (?3 OR repository = target.name)';
    const where = `WHERE due_at <= ?1 AND NOT EXISTS (${held}) ORDER BY due_at LIMIT ?2`;
    return this.#read(where, now, most, whole ? 1 : 0);
  }

  nextDue(whole: boolean): Instant | undefined {
    const held = 'SELECT max(until) FROM hold WHERE ?1 OR repository = target.name';
    const free = `SELECT min(max(due_at, coalesce((${held}), due_at))) AS at FROM target WHERE due_at IS NOT NULL`;
    const row = this.#sql.exec(free, whole ? 1 : 0).one();
    return Instant.nullable().parse(row['at']) ?? undefined;
  }

  calling(): readonly Target[] {
    return this.#read('WHERE calling_at IS NOT NULL');
  }

  /** Those whose last call Argo CD did not take, longest untouched first. */
  troubled(): readonly Target[] {
    return this.#read('WHERE reason_code IS NOT NULL ORDER BY touched_at');
  }

  all(): readonly Target[] {
    return this.#read('ORDER BY name');
  }

  forget(now: Instant): void {
    this.#sql.exec('DELETE FROM call WHERE at <= ?', later(now, -HOUR));
    this.#sql.exec(
      'DELETE FROM target WHERE wanted_at IS NULL AND calling_at IS NULL AND touched_at <= ?',
      later(now, -REASONS_LAST),
    );
  }

  #read(where: string, ...values: readonly (string | number)[]): readonly Target[] {
    return this.#sql
      .exec(`SELECT * FROM target ${where}`, ...values)
      .toArray()
      .map((row) => Row.parse(row));
  }

  #calls(name: TargetName): readonly Instant[] {
    return this.#sql
      .exec('SELECT at FROM call WHERE target = ?', name)
      .toArray()
      .map((row) => Instant.parse(row['at']));
  }
}
