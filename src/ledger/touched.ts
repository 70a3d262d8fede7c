/** Reads what an event touches of a ledger, as `Known`: what a plan needs to decide about it, and never the whole. */
import type { Config } from '../../schemas/config.ts';
import type { Event, Learned, NotificationEvent } from '../../schemas/event.ts';
import { type Known, type KnownApplication, KnownTag, nothingKnown, type Rollout } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { applicationKey, pullRequestOf, slotOf } from '../deployments/application.ts';
import { type Needed, neededFor } from '../deployments/needed.ts';
import { rolloutOf } from '../deployments/owed.ts';
import { pullRequestIn, slotKey } from '../deployments/rollout.ts';
import { toldIn } from '../deployments/tell.ts';
import { isHold, numberOf } from '../previews/replay.ts';
import { isPromotionLane } from '../promotions/replay.ts';
import { slugOf } from '../routing/slug.ts';
import type { Instant } from '../words/instant.ts';
import { isImageUpdaters } from '../words/promotion-branch.ts';
import type { Sha } from '../words/sha.ts';
import { APPLICATIONS, ROLLOUTS, SLOTS } from './bodies.ts';
import type { Called } from './names.ts';
import type { PreviewRows } from './preview-rows.ts';
import type { PromotionRows } from './promotion-rows.ts';
import { LIST, list, parsed } from './rows.ts';

/** Of the failed rollouts that everybody left, so many of one commit are looked at: the newest could be joined again. */
const LEFT = 20;

