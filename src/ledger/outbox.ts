/**
 * The effects that a ledger still owes. A lane owes at most one effect that has not begun, which a newer one replaces;
 * one that has begun is seen to its end first, since GitHub may have acted on it.
 */
import type { Reason, WriteClass } from '../../schemas/effect.ts';
import { COSTS, Effect, type Owed } from '../../schemas/effect.ts';
import type { OutboxView } from '../../schemas/ledger.ts';
import { UNANSWERED } from '../../schemas/outcome.ts';
import type { Tally } from '../../schemas/tally.ts';
import { Instant, later } from '../words/instant.ts';
import { effectIn, NOT_UNDERSTOOD, type OutboxRow, type Row, reasonIn, rowWith } from './outbox-row.ts';

/** Longer than a call lasts and than GitHub's lists lag behind: a fresh instance that finds it begun looks no sooner. */
const FLIGHT = 20_000;
/** GitHub may still be at work on what has timed out: what comes after it must not be overtaken by it. */
const UNCERTAIN = 10_000;

/** As long as finished rollouts are. */
const REMEMBERED = 90 * 24 * 3_600_000;

/** Of its lane: each goes in order. */
const FIRST =
  'NOT EXISTS (SELECT 1 FROM effects AS first WHERE first.lane = mine.lane AND first.dead = 0 AND first.id < mine.id)';

/** Held back is what needs leave, from a class on. */
const UNHELD = "(class < ? OR effect ->> 'kind' IN (SELECT value FROM json_each(?)))";
const NOTHING_HELD = 4;
/** What does not go to GitHub: no pause and no budget of an installation is any of its business. */
const FREE: readonly string[] = Object.entries(COSTS).flatMap(([kind, cost]) => (cost === 'none' ? [kind] : []));

type Postponed = { readonly certain: boolean; readonly named: boolean; readonly reason: Reason };

