/** One repository's ledger: what is known of it, and what it still owes. Events come in, are committed, and leave as effects. */
import { DurableObject } from 'cloudflare:workers';
import type { Config } from '../../schemas/config.ts';
import type { DoorEvent } from '../../schemas/event.ts';
import type { Accepted, LedgerView, Replayed } from '../../schemas/ledger.ts';
import { githubClient } from '../github/client.ts';
import { classOf, log } from '../log.ts';
import { perform } from '../perform.ts';
import { settings } from '../settings.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { ownerOf, Repository } from '../words/repository.ts';
import { Books } from './books.ts';
import { Pump, type Surroundings } from './pump.ts';
import { migrate, readMeta, writeMeta } from './tables.ts';
import { Wakeup } from './wakeup.ts';

/** The alarm is armed this far ahead before anything else, in case what follows never ends. */
const WATCHDOG = 60_000;

export class Ledger extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #wakeup = new Wakeup(this.ctx.storage, () => this.#books.nextDue());
  readonly #books = new Books(
    this.ctx.storage,
    this.#wakeup,
    () => this.#config(),
    () => Repository.parse(this.#repository),
    this.#now,
  );
  readonly #pump = new Pump(this.#surroundings());
  #repository: Repository | undefined;
  #toldDue: Instant | undefined;
  #gathering: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#repository = Repository.optional().parse(readMeta(ctx.storage, 'repository'));
  }

  /** Commits an event, once, and answers; what is owed for it goes out afterwards. */
  async accept(repository: Repository, event: DoorEvent): Promise<Accepted> {
    if (this.#repository === undefined) await this.#register(repository);
    if (this.#books.repeats(event)) return { kind: 'committed', duplicate: true };
    await this.#gathered();
    const entered = this.#books.enter(event, event.id);
    // A run that sends nothing costs more than the commit did: the alarm that the commit set will do.
    if (this.#pump.hasWork) this.#start();
    else if (this.#books.outbox.newest === undefined) this.#tellDue(this.#books.nextRipe());
    return entered;
  }

  async read(): Promise<LedgerView> {
    return this.#books.view();
  }

  async replay(id: number): Promise<Replayed> {
    const replayed = this.#books.replay(id);
    this.#start();
    return replayed;
  }

  /** Compares what is believed of previews with what GitHub lists. */
  async sweep(): Promise<void> {
    this.#books.enter({ kind: 'sweep' });
    this.#start();
  }

  /** The installation allows what a sweep has found to be removed. */
  async removeDoomed(): Promise<void> {
    this.#books.enter({ kind: 'removal' });
    this.#start();
  }

  /**
   * The installation calls back: there is room, a pause is over, or an alarm was lost. Or so many of the effects that
   * GitHub left without an answer are to be tried again: one to see whether it answers, all where it does.
   */
  async wake(unanswered?: number): Promise<void> {
    if (unanswered !== undefined) this.#books.outbox.hasten(this.#now(), unanswered);
    this.#pump.release();
    this.#start();
  }

  /** Never throws: a Durable Object's alarm is given up after six failures. */
  override async alarm(): Promise<void> {
    this.#wakeup.exactly(later(this.#now(), WATCHDOG));
    await this.#run();
  }

  /** Events that come within a millisecond share one commit: the disk's, or the platform's, round trip is paid once. */
  #gathered(): Promise<void> {
    this.#gathering ??= scheduler.wait(1).then(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  #start(): void {
    this.ctx.waitUntil(this.#run());
  }

  async #run(): Promise<void> {
    try {
      await this.#pump.run();
    } catch (error) {
      log('a ledger could not go on', { repository: this.#repository, error: classOf(error) });
      this.#wakeup.exactly(later(this.#now(), WATCHDOG));
    }
  }

  #surroundings(): Surroundings {
    const repository = () => Repository.parse(this.#repository);
    return {
      repository,
      outbox: this.#books.outbox,
      now: this.#now,
      random: () => Math.random(),
      leave: (ask) => {
        this.#toldDue = ask.dueAt ?? undefined;
        return this.#installation(repository()).leave(ask);
      },
      report: (report) => this.#installation(repository()).report(report),
      perform: ({ effect, begun, attempts }, token) => {
        const github = githubClient({ url: this.env.GITHUB_API_URL, token, fetch: (url, init) => fetch(url, init) });
        const refresher = (instance: string, of: Repository) => this.#refresher(instance).ask(of);
        return perform(effect, { github, refresher, repository: repository(), look: begun, attempts, now: this.#now });
      },
      settle: (end, event, ended) => this.#books.settle(end, event, ended),
      ripen: () => this.#books.ripen(),
      rest: () => this.#rest(),
      nextDue: () => this.#books.nextDue(),
    };
  }

  /** Effects that the installation holds back are due when it said to ask again; it may call before. */
  #rest(): void {
    this.#books.housekeep();
    const next = this.#books.nextDue();
    const held = this.#pump.heldUntil;
    const at = next !== undefined && held !== undefined && next < held ? earliest(held, this.#books.nextRipe()) : next;
    this.#books.counts.write();
    this.#tellDue(at);
    this.#wakeup.exactly(earliest(at, this.#books.counts.tellAt(this.#now())));
  }

  /**
   * The cron looks for lost alarms in the installation's register: an earlier time, or one that has passed, is told there.
   * The tally goes along; by itself it is told rarely.
   */
  #tellDue(next: Instant | undefined): void {
    const { counts } = this.#books;
    const [now, told] = [this.#now(), this.#toldDue];
    const tellAt = counts.tellAt(now);
    const isSoonEnough = told !== undefined && next !== undefined && told < next && told > now;
    const isKnown = told === next || isSoonEnough;
    if (this.#repository === undefined || (isKnown && (tellAt === undefined || tellAt > now))) return;
    this.#toldDue = next;
    counts.told(now);
    const register = this.#installation(this.#repository).register(this.#repository, next ?? null, this.#books.tally());
    this.ctx.waitUntil(
      register.catch((error: unknown) => {
        counts.untold();
        this.#wakeup.atLatest(counts.tellAt(now));
        log('an installation was not told', { error: classOf(error) });
      }),
    );
  }

  /** Nobody can list Durable Objects: the installation knows of a ledger before its first commit is acknowledged. */
  async #register(repository: Repository): Promise<void> {
    await this.#installation(repository).register(repository, null);
    writeMeta(this.ctx.storage, 'repository', repository);
    this.#repository = repository;
  }

  #refresher(instance: string) {
    return this.env.REFRESHER.get(this.env.REFRESHER.idFromName(instance));
  }

  #installation(repository: Repository) {
    return this.env.INSTALLATION.get(this.env.INSTALLATION.idFromName(ownerOf(repository)));
  }

  #config(): Config {
    const configured = settings(this.env);
    if (!configured.ok) throw new Error('the configuration does not validate');
    return configured.value;
  }
}
