/**
 * Which name leads to which previews, over all repositories of a zone: told by the ledgers, asked by the router. It alone
 * writes the KV that the router reads, and writes until KV has taken it.
 */
import { DurableObject } from 'cloudflare:workers';
import type { NamedPreviews, PreviewEntry } from '../../schemas/preview-entry.ts';
import { classOf, log } from '../log.ts';
import { pullRequestPage } from '../words/github-web.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { type Heard, isCertain } from './certain.ts';
import { Copier } from './copier.ts';
import { IndexRows } from './index-rows.ts';

/** The alarm is armed this far ahead before anything else, in case what follows never ends. */
const WATCHDOG = 60_000;

export class PreviewIndex extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #rows = new IndexRows(this.ctx.storage);
  readonly #copier = new Copier({
    rows: this.#rows,
    kv: () => this.env.PREVIEWS,
    named: (name) => this.#told(this.#rows.named(name)),
    now: this.#now,
    random: () => Math.random(),
  });

  /** It is committed when this answers; one that comes late changes nothing. */
  async put(entry: PreviewEntry): Promise<void> {
    const isNews = this.ctx.storage.transactionSync(() => {
      this.#rows.about.nameZone(entry.zone);
      this.#rows.about.begin(this.#now());
      return this.#rows.put(entry, this.#now());
    });
    if (!isNews) return;
    this.#start();
    await this.#arm();
  }

  /** Undefined: nobody knows. */
  async find(name: string): Promise<NamedPreviews | undefined> {
    const found = this.#rows.named(name);
    return isCertain(found, this.#rows.about.kept, this.#now()) ? this.#told(found) : undefined;
  }

  /** The cron tick's part: alarms get lost, and a KV may have been bound since. */
  async wake(): Promise<void> {
    this.ctx.storage.transactionSync(() => this.#rows.about.woken(this.#now()));
    this.#start();
    await this.#arm();
  }

  /** How many names KV does not have as they are, and how often it has refused one of them. */
  async behind(): Promise<{ readonly keys: number; readonly attempts: number }> {
    return this.env.PREVIEWS === undefined ? { keys: 0, attempts: 0 } : this.#rows.behind();
  }

  /** Whether names are being written. */
  get isWriting(): boolean {
    return this.#copier.isRunning;
  }

  /** Never throws: a Durable Object's alarm is given up after six failures. */
  override async alarm(): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(later(this.#now(), WATCHDOG));
      this.ctx.storage.transactionSync(() => this.#rows.forget(this.#now()));
      this.#start();
      await this.#arm();
    } catch (error) {
      this.#complain(error);
    }
  }

  #start(): void {
    const isRunning = this.#copier.isRunning;
    const run = this.#copier.run();
    if (isRunning) return;
    const over = run.catch((error: unknown) => this.#complain(error)).finally(() => this.ctx.waitUntil(this.#arm()));
    this.ctx.waitUntil(over);
  }

  #told(found: readonly Heard[]): NamedPreviews {
    return found.map(({ entry: { repository, number, state, log: page } }) => ({
      repository,
      number,
      state,
      pull: pullRequestPage(this.env.GITHUB_API_URL, repository, number) ?? null,
      log: page,
    }));
  }

  async #arm(): Promise<void> {
    const isBound = this.env.PREVIEWS !== undefined;
    const write = this.#copier.isRunning ? later(this.#now(), WATCHDOG) : this.#rows.nextWrite();
    const at = earliest(isBound ? write : undefined, this.#rows.nextForgotten());
    await (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  #complain(error: unknown): void {
    log('an index of previews could not go on', { zone: this.#rows.about.zone, error: classOf(error) });
  }
}
