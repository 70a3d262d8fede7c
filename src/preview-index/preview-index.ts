/**
 * Which name leads to which previews, over all repositories of a zone: told by the ledgers, asked by the router. It alone
 * writes the KV that the router reads, and writes until KV has taken it.
 */
import { DurableObject } from 'cloudflare:workers';
import type { NamedPreviews, PreviewEntry } from '../../schemas/preview-entry.ts';
import { classOf, log } from '../log.ts';
import { pullRequestPage } from '../words/github-web.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { within } from '../words/within.ts';
import { IndexRows, type Key } from './index-rows.ts';

/** The alarm is armed this far ahead before anything else, in case what follows never ends. */
const WATCHDOG = 60_000;
/** An invocation has six connections to the outside. */
const MOST_AT_ONCE = 6;
/** After so many rounds the alarm goes on. */
const ROUNDS = 100;
const TIMEOUT = 10_000;
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 600_000;

export class PreviewIndex extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #rows = new IndexRows(this.ctx.storage);
  #writing: Promise<void> | undefined;

  /** It is committed when this answers; one that comes late changes nothing. */
  async put(entry: PreviewEntry): Promise<void> {
    const isNews = this.ctx.storage.transactionSync(() => {
      this.#rows.nameZone(entry.zone);
      return this.#rows.put(entry, this.#now());
    });
    if (!isNews) return;
    this.#start();
    await this.#arm();
  }

  async find(name: string): Promise<NamedPreviews> {
    return this.#named(name);
  }

  /** The cron tick's part: alarms get lost, and a KV may have been bound since. */
  async wake(): Promise<void> {
    this.#start();
    await this.#arm();
  }

  /** How many names KV does not have as they are, and how often it has refused one of them. */
  async behind(): Promise<{ readonly keys: number; readonly attempts: number }> {
    return this.env.PREVIEWS === undefined ? { keys: 0, attempts: 0 } : this.#rows.behind();
  }

  /** Whether names are being written. */
  get isWriting(): boolean {
    return this.#writing !== undefined;
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

  /** One at a time: two writes of one key could overtake each other. */
  #start(): void {
    if (this.#writing !== undefined) return;
    this.#writing = this.#writeDue()
      .catch((error: unknown) => this.#complain(error))
      .finally(() => {
        this.#writing = undefined;
        this.ctx.waitUntil(this.#arm());
      });
    this.ctx.waitUntil(this.#writing);
  }

  async #writeDue(): Promise<void> {
    const { PREVIEWS } = this.env;
    const { zone } = this.#rows;
    if (PREVIEWS === undefined || zone === undefined) return;
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = this.#rows.due(this.#now(), MOST_AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((key) => this.#write(key, zone, PREVIEWS)));
    }
  }

  async #write(key: Key, zone: string, kv: KVNamespace): Promise<void> {
    const host = `${key.name}.${zone}`;
    const previews = this.#named(key.name);
    try {
      // What hangs is written once more: it is the same then, or newer.
      await within(TIMEOUT, previews.length === 0 ? kv.delete(host) : kv.put(host, JSON.stringify(previews)));
      this.#rows.written(key, this.#now());
    } catch (error) {
      const delay = Math.min(FIRST_RETRY * 2 ** key.attempts, LONGEST_RETRY) * (1 + Math.random() / 4);
      this.#rows.unwritten(key, later(this.#now(), Math.round(delay)));
      log('the name of a preview was not written', { zone, attempts: key.attempts + 1, error: classOf(error) });
    }
  }

  #named(name: string): NamedPreviews {
    return this.#rows.named(name).map(({ repository, number, state, log: page }) => ({
      repository,
      number,
      state,
      pull: pullRequestPage(this.env.GITHUB_API_URL, repository, number) ?? null,
      log: page,
    }));
  }

  async #arm(): Promise<void> {
    const isBound = this.env.PREVIEWS !== undefined;
    const write = this.#writing === undefined ? this.#rows.nextWrite() : later(this.#now(), WATCHDOG);
    const at = earliest(isBound ? write : undefined, this.#rows.nextForgotten());
    await (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  #complain(error: unknown): void {
    log('an index of previews could not go on', { zone: this.#rows.zone, error: classOf(error) });
  }
}