export class Touched {
  readonly #previews: PreviewRows;
  readonly #promotions: PromotionRows;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage, previews: PreviewRows, promotions: PromotionRows) {
    this.#sql = sql;
    this.#previews = previews;
    this.#promotions = promotions;
  }

  by(event: Event, config: Config, { own, present }: Called): Known {
    const empty = nothingKnown(config, own, present);
    if (event.kind === 'notification') return this.#spokenOf(event, empty);
    return this.#touchedBy(event, empty);
  }

  #spokenOf(event: NotificationEvent, empty: Known): Known {
    const known = this.#around([applicationKey(event.instance, event.app)], [neededFor(event.app)], empty);
    const previews = this.#previewsBehind(known, event);
    return { ...known, ...this.#withNamesakes(known, previews, event), previews };
  }

  /** Where the word brings another slug, the names of others may follow, and with them all that links to them. */
  #withNamesakes(known: Known, previews: Known['previews'], { app }: NotificationEvent): Partial<Known> {
    const slug = app.metadata.annotations['github.com/branch-slug'];
    const was = previews.get(pullRequestOf(app) ?? 0)?.slug;
    if (slug === undefined || was === undefined || slug === was) return {};
    const named = [...previews.values()].filter((other) => other.slug === slug || other.slug === was);
    const more = this.#ofPulls(
      named.map(({ number }) => number),
      known,
    );
    return {
      slots: new Map([...more.slots, ...known.slots]),
      applications: new Map([...more.applications, ...known.applications]),
      rollouts: new Map([...more.rollouts, ...known.rollouts]),
    };
  }

  #touchedBy(event: Exclude<Event, NotificationEvent>, empty: Known): Known {
    switch (event.kind) {
      case 'due':
        return this.#around([event.application], [], empty);
      case 'pull-request':
        return this.#ofBranch(event.pull.number, event.pull.head.ref, empty);
      case 'comment':
      case 'preview-due':
      case 'removal':
        return this.#ofPulls([event.number], empty);
      case 'adoption':
        return this.#ofSlot(slotKey(event.environment, event.pr), empty);
      case 'image':
      case 'push':
      case 'environment':
      case 'promotion-due':
        return this.#promoting(empty);
      case 'gate': {
        const { of } = event;
        const promotions = 'head' in of ? this.#promotions.at(of.head) : this.#promotions.ofPull(of.number, '');
        return promotions.size === 0 ? empty : { ...empty, promotions, desk: this.#promotions.desk() };
      }
      case 'subscribe':
        return this.#ofCommit(slotKey(event.environment, undefined), event.sha, empty);
      case 'promoted': {
        const known = this.#ofCommit(slotKey(event.environment, undefined), event.sha, empty);
        return joined(known, this.#aroundWaiting(empty, [event.sha]));
      }
      // Of previews what was found is forgotten, and what holds every refresh up is tried again; nothing that shows changes.
      case 'sweep': {
        const previews = new Map([...this.#previews.doomed(), ...this.#previews.untrusted()]);
        return { ...this.#promoting(empty), previews };
      }
      case 'performed':
        return this.#taught(event.learned, empty);
      case 'replay': {
        const number = numberOf(event.lane);
        if (number !== undefined) return this.#ofPulls([number], empty);
        const told = toldIn(event.lane);
        if (told !== undefined) return this.#ofCommit(told.slot, told.sha, empty);
        if (isPromotionLane(event.lane)) return this.#promoting(empty);
        if (isHold(event.lane)) return { ...empty, previews: this.#previews.untrusted() };
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
        return this.#ofPulls([learned.number], empty);
      case 'pull':
        return this.#promotions.ofPull(learned.number, '').size > 0
          ? this.#promoting(empty)
          : this.#ofPulls([learned.number], empty);
      case 'listed':
        return this.#ofPulls([learned.pull.number], empty, learned.pull.head.ref);
      case 'pulls': {
        const listed = new Set(learned.pulls.map(({ number }) => number));
        const believed = [...this.#previews.live(), ...this.#previews.shown(), ...this.#previews.untrusted().keys()];
        return this.#ofPulls(
          believed.filter((number) => !listed.has(number)),
          empty,
        );
      }
      case 'application':
        return learned.event === null
          ? this.#around([learned.application], [], empty)
          : this.#spokenOf(learned.event, empty);
      case 'base':
      case 'source':
      case 'proposed':
      case 'promotion-written':
      case 'check-written':
      case 'gates':
      case 'merged':
      case 'unmerged':
      case 'disarmed':
        return this.#promoting(empty);
      case 'nothing':
        return empty;
    }
  }

  /** A deployment repository has few targets, and they merge one after the other. */
  #promoting(empty: Known): Known {
    const promotions = this.#promotions.all();
    const desk = this.#promotions.desk();
    const images = new Set([
      ...[...promotions.values()].map(({ image }) => image),
      ...desk.waiting.map(({ candidate }) => candidate.image),
    ]);
    return { ...empty, promotions, desk, tags: this.#tags([...images]) };
  }

  /** A pull request of which a promotion knows is no preview's. */
  #ofBranch(number: number, branch: string, empty: Known): Known {
    if (isImageUpdaters(branch) || this.#promotions.ofPull(number, branch).size > 0) {
      return this.#promoting(empty);
    }
    return this.#ofPulls([number], empty, branch);
  }

  /** `told`: commits that the waiting words are about to learn. */
  #aroundWaiting(empty: Known, told: readonly string[] = []): Known {
    const waiting = parsed(this.#sql, APPLICATIONS, 'SELECT body FROM applications WHERE waiting = 1 ORDER BY key');
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
    const named = ref === undefined ? [] : this.#previews.named(slugOf(ref));
    const previews = new Map([...this.#previews.around(numbers), ...named]);
    const pulls = [...new Set([...numbers, ...previews.keys()])];
    const slots = parsed(
      this.#sql,
      SLOTS,
      `SELECT body FROM slots INDEXED BY slots_pr WHERE pr IN ${LIST}`,
      list(pulls),
    );
    const keys = list(slots.map(({ key }) => key));
    const own = `SELECT body FROM applications INDEXED BY applications_pr WHERE pr IN ${LIST}`;
    const applications = parsed(this.#sql, APPLICATIONS, own, list(pulls));
    const open = `SELECT body FROM rollouts WHERE slot IN ${LIST} AND (ended IS NULL OR ended = 'left')`;
    const looks = slots.flatMap(({ key, pr }) =>
      startsOf(previews.get(pr ?? 0)).flatMap((start) => this.#rolloutsOf(key, start)),
    );
    return {
      ...empty,
      previews,
      slots: byKey(slots),
      applications: byKey(applications),
      rollouts: byKey([...parsed(this.#sql, ROLLOUTS, open, keys), ...looks]),
      tags: this.#tags(
        applications.flatMap(({ unplaced }) => (unplaced === null ? [] : neededFor(unplaced.app).images)),
      ),
    };
  }

  /** A slot and its rollouts, for a deployment that one of them may be given. */
  #ofSlot(key: string, empty: Known): Known {
    const slots = parsed(this.#sql, SLOTS, 'SELECT body FROM slots WHERE key = ?', key);
    const open = "SELECT body FROM rollouts WHERE slot = ? AND (ended IS NULL OR ended = 'left')";
    const rollouts = byKey(parsed(this.#sql, ROLLOUTS, open, key));
    const applications = byKey(this.#members(rollouts));
    return { ...empty, slots: byKey(slots), applications, rollouts, previews: this.#previews.around(pullsOf([key])) };
  }

  /** The environment, and how this commit has fared there, however long ago. */
  #ofCommit(key: string, sha: Sha, empty: Known): Known {
    const all =
      'SELECT body FROM rollouts INDEXED BY rollouts_sha WHERE slot = ? AND sha = ? ORDER BY start DESC LIMIT 1';
    const known = this.#ofSlot(key, empty);
    const rollouts = new Map([...known.rollouts, ...byKey(parsed(this.#sql, ROLLOUTS, all, key, sha))]);
    return { ...known, rollouts };
  }

  /** What shows of a preview follows every word of its applications; its namesakes matter where the word brings a slug. */
  #previewsBehind({ slots, applications }: Known, { app }: NotificationEvent): ReadonlyMap<number, Preview> {
    const pulls = pullsOf([...slots.keys(), ...[...applications.values()].map(({ slot }) => slot), slotOf(app)]);
    if (pulls.length === 0) return new Map();
    const slug = app.metadata.annotations['github.com/branch-slug'];
    return new Map([...this.#previews.around(pulls), ...(slug === undefined ? [] : this.#previews.named(slug))]);
  }

  /** The applications themselves, the open rollouts of their slots, and everybody who is in one of those. */
  #around(keys: readonly string[], needed: readonly Needed[], empty: Known): Known {
    const own = parsed(this.#sql, APPLICATIONS, `SELECT body FROM applications WHERE key IN ${LIST}`, list(keys));
    const named = [...own.map((each) => each.slot), ...needed.map((each) => each.slot)];
    const slotKeys = [...new Set([...named, ...this.#siblings(named)])];
    const slots = parsed(this.#sql, SLOTS, `SELECT body FROM slots WHERE key IN ${LIST}`, list(slotKeys));
    const present = own.flatMap((each) => (each.rollout === null ? [] : [each.rollout]));
    const tags = this.#tags(needed.flatMap((each) => each.images));
    const read = tags.flatMap(({ sha }) => sha ?? []);
    const rollouts = new Map([
      ...this.#rollouts(present),
      ...this.#openRollouts(slotKeys),
      ...needed.flatMap((each) => [...this.#rolloutsNamed({ ...each, shas: [...each.shas, ...read] })]),
    ]);
    const applications = byKey([...this.#members(rollouts), ...own]);
    const previews = this.#previews.around(pullsOf(slotKeys));
    return { ...empty, applications, rollouts, slots: byKey(slots), tags, previews };
  }

  /** Who is in those that go on. */
  #members(rollouts: ReadonlyMap<string, Rollout>): readonly KnownApplication[] {
    const open = [...rollouts.values()].filter((rollout) => rollout.end === null).map((rollout) => rollout.key);
    return parsed(this.#sql, APPLICATIONS, `SELECT body FROM applications WHERE rollout IN ${LIST}`, list(open));
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
    return byKey(parsed(this.#sql, ROLLOUTS, `SELECT body FROM rollouts WHERE key IN ${LIST}`, list(keys)));
  }

  #openRollouts(slots: readonly string[]): ReadonlyMap<string, Rollout> {
    return byKey(
      parsed(
        this.#sql,
        ROLLOUTS,
        `SELECT body FROM rollouts INDEXED BY rollouts_open WHERE ended IS NULL AND slot IN ${LIST}`,
        list(slots),
      ),
    );
  }

  /** Those that were left but could be joined again, and those that operations of this very second opened. */
  #rolloutsNamed({ slot, shas, start }: Needed): ReadonlyMap<string, Rollout> {
    const left = `SELECT body FROM rollouts INDEXED BY rollouts_sha WHERE slot = ? AND sha IN ${LIST} AND ended = 'left' ORDER BY start DESC LIMIT ?`;
    return byKey([
      ...parsed(this.#sql, ROLLOUTS, left, slot, list(shas), LEFT),
      ...(start === undefined ? [] : this.#rolloutsOf(slot, start)),
    ]);
  }

  #rolloutsOf(slot: string, second: Instant): readonly Rollout[] {
    const same = 'SELECT body FROM rollouts WHERE slot = ? AND start BETWEEN ? AND ? + 999';
    return parsed(this.#sql, ROLLOUTS, same, slot, second, second);
  }

  #tags(images: readonly string[]): readonly KnownTag[] {
    const query = `SELECT image, reference, sha, asked_at AS askedAt FROM tags WHERE image IN ${LIST}`;
    return this.#sql
      .exec(query, list(images))
      .toArray()
      .map((row) => KnownTag.parse(row));
  }
}

/** What may be opened for a head begins with the look that showed it, which need not be the last one. */
function startsOf(preview: Preview | undefined): readonly Instant[] {
  if (preview === undefined) return [];
  const { pull, head } = preview;
  return head?.kind === 'open' ? [pull.updatedAt, head.start] : [pull.updatedAt];
}

function pullsOf(slots: readonly string[]): readonly number[] {
  return [...new Set(slots.flatMap((slot) => pullRequestIn(slot) ?? []))];
}

function byKey<Value extends { readonly key: string }>(values: readonly Value[]): ReadonlyMap<string, Value> {
  return new Map(values.map((value) => [value.key, value]));
}

function joined(one: Known, other: Known): Known {
  return {
    ...one,
    applications: new Map([...one.applications, ...other.applications]),
    rollouts: new Map([...one.rollouts, ...other.rollouts]),
    slots: new Map([...one.slots, ...other.slots]),
    tags: other.tags,
    previews: new Map([...one.previews, ...other.previews]),
  };
}
