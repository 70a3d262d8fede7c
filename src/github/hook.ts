/** The App's webhook, one object for all accounts: finds deliveries that did not come through, and has GitHub repeat them. */
import { DurableObject } from 'cloudflare:workers';
import type { Reason } from '../../schemas/effect.ts';
import { log } from '../log.ts';
import { Instant } from '../words/instant.ts';
import { appOf } from './app-token.ts';
import type { GitHub } from './client.ts';
import { askAgain, readDeliveries, withExactIds } from './hook-deliveries.ts';
import { HookRows, type Scan } from './hook-rows.ts';
import { type Missed, oldestRepeated, reachOf, readPage, tried } from './redelivery.ts';

export type HookView = {
  /** Up to when all deliveries were looked through; null: never yet. */
  readonly watermark: Instant | null;
  /** A look is under way that one tick could not finish: the next one goes on. */
  readonly isUnfinished: boolean;
  /** Why the last tick could not do its part. */
  readonly trouble: Reason | null;
  readonly gap: { readonly from: Instant; readonly to: Instant } | null;
  /** How many did not come through and are asked for again, and how many were given up. */
  readonly missed: number;
  readonly givenUp: number;
  readonly lost: readonly Missed[];
};

/** For one tick; a hundred deliveries are on a page, and the App may make 5,000 calls an hour. */
const MOST_PAGES = 30;
const MOST_ASKED = 100;
const MOST_SHOWN = 100;

export class Hook extends DurableObject {
  readonly #rows = new HookRows(this.ctx.storage);
  readonly #now = (): Instant => Instant.parse(Date.now());
  #running: Promise<void> | undefined;

  /** The cron's part. Ticks may overlap: the second one finds the first at it. */
  async tick(): Promise<void> {
    this.#running ??= this.#tick().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async view(): Promise<HookView> {
    const { watermark, scan, trouble, gap } = this.#rows;
    return {
      watermark: watermark ?? null,
      isUnfinished: scan !== undefined,
      trouble: trouble ?? null,
      gap: gap ?? null,
      ...this.#rows.count(),
      lost: this.#rows.givenUp(MOST_SHOWN),
    };
  }

  async #tick(): Promise<void> {
    const app = appOf(
      this.env,
      withExactIds((url, init) => fetch(url, init)),
    );
    const trouble = app.ok ? await this.#look(app.value) : app.failure;
    this.#rows.note(trouble);
    this.#rows.forget(oldestRepeated(this.#now(), this.#isServer()), this.#now());
    const { missed, givenUp } = this.#rows.count();
    const isUnfinished = this.#rows.scan !== undefined;
    log('deliveries looked through', { missed, givenUp, finished: !isUnfinished, reason: trouble?.code });
  }

  /** Nothing is asked for before the list was read as far as it has to be. */
  async #look(app: GitHub): Promise<Reason | undefined> {
    const scan = this.#rows.scan ?? this.#begin();
    const trouble = await this.#scan(app, scan);
    if (trouble !== undefined || this.#rows.scan !== undefined) return trouble;
    return this.#ask(app);
  }

  #begin(): Scan {
    const startedAt = this.#now();
    const { watermark } = this.#rows;
    const { since, gap } = reachOf(watermark, startedAt, this.#isServer());
    if (gap !== undefined) this.#rows.noteGap(gap, since);
    const scan = { startedAt, since, cursor: undefined };
    this.#rows.rememberScan(scan);
    return scan;
  }

  /** Each page is kept: a look that dies goes on from there, and the watermark stays until it has seen all. */
  async #scan(app: GitHub, scan: Scan): Promise<Reason | undefined> {
    let { cursor } = scan;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await readDeliveries(app, cursor, this.#now);
      if (!page.ok) {
        // A cursor that GitHub no longer takes must not hold up all looks to come.
        if (page.failure.code === 'invalid' || page.failure.code === 'refused') this.#rows.dropScan();
        return page.failure;
      }
      const { attempts, next } = page.value;
      const before = this.#rows.known(attempts.map(({ guid }) => guid));
      const after = readPage(attempts, scan.since, before);
      const isLast = after.isLast || next === undefined;
      this.ctx.storage.transactionSync(() => {
        this.#rows.learn(before, after, this.#now());
        if (isLast) this.#rows.finishScan(scan);
        else this.#rows.rememberScan({ ...scan, cursor: next });
      });
      if (isLast) return undefined;
      cursor = next;
    }
    return undefined;
  }

  /** One after the other, and each is noted before it is asked for: dying in the middle must not make a sixth try. */
  async #ask(app: GitHub): Promise<Reason | undefined> {
    for (const missed of this.#rows.due(this.#now(), MOST_ASKED)) {
      const next = tried(missed, this.#now());
      this.#rows.write(next);
      if (next.givenUp) logGivenUp(next);
      const asked = next.givenUp ? undefined : await askAgain(app, missed.id, this.#now);
      if (asked?.ok === true && asked.value === 'refused') {
        this.#rows.write({ ...next, givenUp: true });
        logGivenUp(next);
      }
      if (asked?.ok === false) {
        // GitHub surely did not take these; whether it took one that nobody answered for is not known.
        if (CERTAIN.includes(asked.failure.code)) this.#rows.write(missed);
        return asked.failure;
      }
    }
    return undefined;
  }

  /** https://docs.github.com/enterprise-server/rest: its API lives under /api/v3. */
  #isServer(): boolean {
    return URL.parse(this.env.GITHUB_API_URL)?.pathname.startsWith('/api/v3') === true;
  }
}

const CERTAIN: readonly string[] = ['rate-limit', 'secondary-rate-limit', 'unauthorized', 'forbidden'];

function logGivenUp({ guid, event, action, code, tries }: Missed): void {
  log('delivery given up', { delivery: guid, event, action: action ?? undefined, status: code, tries });
}
