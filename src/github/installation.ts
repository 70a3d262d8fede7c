/** One account's part in every call: the register of its ledgers, the App's token, the write budget and the pause. */
import { DurableObject } from 'cloudflare:workers';
import { Config } from '../../schemas/config.ts';
import type { Reason } from '../../schemas/effect.ts';
import type { Ask, Leave, Report } from '../../schemas/outcome.ts';
import type { Tally } from '../../schemas/tally.ts';
import { settings } from '../settings.ts';
import { Instant, later } from '../words/instant.ts';
import { ownerOf, type Repository } from '../words/repository.ts';
import { minting } from './app-token.ts';
import { mendOf } from './mends.ts';
import type { Failure } from './outcome.ts';
import { Places } from './places.ts';
import { Register } from './register.ts';
import type { Registered, Trouble } from './register-rows.ts';
import { Tallies } from './tallies.ts';
import { Tokens } from './tokens.ts';

export type InstallationView = {
  readonly pausedUntil: Instant | null;
  readonly reason: Reason | null;
  /** How many ledgers wait for leave. */
  readonly waiting: number;
  readonly budget: { readonly perMinute: number; readonly left: number; readonly inFlight: number };
  /** Where GitHub does not let the App in, with what to do. */
  readonly troubles: readonly Trouble[];
};

export type InstallationMetrics = {
  readonly view: InstallationView;
  readonly tally: Tally;
  readonly ledgers: number;
};

/** How long past its due time a ledger's alarm counts as lost. */
const OVERDUE = 60_000;
const MOST_WOKEN = 500;
const WATCHDOG = 60_000;
/** What is parked is tried every ten minutes: a trouble that nobody has met for so long is over, or nobody's any more. */
const TROUBLE_LASTS = 3_600_000;

export class Installation extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #register = new Register(this.ctx.storage);
  readonly #tallies = new Tallies(this.ctx.storage.sql);
  /** An alarm need not know its object's name, so the name is kept. */
  readonly #owner = this.#register.owner ?? this.ctx.id.name;
  readonly #places = new Places(this.#register, () => limits(this.env));
  readonly #mint = minting(this.env, (url, init) => fetch(url, init), this.#register, this.#now);
  readonly #tokens = new Tokens(this.#mint, this.#now);

  async register(ledger: Repository, dueAt: Instant | null, tally?: Tally): Promise<void> {
    this.#register.nameOwner(this.ctx.id.name ?? ownerOf(ledger));
    this.#register.registerLedger(ledger, dueAt);
    if (tally !== undefined) this.#tallies.remember(ledger, tally);
  }

  /** A token that can't be had, or a turn that has not come, costs nothing of the budget. */
  async leave(ask: Ask): Promise<Leave> {
    this.#register.registerLedger(ask.ledger, ask.dueAt);
    const leave = this.#places.mustWait(ask, this.#now()) ?? (await this.#withToken(ask));
    if (leave.kind !== 'go') await this.#arm();
    return leave;
  }

  async report({ ledger, cost, pause, badToken, met }: Report): Promise<void> {
    const isWrite = cost === 'write' || cost === 'content';
    if (isWrite) this.#register.land(ledger);
    if (isWrite && met === null) this.#register.clear(ledger);
    if (met) this.#note(ledger, met);
    if (pause !== undefined) this.#register.pause(pause);
    if (badToken !== undefined) this.#tokens.drop(ledger, badToken);
    await this.#arm();
  }

  /** Whether a ledger has registered here. */
  async knows(ledger: Repository): Promise<boolean> {
    return this.#register.knows(ledger);
  }

  async ledgers(): Promise<readonly Registered[]> {
    return this.#register.ledgers();
  }

  /** The cron tick's part: alarms get lost, here and in ledgers. Answers how many were woken. */
  async wakeOverdue(): Promise<number> {
    await this.#arm();
    const now = this.#now();
    const overdue = this.#register.overdue(later(now, -OVERDUE), MOST_WOKEN);
    const waiting = this.#register.pauseAt(now) === undefined ? this.#register.waiting() : [];
    const ledgers = [...new Set([...overdue, ...waiting].map(({ ledger }) => ledger))].slice(0, MOST_WOKEN);
    const woken = await Promise.all(ledgers.map((ledger) => this.#wake(ledger)));
    return woken.filter(Boolean).length;
  }

  async view(): Promise<InstallationView> {
    const now = this.#now();
    const { until, reason } = this.#register.pauseAt(now) ?? { until: null, reason: null };
    const waiting = this.#register.waiting().length;
    const troubles = this.#register.troubles(later(now, -TROUBLE_LASTS));
    return { pausedUntil: until, reason, waiting, budget: this.#places.budget(now), troubles };
  }

  async metrics(): Promise<InstallationMetrics> {
    return { view: await this.view(), tally: this.#tallies.together(), ledgers: this.#register.ledgers().length };
  }

  /** Calls those back whose turn it is. It never throws, and is armed again before it does anything. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(this.#now() + WATCHDOG);
    try {
      const called = this.#places.call(this.#now());
      // Not awaited: a ledger may have much to do, and the next one's turn comes meanwhile.
      this.ctx.waitUntil(Promise.all(called.map((ledger) => this.#wake(ledger))));
      const at = this.#places.nextAt(this.#now());
      await (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
    } catch (error) {
      this.#complain('an installation could not call its ledgers back', error);
    }
  }

  /** While a token is minted, a pause may have come, or another one's turn. */
  async #withToken(ask: Ask): Promise<Leave> {
    const token = await this.#tokens.find(ask.ledger);
    if (!token.ok) return this.#refuse(ask.ledger, token.failure);
    const wait = this.#places.mustWait(ask, this.#now());
    if (wait !== undefined) return wait;
    this.#places.take(ask, this.#now());
    return { kind: 'go', token: token.value };
  }

  #refuse(ledger: Repository, outcome: Failure): Leave {
    const { reason } = outcome;
    this.#note(ledger, reason);
    if (outcome.kind === 'later' && outcome.pause) this.#register.pause({ until: outcome.pause, reason });
    return { kind: 'refused', outcome };
  }

  #note(ledger: Repository, met: Reason): void {
    if (mendOf(met.code) !== undefined) this.#register.trouble(ledger, met, this.#now());
  }

  async #arm(): Promise<void> {
    const at = this.#places.nextAt(this.#now());
    if (at !== undefined) await this.ctx.storage.setAlarm(at);
  }

  async #wake(ledger: Repository): Promise<boolean> {
    try {
      await this.env.LEDGER.get(this.env.LEDGER.idFromName(ledger)).wake();
      return true;
    } catch (error) {
      this.#complain('a ledger could not be woken', error);
      return false;
    }
  }

  #complain(message: string, error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    console.error(JSON.stringify({ message, owner: this.#owner, error: name }));
  }
}

/** A configuration that can't be read closes the doors; what was owed before still goes out, at the default pace. */
function limits(env: Cloudflare.Env): Config['github'] {
  const configured = settings(env);
  return (configured.ok ? configured.value : Config.parse({})).github;
}
