/** Keeps what is known of a repository, and gives a plan what its event touches. */
import type { Config } from '../../schemas/config.ts';
import type { Event } from '../../schemas/event.ts';
import type { Known, KnownApplication, Rollout } from '../../schemas/known.ts';
import { pullRequestIn } from '../deployments/rollout.ts';
import { type Instant, later } from '../words/instant.ts';
import { APPLICATIONS, ROLLOUTS, SLOTS } from './bodies.ts';
import type { Called } from './names.ts';
import { PreviewRows } from './preview-rows.ts';
import { PromotionRows } from './promotion-rows.ts';
import { LIST, list, parsed } from './rows.ts';
import { Touched } from './touched.ts';

/** How long finished rollouts, tombstones and tags are remembered. */
const REMEMBERED = 90 * 24 * 3_600_000;

/** How long a slot without rollouts waits for one. */
const WAITED_FOR = 7 * 24 * 3_600_000;

export class Knowledge {
  readonly previews: PreviewRows;
  readonly promotions: PromotionRows;
  readonly #touched: Touched;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.previews = new PreviewRows(sql);
    this.promotions = new PromotionRows(sql);
    this.#touched = new Touched(sql, this.previews, this.promotions);
  }

  about(event: Event, config: Config, called: Called): Known {
    return this.#touched.by(event, config, called);
  }

  write(before: Known, after: Known, now: Instant): void {
    for (const application of changed(before.applications, after.applications)) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO applications (key, rollout, waiting, troubled, due_at, touched_at, body, pr)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        application.key,
        application.rollout,
        application.unplaced === null ? 0 : 1,
        isTroubled(application) ? 1 : 0,
        application.dueAt,
        now,
        APPLICATIONS.write(application),
        pullRequestIn(application.slot) ?? null,
      );
    }
    for (const rollout of changed(before.rollouts, after.rollouts)) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO rollouts (key, slot, sha, start, ended, touched_at, body)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        rollout.key,
        rollout.slot,
        rollout.sha,
        rollout.start,
        rollout.end,
        now,
        ROLLOUTS.write(rollout),
      );
    }
    for (const slot of changed(before.slots, after.slots)) {
      const body = SLOTS.write(slot);
      const insert = 'INSERT OR REPLACE INTO slots (key, body, pr, touched_at) VALUES (?, ?, ?, ?)';
      this.#sql.exec(insert, slot.key, body, slot.pr, now);
    }
    this.previews.write(before.previews, after.previews, now);
    this.promotions.write(before.promotions, after.promotions, now);
    this.promotions.writeDesk(before.desk, after.desk);
    for (const { image, reference, sha, askedAt } of after.tags.filter((tag) => !before.tags.includes(tag))) {
      // A commit once read stays: a look-up that was under way meanwhile may have asked too early.
      this.#sql.exec(
        `INSERT INTO tags (image, reference, sha, asked_at, touched_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         sha = excluded.sha, asked_at = excluded.asked_at, touched_at = excluded.touched_at WHERE tags.sha IS NULL`,
        image,
        reference,
        sha,
        askedAt,
        now,
      );
    }
  }

  /** Its standing could not be looked at: once more, later. */
  defer(application: string, until: Instant): void {
    this.#sql.exec('UPDATE applications SET due_at = ? WHERE key = ?', until, application);
  }

  /** The applications for which time has come, the most overdue first. */
  due(now: Instant, most: number): readonly string[] {
    return this.#sql
      .exec<{ key: string }>('SELECT key FROM applications WHERE due_at <= ? ORDER BY due_at LIMIT ?', now, most)
      .toArray()
      .map((row) => row.key);
  }

  nextDue(): number | undefined {
    const query = 'SELECT due_at FROM applications WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1';
    return this.#sql.exec<{ due_at: number }>(query).toArray()[0]?.due_at;
  }

  /** For an operator: what stands now, and what stood last. */
  newest(most: number): { readonly rollouts: readonly Rollout[]; readonly applications: readonly KnownApplication[] } {
    const rollouts = parsed(
      this.#sql,
      ROLLOUTS,
      'SELECT body FROM rollouts ORDER BY ended IS NOT NULL, start DESC LIMIT ?',
      most,
    );
    const applications = parsed(
      this.#sql,
      APPLICATIONS,
      `SELECT body FROM applications WHERE troubled = 1 OR rollout IN ${LIST} ORDER BY troubled DESC, key LIMIT ?`,
      list(rollouts.map((rollout) => rollout.key)),
      most,
    );
    return { rollouts, applications };
  }

  forget(now: Instant): void {
    const before = later(now, -REMEMBERED);
    // An application may stay behind in one that has long been superseded.
    const inhabited = 'SELECT rollout FROM applications WHERE rollout IS NOT NULL';
    this.#sql.exec(
      `DELETE FROM rollouts WHERE ended IS NOT NULL AND touched_at < ? AND key NOT IN (${inhabited})`,
      before,
    );
    this.#sql.exec('DELETE FROM applications WHERE rollout IS NULL AND touched_at < ?', before);
    this.#sql.exec('DELETE FROM tags WHERE touched_at < ?', before);
    this.previews.forget(now);
    this.promotions.forget(now);
    // A deployment that asked to be adopted waits there for its rollout.
    const empty = 'DELETE FROM slots WHERE key NOT IN (SELECT slot FROM rollouts) AND touched_at < ?';
    this.#sql.exec(empty, later(now, -WAITED_FOR));
  }
}

function isTroubled({ unresolved, failure }: KnownApplication): boolean {
  return unresolved !== null || (failure !== null && failure.rollout === null);
}

function changed<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): readonly Value[] {
  return [...after].filter(([key, value]) => before.get(key) !== value).map(([, value]) => value);
}
