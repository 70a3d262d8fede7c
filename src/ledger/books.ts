/** What a ledger has written down, and the one way to write in it: an event, planned and committed as a whole. */
import type { Config } from '../../schemas/config.ts';
import type { WriteClass } from '../../schemas/effect.ts';
import type { DoorEvent, Event } from '../../schemas/event.ts';
import type { Accepted, LedgerView, PreviewCount, Replayed } from '../../schemas/ledger.ts';
import type { Counted, Tally } from '../../schemas/tally.ts';
import { classOf, log } from '../log.ts';
import { plan } from '../plan.ts';
import { oneByOne } from '../previews/sweep.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { Counts } from './counts.ts';
import { Deliveries } from './deliveries.ts';
import { Knowledge } from './knowledge.ts';
import type { Called } from './names.ts';
import { Outbox } from './outbox.ts';
import { MOST_SHOWN, viewOf } from './view.ts';
import type { Wakeup } from './wakeup.ts';

/** Effects go out right after their commit; the alarm is there in case the process dies before. */
const AFTER_COMMIT = 5_000;
const DUE_AT_ONCE = 100;
const HOUSEKEEPING = 3_600_000;

export class Books {
  readonly outbox: Outbox;
  readonly counts: Counts;
  readonly #storage: DurableObjectStorage;
  readonly #wakeup: Wakeup;
  readonly #config: () => Config;
  readonly #called: () => Called;
  readonly #now: () => Instant;
  readonly #deliveries: Deliveries;
  readonly #knowledge: Knowledge;
  #keptAt: Instant | undefined;

  constructor(
    storage: DurableObjectStorage,
    wakeup: Wakeup,
    config: () => Config,
    called: () => Called,
    now: () => Instant,
  ) {
    this.#storage = storage;
    this.#wakeup = wakeup;
    this.#config = config;
    this.#called = called;
    this.#now = now;
    this.outbox = new Outbox(storage.sql);
    this.counts = new Counts(storage.sql);
    this.#deliveries = new Deliveries(storage.sql);
    this.#knowledge = new Knowledge(storage.sql);
  }

