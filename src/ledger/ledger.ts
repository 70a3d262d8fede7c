/** One repository's ledger: what is known of it, and what it still owes. Events come in, are committed, and leave as effects. */
import { DurableObject } from 'cloudflare:workers';
import type { Config } from '../../schemas/config.ts';
import type { DoorEvent } from '../../schemas/event.ts';
import type { Accepted, LedgerView, Replayed } from '../../schemas/ledger.ts';
import type { PreviewEntry } from '../../schemas/preview-entry.ts';
import type { Told } from '../../schemas/told.ts';
import { type Fetch, githubClient } from '../github/client.ts';
import { classOf, log } from '../log.ts';
import { perform } from '../perform.ts';
import { settings } from '../settings.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { ownerOf, Repository } from '../words/repository.ts';
import { Books } from './books.ts';
import { Names } from './names.ts';
import { Pump, type Surroundings } from './pump.ts';
import { migrate } from './tables.ts';
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
    () => this.#names.called,
    this.#now,
  );
  readonly #pump = new Pump(this.#surroundings());
  readonly #names: Names;
  #toldDue: Instant | undefined;
  #gathering: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#names = new Names(ctx.storage);
  }

  /** Commits an event, once, and answers; what is owed for it goes out afterwards. */
  async accept(repository: Repository, event: DoorEvent): Promise<Accepted> {
    const { pointer } = this.#names;
    if (pointer !== undefined) return this.#ledger(pointer).accept(repository, event);
    if (event.kind === 'pull-request' && this.#names.isAnother(event.pull.base.repository)) {
      return { kind: 'ignored', why: 'another repository' };
    }
    if (this.#names.own === undefined) await this.#register(repository);
    if (this.#books.repeats(event)) return { kind: 'committed', duplicate: true };
    await this.#gathered();
    const entered = this.#books.enter(event, event.id);
    // A run that sends nothing costs more than the commit did: the alarm that the commit set will do.
    if (this.#pump.hasWork) this.#start();
    else if (this.#books.outbox.newest === undefined) this.#tellDue(this.#books.nextRipe());
    return entered;
  }

  async read(): Promise<LedgerView> {
    const { pointer } = this.#names;
    if (pointer !== undefined) return this.#ledger(pointer).read();
    return this.#books.view();
  }

  async replay(id: number): Promise<Replayed> {
    const { pointer } = this.#names;
    if (pointer !== undefined) return this.#ledger(pointer).replay(id);
    const replayed = this.#books.replay(id);
    this.#start();
    return replayed;
  }

  /**
   * GitHub has given its repository another name within the account. False: of the new name there is a ledger already, with
   * knowledge of its own, and the two can't be made one.
   */
  async rename(to: Repository, id: number): Promise<boolean> {
    const { own, pointer } = this.#names;
    if (pointer !== undefined) return this.#ledger(pointer).rename(to, id);
    if (own === undefined) return false;
    const points = to === own || (await this.#ledger(to).point(to, own));
    if (points) this.#names.rename(to, id);
    return points;
  }

  /** All that is heard under this name is another ledger's from now on. */
  async point(own: Repository, to: Repository): Promise<boolean> {
    if (this.#names.own !== undefined && this.#names.pointer === undefined) return false;
    await this.#register(own);
    this.#names.point(to);
    return true;
  }

  /** Compares what is believed of previews with what GitHub lists. */
  async sweep(): Promise<void> {
    if (this.#names.pointer !== undefined) return;
    this.#books.enter({ kind: 'sweep' });
    this.#start();
  }

  /** The installation allows what a sweep has found to be removed: as many as it was told of. */
  async removeDoomed(most: number): Promise<void> {
    if (this.#names.pointer !== undefined) return;
    this.#books.removeDoomed(most);
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

  /** What kept the App out may be mended: what waits for one of these reasons is tried at once. */
  async resume(codes: readonly string[]): Promise<void> {
    this.#books.outbox.resume(codes, this.#now());
    await this.wake();
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
      log('a ledger could not go on', { repository: this.#names.own, error: classOf(error) });
      this.#wakeup.exactly(later(this.#now(), WATCHDOG));
    }
  }

  #surroundings(): Surroundings {
    const repository = () => Repository.parse(this.#names.own);
    return {
      repository,
      outbox: this.#books.outbox,
      now: this.#now,
      random: () => Math.random(),
      leave: (ask) => {
        this.#toldDue = ask.dueAt ?? undefined;
        return this.#installation(repository()).leave({ ...ask, present: this.#names.present });
      },
      report: (report) => this.#installation(repository()).report({ ...report, present: this.#names.present }),
      perform: ({ effect, begun, attempts }, token) => {
        const call: Fetch = (url, init) => fetch(url, init);
        const github = githubClient({ url: this.env.GITHUB_API_URL, token, fetch: call });
        const refresher = (instance: string, what: 'ask' | 'hold' | 'release', of: Repository) =>
          this.#refresher(instance)[what](of);
        const argoCds = { instances: () => this.#config().argocd, env: this.env, fetch: call };
        const updaters = { configured: () => this.#config().imageUpdaters, env: this.env, fetch: call };
        const { present } = this.#names;
        const tell = (to: Repository, event: Told) => this.#ledger(to).accept(to, event);
        const ownersRules = () => this.#books.ownersRules();
        const index = (entry: PreviewEntry) => this.#index(entry.zone).put(entry);
        const around = { github, refresher, index, argoCds, updaters, tell, ownersRules };
        const about = { repository: present, app: this.env.GITHUB_APP_ID, look: begun, attempts, now: this.#now };
        return perform(effect, { ...around, ...about });
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
    const { held } = this.#pump;
    const isHeld = next !== undefined && held !== undefined && next < held.until;
    const at = isHeld ? earliest(held.until, this.#books.nextDue(held.class)) : next;
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
    const { own } = this.#names;
    if (own === undefined || (isKnown && (tellAt === undefined || tellAt > now))) return;
    this.#toldDue = next;
    counts.told(now);
    const installation = this.#installation(own);
    const register = installation.register(own, next ?? null, this.#books.tally(), this.#books.previews());
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
    this.#names.begin(repository);
  }

  #ledger(name: Repository) {
    return this.env.LEDGER.get(this.env.LEDGER.idFromName(name));
  }

  #refresher(instance: string) {
    return this.env.REFRESHER.get(this.env.REFRESHER.idFromName(instance));
  }

  #index(zone: string) {
    return this.env.PREVIEW_INDEX.get(this.env.PREVIEW_INDEX.idFromName(zone));
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
