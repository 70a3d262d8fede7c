/** Reads what an event touches, as `Known`, and writes back what a plan has changed of it. */
import type { Config } from '../../schemas/config.ts';
import type { Event } from '../../schemas/event.ts';
import { type Known, KnownApplication, KnownTag, Rollout, Slot } from '../../schemas/known.ts';
import { applicationKey } from '../deployments/application.ts';
import { type Needed, neededFor } from '../deployments/needed.ts';
import { rolloutOf } from '../deployments/owed.ts';
import { type Instant, later } from '../words/instant.ts';

/** How long finished rollouts, tombstones and tags are remembered. */
const REMEMBERED = 90 * 24 * 3_600_000;
/** Of the failed rollouts that everybody left, so many of one commit are looked at: the newest could be joined again. */
const LEFT = 20;

export class Knowledge {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  about(event: Event, config: Config): Known {
    switch (event.kind) {
      case 'notification':
        return this.#around([applicationKey(event.instance, event.app)], [neededFor(event.app)], config);
      case 'due':
        return this.#around([event.application], [], config);
      case 'performed':
        // An id or a written status concerns one rollout, and nothing that stands around it.
        return event.learned.kind === 'tag'
          ? this.#aroundWaiting(config, event.learned.sha === null ? [] : [event.learned.sha])
          : { ...this.#around([], [], config), rollouts: this.#rollouts([event.learned.rollout]) };
      case 'replay': {
        const rollout = rolloutOf(event.lane);
        if (rollout === undefined) return this.#aroundWaiting(config);
        return { ...this.#around([], [], config), rollouts: this.#rollouts([rollout]) };
      }
    }
  }

  write(before: Known, after: Known, now: Instant): void {
    for (const application of changed(before.applications, after.applications)) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO applications (key, rollout, waiting, troubled, due_at, touched_at, body)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        application.key,
        application.rollout,
        application.unplaced === null ? 0 : 1,
        isTroubled(application) ? 1 : 0,
        application.dueAt,
        now,
        JSON.stringify(application),
      );
    }
    for (const { key, slot, sha, start, end, ...rest } of changed(before.rollouts, after.rollouts)) {
      const body = JSON.stringify({ key, slot, sha, start, end, ...rest });
      this.#sql.exec(
        `INSERT OR REPLACE INTO rollouts (key, slot, sha, start, ended, touched_at, body)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        key,
        slot,
        sha,
        start,
        end,
        now,
        body,
      );
    }
    for (const slot of changed(before.slots, after.slots)) {
      this.#sql.exec('INSERT OR REPLACE INTO slots (key, body) VALUES (?, ?)', slot.key, JSON.stringify(slot));
    }
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
    const rollouts = this.#parsed(
      Rollout,
      'SELECT body FROM rollouts ORDER BY ended IS NOT NULL, start DESC LIMIT ?',
      most,
    );
    const applications = this.#parsed(
      KnownApplication,
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
    this.#sql.exec('DELETE FROM slots WHERE key NOT IN (SELECT slot FROM rollouts)');
  }

  /** `told`: commits that the waiting words are about to learn. */
  #aroundWaiting(config: Config, told: readonly string[] = []): Known {
    const waiting = this.#parsed(KnownApplication, 'SELECT body FROM applications WHERE waiting = 1 ORDER BY key');
    const needed = waiting.flatMap(({ unplaced }) => {
      if (unplaced === null) return [];
      const { shas, ...rest } = neededFor(unplaced.app);
      return [{ ...rest, shas: [...shas, ...told] }];
    });
    return this.#around(
      waiting.map((application) => application.key),
      needed,
      config,
    );
  }

  /** The applications themselves, the open rollouts of their slots, and everybody who is in one of those. */
  #around(keys: readonly string[], needed: readonly Needed[], config: Config): Known {
    const own = this.#parsed(KnownApplication, `SELECT body FROM applications WHERE key IN ${LIST}`, list(keys));
    const slotKeys = [...new Set([...own.map((each) => each.slot), ...needed.map((each) => each.slot)])];
    const slots = this.#parsed(Slot, `SELECT body FROM slots WHERE key IN ${LIST}`, list(slotKeys));
    const present = own.flatMap((each) => (each.rollout === null ? [] : [each.rollout]));
    const tags = this.#tags(needed.flatMap((each) => each.images));
    const read = tags.flatMap(({ sha }) => sha ?? []);
    const rollouts = new Map([
      ...this.#rollouts(present),
      ...this.#openRollouts(slotKeys),
      ...needed.flatMap((each) => [...this.#rolloutsNamed({ ...each, shas: [...each.shas, ...read] })]),
    ]);
    const inhabited = [...rollouts.values()].filter((rollout) => rollout.end === null).map((rollout) => rollout.key);
    const members = this.#parsed(
      KnownApplication,
      `SELECT body FROM applications WHERE rollout IN ${LIST}`,
      list(inhabited),
    );
    return {
      config,
      applications: byKey([...members, ...own]),
      rollouts,
      slots: byKey(slots),
      tags,
    };
  }

  #rollouts(keys: readonly string[]): ReadonlyMap<string, Rollout> {
    return byKey(this.#parsed(Rollout, `SELECT body FROM rollouts WHERE key IN ${LIST}`, list(keys)));
  }

  #openRollouts(slots: readonly string[]): ReadonlyMap<string, Rollout> {
    return byKey(
      this.#parsed(
        Rollout,
        `SELECT body FROM rollouts INDEXED BY rollouts_open WHERE ended IS NULL AND slot IN ${LIST}`,
        list(slots),
      ),
    );
  }

  /** Those that were left but could be joined again, and those that operations of this very second opened. */
  #rolloutsNamed({ slot, shas, start }: Needed): ReadonlyMap<string, Rollout> {
    const left = `SELECT body FROM rollouts INDEXED BY rollouts_sha WHERE slot = ? AND sha IN ${LIST} AND ended = 'left' ORDER BY start DESC LIMIT ?`;
    const same = 'SELECT body FROM rollouts WHERE slot = ? AND start BETWEEN ? AND ? + 999';
    return byKey([
      ...this.#parsed(Rollout, left, slot, list(shas), LEFT),
      ...(start === undefined ? [] : this.#parsed(Rollout, same, slot, start, start)),
    ]);
  }

  #tags(images: readonly string[]): readonly KnownTag[] {
    const query = `SELECT image, reference, sha, asked_at AS askedAt FROM tags WHERE image IN ${LIST}`;
    return this.#sql
      .exec(query, list(images))
      .toArray()
      .map((row) => KnownTag.parse(row));
  }

  #parsed<Value>(schema: { parse(value: unknown): Value }, query: string, ...bindings: SqlStorageValue[]): Value[] {
    return this.#sql
      .exec<{ body: string }>(query, ...bindings)
      .toArray()
      .map(({ body }) => schema.parse(JSON.parse(body)));
  }
}

/** What an operator has to be told of, among however many others. */
function isTroubled({ unresolved, failure }: KnownApplication): boolean {
  return unresolved !== null || (failure !== null && failure.rollout === null);
}

/** Any number of values in one bound parameter: SQLite takes at most 100 of these in a Durable Object. */
const LIST = '(SELECT value FROM json_each(?))';

function list(values: readonly string[]): string {
  return JSON.stringify(values);
}

function byKey<Value extends { readonly key: string }>(values: readonly Value[]): ReadonlyMap<string, Value> {
  return new Map(values.map((value) => [value.key, value]));
}

function changed<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): readonly Value[] {
  return [...after].filter(([key, value]) => before.get(key) !== value).map(([, value]) => value);
}
