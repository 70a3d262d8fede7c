/** The rows of promotions: a target each, and the desk that they have in common. */
import { Desk, EMPTY_DESK, Promotion } from '../../schemas/promotion.ts';
import { type Instant, later } from '../words/instant.ts';
import { Bodies } from './bodies.ts';

/** As long as what is known of images. What a person has held is held for longer than that. */
const REMEMBERED = 90 * 24 * 3_600_000;

const PROMOTIONS = new Bodies<Promotion>(Promotion);
const DESKS = new Bodies<Desk>(Desk);

type Promotions = ReadonlyMap<string, Promotion>;

export class PromotionRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  desk(): Desk {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM desk').toArray();
    return row === undefined ? EMPTY_DESK : DESKS.read(row.body);
  }

  all(): Promotions {
    return this.#read('SELECT body FROM promotions ORDER BY key');
  }

  /** Those whose pull request this may be. */
  ofPull(number: number, branch: string): Promotions {
    return this.#read('SELECT body FROM promotions WHERE number = ? OR branch = ? ORDER BY key', number, branch);
  }

  at(head: string): Promotions {
    return this.#read('SELECT body FROM promotions WHERE head = ? ORDER BY key', head);
  }

  write(before: Promotions, after: Promotions, now: Instant): void {
    for (const [key, promotion] of after) {
      if (before.get(key) === promotion) continue;
      const { branch, pull, dueAt, hold } = promotion;
      this.#sql.exec(
        `INSERT OR REPLACE INTO promotions (key, branch, number, head, held, due_at, touched_at, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        key,
        branch,
        pull?.number ?? null,
        pull?.head ?? null,
        hold === null ? 0 : 1,
        dueAt,
        now,
        PROMOTIONS.write(promotion),
      );
    }
  }

  writeDesk(before: Desk, after: Desk): void {
    if (before === after) return;
    this.#sql.exec('INSERT OR REPLACE INTO desk (one, body) VALUES (1, ?)', DESKS.write(after));
  }

  due(now: Instant, most: number): readonly string[] {
    const query = 'SELECT key FROM promotions WHERE due_at <= ? ORDER BY due_at LIMIT ?';
    return this.#sql
      .exec<{ key: string }>(query, now, most)
      .toArray()
      .map(({ key }) => key);
  }

  nextDue(): number | undefined {
    const query = 'SELECT due_at FROM promotions WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1';
    return this.#sql.exec<{ due_at: number }>(query).toArray()[0]?.due_at;
  }

  /** It could not be looked at: once more, later. */
  defer(key: string, until: Instant): void {
    this.#sql.exec('UPDATE promotions SET due_at = ? WHERE key = ?', until, key);
  }

  /** For an operator: open pull requests first, and then what was last. */
  newest(most: number): readonly Promotion[] {
    const query = 'SELECT body FROM promotions ORDER BY number IS NULL, touched_at DESC LIMIT ?';
    return [...this.#read(query, most).values()];
  }

  forget(now: Instant): void {
    this.#sql.exec(
      'DELETE FROM promotions WHERE number IS NULL AND held = 0 AND touched_at < ?',
      later(now, -REMEMBERED),
    );
  }

  #read(query: string, ...bindings: SqlStorageValue[]): Promotions {
    const promotions = this.#sql
      .exec<{ body: string }>(query, ...bindings)
      .toArray()
      .map(({ body }) => PROMOTIONS.read(body));
    return new Map(promotions.map((promotion) => [promotion.key, promotion]));
  }
}
