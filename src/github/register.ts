/** An installation's rows: its ledgers, who waits, what is in flight, the budget and the pause. They survive eviction. */
import * as z from 'zod';
import type { Reason } from '../../schemas/effect.ts';
import type { Ask } from '../../schemas/outcome.ts';
import type { Instant } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { applyMigrations } from './migrations.ts';
import { Account, MIGRATIONS, Moment, Named, Registered, Trouble, Waiting } from './register-rows.ts';

export type Pause = { readonly until: Instant; readonly reason: Reason };

export class Register {
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    storage.transactionSync(() => applyMigrations(storage.sql, MIGRATIONS));
  }

  #account(): Account {
    return Account.parse(this.#sql.exec('SELECT * FROM account').one());
  }

  get owner(): string | null {
    return this.#account().owner;
  }

  nameOwner(owner: string): void {
    this.#sql.exec('UPDATE account SET owner = ?1 WHERE owner IS NOT ?1', owner);
  }

  get installation(): number | undefined {
    return this.#account().installation ?? undefined;
  }

  rememberInstallation(id: number): void {
    this.#sql.exec('UPDATE account SET installation = ?', id);
  }

  /** When GitHub last said that the installation does not grant it; undefined: it has not, or that may have changed. */
  get noAdministrationAt(): Instant | undefined {
    return this.#account().no_administration_at ?? undefined;
  }

  noteAdministration(refusedAt: Instant | null): void {
    this.#sql.exec('UPDATE account SET no_administration_at = ?1 WHERE no_administration_at IS NOT ?1', refusedAt);
  }

  get usedUntil(): Instant {
    return this.#account().used_until;
  }

  get contentUsedUntil(): Instant {
    return this.#account().content_used_until;
  }

  useContent(usedUntil: Instant): void {
    this.#sql.exec('UPDATE account SET content_used_until = ?', usedUntil);
  }

  /** The pause that holds now. */
  pauseAt(now: Instant): Pause | undefined {
    const { paused_until: until, pause_code: code, pause_message: message } = this.#account();
    if (until === null || until <= now) return undefined;
    return { until, reason: { code: code ?? '', message: message ?? '' } };
  }

  /** Several calls may be told to wait at once: the longest wait holds. */
  pause({ until, reason }: Pause): void {
    this.#sql.exec(
      'UPDATE account SET paused_until = ?1, pause_code = ?2, pause_message = ?3 WHERE coalesce(paused_until, 0) < ?1',
      until,
      reason.code,
      reason.message,
    );
  }

  /** What a person has to mend before this ledger gets through. */
  trouble(ledger: Repository, { code, message }: Reason, now: Instant): void {
    this.#sql.exec(
      'UPDATE ledger SET trouble_code = ?, trouble_message = ?, trouble_at = ? WHERE name = ?',
      code,
      message,
      now,
      ledger,
    );
  }

  clear(ledger: Repository): void {
    this.#sql.exec('UPDATE ledger SET trouble_code = NULL WHERE name = ? AND trouble_code IS NOT NULL', ledger);
  }

  /** Those that were met since. */
  troubles(since: Instant): readonly Trouble[] {
    const rows = this.#sql.exec(
      `SELECT name, trouble_code, trouble_message FROM ledger
       WHERE trouble_code IS NOT NULL AND trouble_at > ? ORDER BY name`,
      since,
    );
    return z.array(Trouble).parse(rows.toArray());
  }

  /** GitHub gave this ledger no answer; whether it answers anybody is looked for at this time, or at an earlier one. */
  missAnswer(ledger: Repository, probeAt: Instant): void {
    this.#sql.exec('UPDATE ledger SET unanswered = 1 WHERE name = ? AND unanswered IS NOT 1', ledger);
    this.#sql.exec('UPDATE account SET probe_at = ? WHERE probe_at IS NULL', probeAt);
  }

  /** Who has had no answer, and is to try again: so many at most. Where these are all, nobody waits for an answer any more. */
  takeUnanswered(most: number): readonly Repository[] {
    const taken = this.#named(
      `UPDATE ledger SET unanswered = NULL WHERE name IN
       (SELECT name FROM ledger WHERE unanswered IS NOT NULL ORDER BY served_at, name LIMIT ?) RETURNING name`,
      most,
    );
    if (taken.length < most) this.#sql.exec('UPDATE account SET probe_at = NULL');
    return taken;
  }

  /** One of those that have had no answer, the one that was let go longest ago; it tells again if it has none this time. */
  probe(nextAt: Instant): Repository | undefined {
    this.#sql.exec('UPDATE account SET probe_at = ?', nextAt);
    return this.#named(
      `UPDATE ledger SET unanswered = 2 WHERE name =
       (SELECT name FROM ledger WHERE unanswered = 1 ORDER BY served_at, name LIMIT 1) RETURNING name`,
    )[0];
  }

  get probeAt(): Instant | undefined {
    return this.#account().probe_at ?? undefined;
  }

  #named(query: string, ...values: readonly number[]): readonly Repository[] {
    return z
      .array(Named)
      .parse(this.#sql.exec(query, ...values).toArray())
      .map(({ name }) => name);
  }

  /** Writes nothing where nothing changes. */
  registerLedger(ledger: Repository, dueAt: Instant | null): void {
    this.#sql.exec(
      `INSERT INTO ledger (name, due_at) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE due_at IS NOT excluded.due_at`,
      ledger,
      dueAt,
    );
  }

  ledgers(): Registered[] {
    return z
      .array(Registered)
      .parse(this.#sql.exec('SELECT name, due_at, live, doomed FROM ledger ORDER BY name').toArray());
  }

  knows(ledger: Repository): boolean {
    return this.#sql.exec('SELECT 1 FROM ledger WHERE name = ?', ledger).toArray().length > 0;
  }

  overdue(before: Instant, most: number): Registered[] {
    const rows = this.#sql.exec(
      'SELECT name, due_at, live, doomed FROM ledger WHERE due_at < ? ORDER BY due_at LIMIT ?',
      before,
      most,
    );
    return z.array(Registered).parse(rows.toArray());
  }

  servedAt(ledger: Repository): Instant | null {
    const [row] = this.#sql.exec('SELECT served_at AS at FROM ledger WHERE name = ?', ledger).toArray();
    return row === undefined ? null : Moment.parse(row).at;
  }

  /** Those whose turn comes first, in the order of `compareTurns`: so many at most, however many wait. */
  firstWaiting(most: number): Waiting[] {
    const rows = this.#sql.exec(
      `SELECT ledger, class, since, served_at, called_at FROM waiting INDEXED BY waiting_turn
       ORDER BY class, served_at, since, ledger LIMIT ?`,
      most,
    );
    return z.array(Waiting).parse(rows.toArray());
  }

  /** How many ledgers wait. */
  get waiting(): number {
    return z.number().parse(this.#sql.exec('SELECT count(*) AS count FROM waiting').one()['count']);
  }

  /**
   * One entry a ledger, however many of its effects ask: the most urgent and of these the oldest decides, until it is called
   * and asks anew. Class and age are of one effect: were they of two, the ledger would be called for a turn that none of its
   * effects has, and the others with it, without end.
   */
  wait({ ledger, class: writeClass, since }: Ask): void {
    this.#sql.exec(
      `INSERT INTO waiting (ledger, class, since, served_at)
       VALUES (?1, ?2, ?3, (SELECT served_at FROM ledger WHERE name = ?1))
       ON CONFLICT (ledger) DO UPDATE SET class = excluded.class, since = excluded.since, called_at = NULL
       WHERE called_at IS NOT NULL OR (excluded.class, excluded.since) < (class, since)`,
      ledger,
      writeClass,
      since,
    );
  }

  called(ledger: Repository, now: Instant): void {
    this.#sql.exec('UPDATE waiting SET called_at = ? WHERE ledger = ?', now, ledger);
  }

  stopWaiting(ledger: Repository): void {
    this.#sql.exec('DELETE FROM waiting WHERE ledger = ?', ledger);
  }

  inFlight(): number {
    return z.number().parse(this.#sql.exec('SELECT count(*) AS count FROM flight').one()['count']);
  }

  begin(ledger: Repository, usedUntil: Instant, now: Instant): void {
    this.#sql.exec('INSERT INTO flight (ledger, begun_at) VALUES (?, ?)', ledger, now);
    this.#sql.exec('UPDATE account SET used_until = ?', usedUntil);
    this.#sql.exec('UPDATE ledger SET served_at = ? WHERE name = ?', now, ledger);
  }

  land(ledger: Repository): void {
    this.#sql.exec(
      'DELETE FROM flight WHERE id = (SELECT id FROM flight WHERE ledger = ? ORDER BY begun_at LIMIT 1)',
      ledger,
    );
  }

  /** Forgets calls nobody followed, and writes whose end nobody reported. */
  expire(calledBefore: Instant, begunBefore: Instant): void {
    this.#sql.exec('DELETE FROM waiting WHERE called_at <= ?', calledBefore);
    this.#sql.exec('DELETE FROM flight WHERE begun_at <= ?', begunBefore);
  }

  /** When the first of those was called who have not come yet. */
  firstCall(): Instant | null {
    const query = 'SELECT min(called_at) AS at FROM waiting INDEXED BY waiting_called WHERE called_at IS NOT NULL';
    return Moment.parse(this.#sql.exec(query).one()).at;
  }

  /** When the oldest flight began. */
  oldestFlight(): Instant | null {
    return Moment.parse(this.#sql.exec('SELECT min(begun_at) AS at FROM flight').one()).at;
  }
}