  /** Whether this very event was committed before: it needs no commit, so nothing has to be gathered for one. */
  repeats(event: DoorEvent): boolean {
    if (!this.#deliveries.has(event.id)) return false;
    this.#noteUnwritten(event, 'duplicate', this.#now());
    return true;
  }

  /** With an `id`, an event that was committed before is told apart and changes nothing. */
  enter(event: Event, id?: string): Accepted {
    const now = this.#now();
    return this.#storage.transactionSync((): Accepted => {
      if (id !== undefined && this.#deliveries.has(id)) {
        this.#noteUnwritten(event, 'duplicate', now);
        return { kind: 'committed', duplicate: true };
      }
      const known = this.#knowledge.about(event, this.#config(), this.#called());
      const planned = plan(event, known, now);
      if ('ignored' in planned) {
        if (planned.known !== undefined) this.#knowledge.write(known, planned.known, now);
        if (id !== undefined) this.#noteUnwritten(event, 'ignored', now);
        return { kind: 'ignored', why: planned.ignored };
      }
      if (id !== undefined) {
        this.#deliveries.commit(id, now);
        this.counts.note({ subject: 'event', kind: event.kind, outcome: 'committed' });
      }
      this.counts.write();
      this.#knowledge.write(known, planned.known, now);
      for (const owed of planned.effects) this.outbox.owe(owed, now);
      const owes = planned.effects.some((owed) => owed.effect !== undefined);
      this.#wakeup.atLatest(earliest(planned.wakeAt, owes ? later(now, AFTER_COMMIT) : undefined));
      return { kind: 'committed', duplicate: false };
    });
  }

  /** What committed nothing is counted in memory: the next commit takes it along, or an alarm soon. */
  #noteUnwritten({ kind }: Event, outcome: string, now: Instant): void {
    this.counts.note({ subject: 'event', kind, outcome });
    this.#wakeup.atLatest(later(now, AFTER_COMMIT));
  }

  /** What an effect ended as, and what that taught, in one commit. */
  settle(end: () => void, event: Event | undefined, ended: Omit<Counted, 'subject'>): void {
    this.#storage.transactionSync(() => {
      end();
      this.counts.note({ subject: 'effect', ...ended });
      this.counts.write();
      for (const each of event === undefined ? [] : oneByOne(event)) this.enter(each);
    });
  }

  /** Time is an event as well: each application whose standing has ripened enters like any other. */
  ripen(): void {
    const { previews, promotions } = this.#knowledge;
    for (const application of this.#knowledge.due(this.#now(), DUE_AT_ONCE)) {
      this.#ripened({ kind: 'due', application }, (until) => this.#knowledge.defer(application, until));
    }
    for (const number of previews.due(this.#now(), DUE_AT_ONCE)) {
      this.#ripened({ kind: 'preview-due', number }, (until) => previews.defer(number, until));
    }
    for (const target of promotions.due(this.#now(), DUE_AT_ONCE)) {
      this.#ripened({ kind: 'promotion-due', target }, (until) => promotions.defer(target, until));
    }
  }

  /**
   * Each by itself: what is decided at once does not grow with their number. Where more have been found since than were
   * allowed, it is not known whether all of them would be: the next round asks anew.
   */
  removeDoomed(most: number): void {
    if (this.previews().doomed > most) return;
    for (const number of this.#knowledge.previews.doomed().keys()) {
      // Where it fails, it stays noted: the next round finds it again.
      this.#ripened({ kind: 'removal', number }, () => undefined);
    }
  }

  #ripened(event: Event, defer: (until: Instant) => void): void {
    try {
      this.enter(event);
    } catch (error) {
      // A fault of ours: it must not hold up the others, nor what is owed.
      log('what was due could not be looked at', { error: classOf(error) });
      defer(later(this.#now(), HOUSEKEEPING));
    }
  }

  replay(id: number): Replayed {
    return this.#storage.transactionSync((): Replayed => {
      const exhumed = this.outbox.exhume(id);
      this.counts.untold();
      if (exhumed === undefined) return 'unknown';
      const { lane, begun } = exhumed;
      this.enter({ kind: 'replay', lane });
      if (begun) this.outbox.lookFirst(lane);
      return this.outbox.owes(lane) ? 'owed' : 'nothing';
    });
  }

  view(): LedgerView {
    const previews = this.#knowledge.previews.newest(MOST_SHOWN);
    const promotions = this.#knowledge.promotions.newest(MOST_SHOWN);
    return viewOf({ ...this.#knowledge.newest(MOST_SHOWN), previews, promotions }, this.outbox, this.#config());
  }

  /** As they were read last; null: nothing is known of any. */
  ownersRules(): string | null {
    return this.#knowledge.promotions.desk().base?.organisation ?? null;
  }

  /** How many previews live here, and how many of them a sweep would remove. */
  previews(): PreviewCount {
    return this.#knowledge.previews.count(this.#config().previews.sweep === 'remove');
  }

  tally(): Tally {
    return { counts: this.counts.sums(), ...this.outbox.standing() };
  }

  /** When there is something to do next, be it an effect or a standing that ripens; without what waits for leave of a held class. */
  nextDue(held?: WriteClass): Instant | undefined {
    return earliest(Instant.optional().parse(this.outbox.nextDue(held)), this.nextRipe());
  }

  /** When time alone will change something next. */
  nextRipe(): Instant | undefined {
    const { previews, promotions } = this.#knowledge;
    const moments = [this.#knowledge.nextDue(), previews.nextDue(), promotions.nextDue()];
    return earliest(...moments.map((moment) => Instant.optional().parse(moment)));
  }

  /** Knowledge is bounded: once an hour, what nobody will ask for any more is forgotten. */
  housekeep(): void {
    const now = this.#now();
    if (this.#keptAt !== undefined && now < later(this.#keptAt, HOUSEKEEPING)) return;
    this.#keptAt = now;
    this.#deliveries.forget(now);
    this.#knowledge.forget(now);
    this.outbox.forget(now);
    this.counts.untold();
  }
}
