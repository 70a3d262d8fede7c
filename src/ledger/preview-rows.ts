/** The rows of pull requests: those that an event concerns, and those that stand in their way. */
import type { PreviewCount } from '../../schemas/ledger.ts';
import type { Preview } from '../../schemas/preview.ts';
import { type Instant, later } from '../words/instant.ts';
import { PREVIEWS } from './bodies.ts';

/** GitHub redelivers for 3 days, 7 on Enterprise Server: an old delivery must not be taken for news. */
const REMEMBERED = 7 * 24 * 3_600_000;
/** What has a comment is found by it again. */
const REMEMBERED_WITH_COMMENT = 90 * 24 * 3_600_000;

/** From the open rollouts, which are few, to their slots. */
const SHOWN = `SELECT DISTINCT slots.pr FROM rollouts INDEXED BY rollouts_open CROSS JOIN slots ON slots.key = rollouts.slot
  WHERE rollouts.ended IS NULL AND slots.pr IS NOT NULL`;

export class PreviewRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** With the live ones of their slugs, and all that hold a refresh up or ask for one. */
  around(numbers: readonly number[]): ReadonlyMap<number, Preview> {
    if (numbers.length === 0) return new Map();
    const list = JSON.stringify(numbers);
    return this.#read(
      `SELECT body FROM previews WHERE number IN (SELECT value FROM json_each(?1))
       UNION SELECT body FROM previews WHERE untrusted = 1
       UNION SELECT namesake.body FROM previews AS own JOIN previews AS namesake INDEXED BY previews_live
         ON namesake.slug = own.slug AND namesake.live = 1 WHERE own.number IN (SELECT value FROM json_each(?1))`,
      list,
    );
  }

  /** The live ones that have this slug already. */
  named(slug: string): ReadonlyMap<number, Preview> {
    return this.#read('SELECT body FROM previews INDEXED BY previews_live WHERE live = 1 AND slug = ?', slug);
  }

  /** What a sweep has found. */
  doomed(): ReadonlyMap<number, Preview> {
    return this.#read('SELECT body FROM previews INDEXED BY previews_doomed WHERE doomed = 1');
  }

  /** All that hold a refresh up, or ask for one. */
  untrusted(): ReadonlyMap<number, Preview> {
    return this.#read('SELECT body FROM previews INDEXED BY previews_untrusted WHERE untrusted = 1');
  }

  write(before: ReadonlyMap<number, Preview>, after: ReadonlyMap<number, Preview>, now: Instant): void {
    for (const [number, preview] of after) {
      if (before.get(number) === preview) continue;
      const { stage, slug, refresh, doomed, dueAt } = preview;
      const isUntrusted = stage.kind === 'asking' || stage.kind === 'refusing' || refresh;
      this.#sql.exec(
        `INSERT OR REPLACE INTO previews (number, slug, live, untrusted, doomed, due_at, touched_at, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        number,
        slug,
        stage.kind === 'live' ? 1 : 0,
        isUntrusted ? 1 : 0,
        doomed === null ? 0 : 1,
        dueAt,
        now,
        PREVIEWS.write(preview),
      );
    }
  }

  due(now: Instant, most: number): readonly number[] {
    const query = 'SELECT number FROM previews WHERE due_at <= ? ORDER BY due_at LIMIT ?';
    return this.#sql
      .exec<{ number: number }>(query, now, most)
      .toArray()
      .map((row) => row.number);
  }

  nextDue(): number | undefined {
    const query = 'SELECT due_at FROM previews WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1';
    return this.#sql.exec<{ due_at: number }>(query).toArray()[0]?.due_at;
  }

  /** It could not be looked at: once more, later. */
  defer(number: number, until: Instant): void {
    this.#sql.exec('UPDATE previews SET due_at = ? WHERE number = ?', until, number);
  }

  /** Of the pull requests that something is shown of, or believed to be there. `stale`: whether what is stale goes. */
  count(stale: boolean): PreviewCount {
    const [row] = this.#sql
      .exec<PreviewCount>(
        `SELECT
           (SELECT count(*) FROM (SELECT number FROM previews WHERE live = 1 UNION ${SHOWN})) AS live,
           (SELECT count(*) FROM previews WHERE doomed = 1 AND (?1 OR body ->> '$.doomed.kind' <> 'stale')) AS doomed`,
        stale ? 1 : 0,
      )
      .toArray();
    return row ?? { live: 0, doomed: 0 };
  }

  live(): readonly number[] {
    const query = 'SELECT number FROM previews INDEXED BY previews_live WHERE live = 1';
    return this.#sql
      .exec<{ number: number }>(query)
      .toArray()
      .map((row) => row.number);
  }

  /** Pull requests that something is shown of, whether GitHub has told of them or not. */
  shown(): readonly number[] {
    return this.#sql
      .exec<{ pr: number }>(SHOWN)
      .toArray()
      .map(({ pr }) => pr);
  }

  /** For an operator: the live ones first, and then what was last. Open ones as well that have none any more, and why. */
  newest(most: number): readonly Preview[] {
    const query = `SELECT body FROM previews WHERE live = 1 OR untrusted = 1 OR doomed = 1
      OR (body ->> '$.pull.open' AND (body ->> '$.stage.kind' = 'refused' OR body ->> '$.stage.why' = 'stale'))
      ORDER BY live DESC, number DESC LIMIT ?`;
    return [...this.#read(query, most).values()];
  }

  forget(now: Instant): void {
    const over = 'DELETE FROM previews WHERE live = 0 AND untrusted = 0 AND doomed = 0 AND touched_at < ?';
    this.#sql.exec(`${over} AND json_extract(body, '$.comment.wanted') IS NULL`, later(now, -REMEMBERED));
    this.#sql.exec(over, later(now, -REMEMBERED_WITH_COMMENT));
  }

  #read(query: string, ...bindings: SqlStorageValue[]): ReadonlyMap<number, Preview> {
    const previews = this.#sql
      .exec<{ body: string }>(query, ...bindings)
      .toArray()
      .map(({ body }) => PREVIEWS.read(body));
    return new Map(previews.map((preview) => [preview.number, preview]));
  }
}