export class Outbox {
  readonly #sql: SqlStorage;
  /** Calls under way in this very instance; a row that is begun and not here was begun by one that is gone. */
  readonly #flying = new Set<number>();
  #newest: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The most urgent class of what came in since `ready` was asked; below all of them is what needs nobody's leave. */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** From now on the lane owes this, and nothing else that has not begun. */
  owe({ lane, class: urgency, effect, done, notBefore }: Owed, now: Instant): void {
    const rows = this.#rows('SELECT * FROM effects WHERE lane = ? ORDER BY id', lane);
    const text = effect === undefined ? undefined : JSON.stringify(Effect.parse(effect));
    const isSame = (row: OutboxRow) => JSON.stringify(row.effect) === text;
    const same = rows.find((row) => !row.dead && isSame(row));
    const replaced = rows.filter((row) => !row.dead && row !== same && this.#isReplaceable(row));
    for (const row of replaced) this.#delete(row.id);
    if (effect === undefined || text === undefined) return;
    const begun = replaced.filter((row) => row.begun);
    if (same !== undefined) {
      // It goes first now, and what it waited behind may be done yet.
      const dueAt = Math.max(same.dueAt, settledBy(begun, now));
      if (begun.length > 0) this.#sql.exec('UPDATE effects SET begun = 1, due_at = ? WHERE id = ?', dueAt, same.id);
      this.#sql.exec('UPDATE effects SET class = ? WHERE id = ?', urgency, same.id);
      this.#heard(same.effect, urgency);
      return;
    }
    // An attempt that may have been done, or may be done yet, has put something else in the place of what is wanted: one
    // that was given up as well, since after a day of timeouts nobody knows.
    const uncertain = begun.length > 0 || rows.some((row) => row.dead && row.begun);
    const contested = uncertain || rows.some((row) => this.#flying.has(row.id));
    if (done === true && !contested) return;
    // The same call would die the same death: it waits for a person. Another one may be what mends it.
    if (rows.some((row) => row.dead && isSame(row))) return;
    this.#sql.exec('DELETE FROM effects WHERE lane = ? AND dead = 1', lane);
    const insert = 'INSERT INTO effects (lane, class, effect, begun, owed_at, due_at) VALUES (?, ?, ?, ?, ?, ?)';
    const looks = uncertain || done === true ? 1 : 0;
    const dueAt = settledBy(begun, now);
    this.#sql.exec(insert, lane, urgency, text, looks, now, Math.max(dueAt, notBefore ?? dueAt));
    this.#heard(effect, urgency);
  }

  #heard({ kind }: Effect, urgency: WriteClass): void {
    const heard = FREE.includes(kind) ? -1 : urgency;
    this.#newest = Math.min(this.#newest ?? heard, heard);
  }

  /**
   * What can be done now, one a lane, the most urgent and then the oldest first. `held`: of this class and of less urgent
   * ones only what needs nobody's leave.
   */
  ready(now: Instant, most: number, held?: WriteClass): readonly OutboxRow[] {
    this.#newest = undefined;
    const query = `SELECT * FROM effects AS mine WHERE dead = 0 AND due_at <= ? AND ${UNHELD} AND ${FIRST} ORDER BY class, id LIMIT ?`;
    return this.#rows(query, now, held ?? NOTHING_HELD, JSON.stringify(FREE), most + this.#flying.size)
      .filter((row) => !this.#flying.has(row.id))
      .slice(0, most);
  }

  /** The row as it is now; undefined where it was replaced in the meantime. */
  find(id: number): OutboxRow | undefined {
    return this.#rows('SELECT * FROM effects WHERE id = ? AND dead = 0', id)[0];
  }

  /** Before its first byte leaves. */
  begin(id: number, now: Instant): void {
    const update =
      'UPDATE effects SET begun = 1, attempts = attempts + 1, tried_at = coalesce(tried_at, ?), due_at = ? WHERE id = ?';
    this.#sql.exec(update, now, later(now, FLIGHT), id);
    this.#flying.add(id);
  }

  /**
   * Nothing is under way any more. A row whose end could not be written is as one that a fresh instance finds begun: were
   * it taken for under way for ever, nobody would try it again, and its alarm would ring without end.
   */
  landed(): void {
    this.#flying.clear();
  }

  done(id: number): void {
    this.#flying.delete(id);
    this.#delete(id);
  }

  /** Why it has to wait its turn, for an operator. */
  note(id: number, reason: Reason): void {
    this.#sql.exec('UPDATE effects SET reason = ?1 WHERE id = ?2 AND reason IS NOT ?1', JSON.stringify(reason), id);
  }

  /** It was not begun, and is not to be before then. */
  delay(id: number, until: Instant): void {
    this.#sql.exec('UPDATE effects SET due_at = ? WHERE id = ?', until, id);
  }

  /** `certain`: GitHub did not act, so the next attempt need not look first. `named`: GitHub said until when to wait. */
  postpone(id: number, until: Instant, { certain, named, reason }: Postponed): void {
    this.#flying.delete(id);
    if (this.#isOvertaken(id, certain ? undefined : until)) return;
    const update = 'UPDATE effects SET due_at = ?, begun = ?, reason = ? WHERE id = ?';
    this.#sql.exec(update, until, certain ? 0 : 1, JSON.stringify(named ? { ...reason, named } : reason), id);
  }

  /**
   * GitHub answers again, or may: what was not answered is tried soon, whatever its own backoff, but not before an earlier
   * attempt has surely ended. With `most`, only so many, the most urgent first.
   */
  hasten(now: Instant, most: number): void {
    this.#sql.exec(
      `UPDATE effects SET due_at = ?1 WHERE due_at > ?1 AND id IN
       (SELECT id FROM effects AS mine WHERE dead = 0 AND ${FIRST} AND reason ->> 'named' IS NULL
        AND reason ->> 'code' IN (SELECT value FROM json_each(?2)) ORDER BY class, id LIMIT ?3)`,
      later(now, UNCERTAIN),
      JSON.stringify(UNANSWERED),
      most,
    );
  }

  /** What keeps it from being done may be mended. */
  resume(codes: readonly string[], now: Instant): void {
    this.#sql.exec(
      `UPDATE effects SET due_at = ?1 WHERE due_at > ?1 AND dead = 0
       AND reason ->> 'code' IN (SELECT value FROM json_each(?2))`,
      now,
      JSON.stringify(codes),
    );
  }

  /** Given up, with its reason, until a person asks for it again. */
  bury(id: number, reason: Reason): void {
    this.#flying.delete(id);
    if (this.#isOvertaken(id, undefined)) return;
    this.#sql.exec('UPDATE effects SET dead = 1, reason = ? WHERE id = ?', JSON.stringify(reason), id);
  }

  /** Takes a dead letter out, and tells its lane; `begun`: its call may have been done. */
  exhume(id: number): { readonly lane: string; readonly begun: boolean } | undefined {
    const query = 'SELECT * FROM effects WHERE id = ? AND dead = 1';
    const [dead] = this.#sql.exec<Row>(query, id).toArray();
    if (dead === undefined) return undefined;
    this.#delete(id);
    return { lane: dead.lane, begun: dead.begun === 1 };
  }

  /** What the lane owes is looked for on GitHub before it is done. */
  lookFirst(lane: string): void {
    this.#sql.exec('UPDATE effects SET begun = 1 WHERE lane = ? AND dead = 0', lane);
  }

  owes(lane: string): boolean {
    return this.#rows('SELECT * FROM effects WHERE lane = ? AND dead = 0', lane).length > 0;
  }

  /** What waits behind another of its lane is not due before that one: an alarm for it would ring for nothing, and again. */
  nextDue(held?: WriteClass): number | undefined {
    const query = `SELECT due_at FROM effects AS mine WHERE dead = 0 AND ${UNHELD} AND ${FIRST} ORDER BY due_at LIMIT 1`;
    const bindings = [held ?? NOTHING_HELD, JSON.stringify(FREE)];
    return this.#sql.exec<{ due_at: number }>(query, ...bindings).toArray()[0]?.due_at;
  }

  /** Effects are owed in the order of their ids. */
  standing(): Pick<Tally, 'oldestOwedAt' | 'dead'> {
    const oldest = 'SELECT owed_at FROM effects WHERE dead = 0 ORDER BY id LIMIT 1';
    const dead = 'SELECT count(*) AS number FROM effects WHERE dead = 1';
    return {
      oldestOwedAt: Instant.nullable().parse(this.#sql.exec(oldest).toArray()[0]?.['owed_at'] ?? null),
      dead: this.#sql.exec<{ number: number }>(dead).one().number,
    };
  }

  view(dead: boolean, most: number): readonly OutboxView[] {
    return this.#sql
      .exec<Row>('SELECT * FROM effects WHERE dead = ? ORDER BY id LIMIT ?', dead ? 1 : 0, most)
      .toArray()
      .map((row) => ({
        id: row.id,
        lane: row.lane,
        effect: effectIn(row) ?? null,
        attempts: row.attempts,
        owedAt: Instant.parse(row.owed_at),
        dueAt: dead ? null : Instant.parse(row.due_at),
        reason: reasonIn(row),
      }));
  }

  /** A deployment that may have been created must be looked for; of statuses only the newest matters. */
  #isReplaceable(row: OutboxRow): boolean {
    return !this.#flying.has(row.id) && !(row.begun && row.effect.kind === 'create-deployment');
  }

  /** A newer effect of its lane takes its place, and looks first where this one may have been done. */
  #isOvertaken(id: number, uncertainUntil: Instant | undefined): boolean {
    const [row] = this.#rows('SELECT * FROM effects WHERE id = ?', id);
    if (row === undefined || row.effect.kind === 'create-deployment') return false;
    const [newer] = this.#rows('SELECT * FROM effects WHERE lane = ? AND dead = 0 AND id > ?', row.lane, id);
    if (newer === undefined) return false;
    if (uncertainUntil !== undefined) {
      this.#sql.exec('UPDATE effects SET begun = 1, due_at = max(due_at, ?) WHERE id = ?', uncertainUntil, newer.id);
    }
    this.#delete(id);
    return true;
  }

  /** What nobody has asked for again in so long is no longer anybody's. */
  forget(now: Instant): void {
    this.#sql.exec('DELETE FROM effects WHERE dead = 1 AND due_at < ?', later(now, -REMEMBERED));
  }

  #delete(id: number): void {
    this.#sql.exec('DELETE FROM effects WHERE id = ?', id);
  }

  /** Without what is not understood here: were it to throw, one row would hold up the whole repository. */
  #rows(query: string, ...bindings: SqlStorageValue[]): readonly OutboxRow[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .flatMap((row) => {
        const effect = effectIn(row);
        if (effect !== undefined) return [rowWith(effect, row)];
        this.#sql.exec('UPDATE effects SET dead = 1, reason = ? WHERE id = ? AND dead = 0', NOT_UNDERSTOOD, row.id);
        return [];
      });
  }
}

/** When nothing will come any more of what may still be under way: in an instance that is gone, a call may just have begun. */
function settledBy(begun: readonly OutboxRow[], now: Instant): Instant {
  const ends = begun.map(({ dueAt }) => Math.min(Math.max(dueAt, later(now, UNCERTAIN)), later(now, FLIGHT)));
  return Instant.parse(Math.max(now, ...ends));
}
