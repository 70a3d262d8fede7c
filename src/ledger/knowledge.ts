/** Reads what an event touches, as `Known`, and writes back what a plan has changed of it. */
import type { Config } from '../../schemas/config.ts';
import type { Event, Learned, NotificationEvent } from '../../schemas/event.ts';
import { type Known, KnownApplication, KnownTag, nothingKnown, Rollout, Slot } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { applicationKey, slotOf } from '../deployments/application.ts';
import { type Needed, neededFor } from '../deployments/needed.ts';
import { rolloutOf } from '../deployments/owed.ts';
import { pullRequestIn, slotKey } from '../deployments/rollout.ts';
import { numberOf } from '../previews/replay.ts';
import { slugOf } from '../routing/slug.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { PreviewRows } from './preview-rows.ts';

/** How long finished rollouts, tombstones and tags are remembered. */
const REMEMBERED = 90 * 24 * 3_600_000;
/** Of the failed rollouts that everybody left, so many of one commit are looked at: the newest could be joined again. */
const LEFT = 20;

export class Knowledge {
  readonly previews: PreviewRows;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.previews = new PreviewRows(sql);
  }

  about(event: Event, config: Config, repository: Repository): Known {
    const known = this.#touchedBy(event, nothingKnown(config, repository));
    return event.kind === 'notification' ? { ...known, previews: this.#previewsBehind(known, event) } : known;
  }

  #touchedBy(event: Event, empty: Known): Known {
    switch (event.kind) {
      case 'notification':
        return this.#around([applicationKey(event.instance, event.app)], [neededFor(event.app)], empty);
      case 'due':
        return this.#around([event.application], [], empty);
      case 'pull-request':
        return this.#ofPulls([event.pull.number], empty, event.pull.head.ref);
      case 'comment':
      case 'preview-due':
        return this.#ofPulls([event.number], empty);
      case 'adoption':
        return this.#ofSlot(slotKey(event.environment, event.pr), empty);
      case 'sweep':
      case 'removal':
        return this.#ofPulls([...this.previews.believed().keys(), ...this.#shownPulls()], empty);
      case 'performed':
        return this.#taught(event.learned, empty);
      case 'replay': {
        const number = numberOf(event.lane);
        if (number !== undefined) return this.#ofPulls([number], empty);
        const rollout = rolloutOf(event.lane);
        return rollout === undefined ? this.#aroundWaiting(empty) : { ...empty, rollouts: this.#rollouts([rollout]) };
      }
    }
  }

  #taught(learned: Learned, empty: Known): Known {
    switch (learned.kind) {
      // An id or a written status concerns one rollout, and nothing that stands around it.
      case 'deployment':
      case 'status':
        return { ...empty, rollouts: this.#rollouts([learned.rollout]) };
      case 'tag':
        return this.#aroundWaiting(empty, learned.sha === null ? [] : [learned.sha]);
      case 'permission':
      case 'label-removed':
      case 'comment':
      case 'pull':
        return this.#ofPulls([learned.number], empty);
      case 'pulls': {
        const listed = learned.pulls.map(({ number }) => number);
        return this.#ofPulls([...this.previews.believed().keys(), ...this.#shownPulls(), ...listed], empty);
      }
      case 'nothing':
        return empty;
    }
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
        JSON.stringify(application),
        pullRequestIn(application.slot) ?? null,
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
      const body = JSON.stringify(slot);
      this.#sql.exec('INSERT OR REPLACE INTO slots (key, body, pr) VALUES (?, ?, ?)', slot.key, body, slot.pr);
    }
    this.previews.write(before.previews, after.previews, now);
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
    this.previews.forget(now);
    this.#sql.exec('DELETE FROM slots WHERE key NOT IN (SELECT slot FROM rollouts)');
  }

  /** `told`: commits that the waiting words are about to learn. */
  #aroundWaiting(empty: Known, told: readonly string[] = []): Known {
    const waiting = this.#parsed(KnownApplication, 'SELECT body FROM applications WHERE waiting = 1 ORDER BY key');
    const needed = waiting.flatMap(({ unplaced }) => {
      if (unplaced === null) return [];
      const { shas, ...rest } = neededFor(unplaced.app);
      return [{ ...rest, shas: [...shas, ...told] }];
    });
    return this.#around(
      waiting.map((application) => application.key),
      needed,
      empty,
    );
  }

  /** All that stands in the slots of these pull requests. `ref`: the branch of one that may not be known yet. */
  #ofPulls(numbers: readonly number[], empty: Known, ref?: string): Known {
    const named = ref === undefined ? [] : this.previews.named(slugOf(ref));
    const previews = new Map([...this.previews.around(numbers), ...named]);
    const pulls = [...new Set([...numbers, ...previews.keys()])];
    const slots = this.#parsed(Slot, `SELECT body FROM slots INDEXED BY slots_pr WHERE pr IN ${LIST}`, list(pulls));
    const keys = list(slots.map(({ key }) => key));
    const own = `SELECT body FROM applications INDEXED BY applications_pr WHERE pr IN ${LIST}`;
    const applications = this.#parsed(KnownApplication, own, list(pulls));
    const open = `SELECT body FROM rollouts WHERE slot IN ${LIST} AND (ended IS NULL OR ended = 'left')`;
    const looks = slots.flatMap(({ key, pr }) => {
      const updatedAt = previews.get(pr ?? 0)?.pull.updatedAt;
      return updatedAt === undefined ? [] : [...this.#rolloutsOf(key, updatedAt)];
    });
    return {
      ...empty,
      previews,
      slots: byKey(slots),
      applications: byKey(applications),
      rollouts: byKey([...this.#parsed(Rollout, open, keys), ...looks]),
      tags: this.#tags(
        applications.flatMap(({ unplaced }) => (unplaced === null ? [] : neededFor(unplaced.app).images)),
      ),
    };
  }

  /** A slot and its rollouts, for a deployment that one of them may be given. */
  #ofSlot(key: string, empty: Known): Known {
    const slots = this.#parsed(Slot, 'SELECT body FROM slots WHERE key = ?', key);
    const open = "SELECT body FROM rollouts WHERE slot = ? AND (ended IS NULL OR ended = 'left')";
    const rollouts = byKey(this.#parsed(Rollout, open, key));
    const applications = byKey(this.#members(rollouts));
    return { ...empty, slots: byKey(slots), applications, rollouts, previews: this.previews.around(pullsOf([key])) };
  }

  /** What shows of a preview follows every word of its applications; its namesakes matter where the word brings a slug. */
  #previewsBehind({ slots, applications }: Known, { app }: NotificationEvent): ReadonlyMap<number, Preview> {
    const pulls = pullsOf([...slots.keys(), ...[...applications.values()].map(({ slot }) => slot), slotOf(app)]);
    if (pulls.length === 0) return new Map();
    const slug = app.metadata.annotations['github.com/branch-slug'];
    return new Map([...this.previews.around(pulls), ...(slug === undefined ? [] : this.previews.named(slug))]);
  }

  /** Pull requests that something is shown of, whether GitHub has told of them or not. */
  #shownPulls(): readonly number[] {
    return this.#sql
      .exec<{ pr: number }>(
        `SELECT DISTINCT slots.pr FROM slots INDEXED BY slots_pr
         JOIN rollouts INDEXED BY rollouts_open ON rollouts.slot = slots.key AND rollouts.ended IS NULL
         WHERE slots.pr IS NOT NULL`,
      )
      .toArray()
      .map(({ pr }) => pr);
  }

  /** The applications themselves, the open rollouts of their slots, and everybody who is in one of those. */
  #around(keys: readonly string[], needed: readonly Needed[], empty: Known): Known {
    const own = this.#parsed(KnownApplication, `SELECT body FROM applications WHERE key IN ${LIST}`, list(keys));
    const named = [...own.map((each) => each.slot), ...needed.map((each) => each.slot)];
    const slotKeys = [...new Set([...named, ...this.#siblings(named)])];
    const slots = this.#parsed(Slot, `SELECT body FROM slots WHERE key IN ${LIST}`, list(slotKeys));
    const present = own.flatMap((each) => (each.rollout === null ? [] : [each.rollout]));
    const tags = this.#tags(needed.flatMap((each) => each.images));
    const read = tags.flatMap(({ sha }) => sha ?? []);
    const rollouts = new Map([
      ...this.#rollouts(present),
      ...this.#openRollouts(slotKeys),
      ...needed.flatMap((each) => [...this.#rolloutsNamed({ ...each, shas: [...each.shas, ...read] })]),
    ]);
    const applications = byKey([...this.#members(rollouts), ...own]);
    const previews = this.previews.around(pullsOf(slotKeys));
    return { ...empty, applications, rollouts, slots: byKey(slots), tags, previews };
  }

  /** Who is in those that go on. */
  #members(rollouts: ReadonlyMap<string, Rollout>): readonly KnownApplication[] {
    const open = [...rollouts.values()].filter((rollout) => rollout.end === null).map((rollout) => rollout.key);
    return this.#parsed(KnownApplication, `SELECT body FROM applications WHERE rollout IN ${LIST}`, list(open));
  }

  /** The other environments of the same pull requests: they have one comment. */
  #siblings(slots: readonly string[]): readonly string[] {
    const pulls = pullsOf(slots);
    if (pulls.length === 0) return [];
    return this.#sql
      .exec<{ key: string }>(`SELECT key FROM slots INDEXED BY slots_pr WHERE pr IN ${LIST}`, list(pulls))
      .toArray()
      .map(({ key }) => key);
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
    return byKey([
      ...this.#parsed(Rollout, left, slot, list(shas), LEFT),
      ...(start === undefined ? [] : this.#rolloutsOf(slot, start)),
    ]);
  }

  #rolloutsOf(slot: string, second: Instant): readonly Rollout[] {
    const same = 'SELECT body FROM rollouts WHERE slot = ? AND start BETWEEN ? AND ? + 999';
    return this.#parsed(Rollout, same, slot, second, second);
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

function list(values: readonly (string | number)[]): string {
  return JSON.stringify(values);
}

function pullsOf(slots: readonly string[]): readonly number[] {
  return [...new Set(slots.flatMap((slot) => pullRequestIn(slot) ?? []))];
}

function byKey<Value extends { readonly key: string }>(values: readonly Value[]): ReadonlyMap<string, Value> {
  return new Map(values.map((value) => [value.key, value]));
}

function changed<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): readonly Value[] {
  return [...after].filter(([key, value]) => before.get(key) !== value).map(([, value]) => value);
}
