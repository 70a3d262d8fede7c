/** A refresher's rows of the repositories where a fork's label has to come off before Argo CD may be asked to look. */
import * as z from 'zod';
import type { Reason } from '../../schemas/effect.ts';
import { Instant, later } from '../words/instant.ts';
import { Repository } from '../words/repository.ts';
import { HOUR } from './gather.ts';

/** A sweep renews it each hour, or some minutes later where there are many ledgers; one whose release got lost just ends. */
const LASTS = 2 * HOUR;
/** A label comes off within seconds, if GitHub lets it. */
const TOO_LONG = HOUR;

/** Without names: `/healthz` shows it to everybody. */
export const LABEL_STAYS: Reason = {
  code: 'held',
  message:
    "For an hour a fork's label could not be taken off, so its repository is not refreshed: take it off by hand, or replay the dead letter of its label. GET /api/repositories names the repository by heldSince",
};

const Hold = z
  .object({ repository: Repository, since: Instant, until: Instant })
  .transform(({ repository, since }) => ({ repository, since }));
type Hold = z.infer<typeof Hold>;

export class Holds {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Anew, or for longer. */
  place(repository: Repository, now: Instant): void {
    this.#sql.exec(
      `INSERT INTO hold (repository, since, until) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
         since = CASE WHEN until > excluded.since THEN since ELSE excluded.since END, until = excluded.until`,
      repository,
      now,
      later(now, LASTS),
    );
  }

  lift(repository: Repository): void {
    this.#sql.exec('DELETE FROM hold WHERE repository = ?', repository);
  }

  /** The oldest first. */
  standing(now: Instant): readonly Hold[] {
    return this.#sql
      .exec('SELECT * FROM hold WHERE until > ? ORDER BY since, repository', now)
      .toArray()
      .map((row) => Hold.parse(row));
  }

  /** Why nobody may be content with it; null: nothing is held, or not for long. */
  trouble(now: Instant): Reason | null {
    return this.standing(now).some(({ since }) => since <= later(now, -TOO_LONG)) ? LABEL_STAYS : null;
  }

  forget(now: Instant): void {
    this.#sql.exec('DELETE FROM hold WHERE until <= ?', now);
  }
}
