/** One account's part in every call: the register of its ledgers, the App's token, the write budget and the pause. */
import { DurableObject } from 'cloudflare:workers';
import { Config } from '../../schemas/config.ts';
import type { Cost, Reason } from '../../schemas/effect.ts';
import type { InstallationChange } from '../../schemas/installation.ts';
import type { PreviewCount } from '../../schemas/ledger.ts';
import { type Ask, type Leave, type Report, UNANSWERED } from '../../schemas/outcome.ts';
import type { Tally } from '../../schemas/tally.ts';
import { settings } from '../settings.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import { ownerOf, Repository } from '../words/repository.ts';
import { appOf, minting } from './app-token.ts';
import { named as placeOf } from './attempt.ts';
import type { Fetch } from './client.ts';
import { type Closing, Closings, reasonOf } from './closings.ts';
import { MENDED, mendOf } from './mends.ts';
import type { Failure } from './outcome.ts';
import { Places } from './places.ts';
import { Register } from './register.ts';
import type { Registered, Trouble } from './register-rows.ts';
import { type Cleanup, Sweeps } from './sweeps.ts';
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
  /** What GitHub has told of repositories that the App lost, or of the whole account. */
  readonly closed: readonly Closing[];
  readonly previews: Cleanup;
  /** What does without, because the installation does not grant it; null where GitHub has refused nothing. */
  readonly notGranted: string | null;
};

/** What a tick has made of the sweeps: how many ledgers look, or remove what they found; or it is held back. */
export type Swept = { readonly looking: number; readonly removing: number; readonly held: number };

export type InstallationMetrics = {
  readonly view: InstallationView;
  readonly tally: Tally;
  readonly ledgers: number;
};

/** How long past its due time a ledger's alarm counts as lost. */
const OVERDUE = 60_000;
const MOST_WOKEN = 500;
const WATCHDOG = 60_000;
/** While GitHub does not answer, one effect is tried so often, out of its turn. */
const PROBE_EVERY = 30_000;
const ALL = Number.MAX_SAFE_INTEGER;
/** The word that a permission was granted can get lost. */
const ASK_AGAIN = 24 * 3_600_000;
const NOT_GRANTED =
  'administration: write, without which an App deletes no environment: grant it in the App and accept it in the installation, or delete the environments of closed previews by hand';
const IDLE: Swept = { looking: 0, removing: 0, held: 0 };
/** What is parked is tried every ten minutes: a trouble that nobody has met for so long is over, or nobody's any more. */
const TROUBLE_LASTS = 3_600_000;

type Call = (ledger: ReturnType<Cloudflare.Env['LEDGER']['get']>, name: Repository) => Promise<void>;

export class Installation extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #register = new Register(this.ctx.storage);
  readonly #tallies = new Tallies(this.ctx.storage.sql);
  readonly #sweeps = new Sweeps(this.ctx.storage.sql);
  /** An alarm need not know its object's name, so the name is kept. */
  readonly #owner = this.#register.owner ?? this.ctx.id.name;
  readonly #places = new Places(this.#register, () => limits(this.env));
  readonly #fetch: Fetch = (url, init) => fetch(url, init);
  readonly #tokens = new Tokens(minting(this.env, this.#fetch, this.#register, this.#now), this.#now);

  readonly #closings = new Closings(this.ctx.storage.sql);

  /** When GitHub last did something for any of the ledgers. */
  #answeredAt: Instant | undefined;

  async register(ledger: Repository, dueAt: Instant | null, tally?: Tally, previews?: PreviewCount): Promise<void> {
    this.#register.nameOwner(this.ctx.id.name ?? ownerOf(ledger));
    this.#register.registerLedger(ledger, dueAt);
    if (tally !== undefined) this.#tallies.remember(ledger, tally);
    if (previews !== undefined) this.#sweeps.tell(ledger, previews);
  }

  /** A token that can't be had, or a turn that has not come, costs nothing of the budget. */
  async leave(ask: Ask): Promise<Leave> {
    this.#register.registerLedger(ask.ledger, ask.dueAt);
    const closed = this.#closings.holds(ask.ledger, this.#now());
    if (closed !== undefined) return this.#keepOut(ask, closed);
    const leave = this.#places.mustWait(ask, this.#now()) ?? (await this.#withToken(ask));
    if (leave.kind !== 'go') await this.#arm();
    return leave;
  }

  async report({ ledger, cost, pause, badToken, met }: Report): Promise<void> {
    const isWrite = cost === 'write' || cost === 'content';
    if (isWrite) this.#register.land(ledger);
    if (isWrite && met === null) this.#register.clear(ledger);
    if (met && cost !== 'none') this.#note(ledger, met, cost);
    if (met === null && cost !== 'none') this.#answered();
    // What was told of it is undone, though nobody has told so.
    if (met === null && cost !== 'none' && this.#closings.of(ledger) !== undefined) {
      await this.change({ kind: 'open', repositories: [ledger] });
      await this.change({ kind: 'open', repositories: null });
    }
    if (pause !== undefined) this.#register.pause(pause);
    if (badToken !== undefined) this.#tokens.drop(badToken);
    await this.#arm();
  }

  /** GitHub tells what became of the App here. Answers whether it is news. */
  async change(change: InstallationChange): Promise<boolean> {
    this.#register.nameOwner(this.#owner ?? '');
    const now = this.#now();
    const named = change.repositories?.filter((ledger) => this.#register.knows(ledger));
    const ledgers: readonly (Repository | null)[] = named ?? [null];
    this.#tokens.forget();
    this.#register.noteAdministration(null);
    if (change.kind === 'close') {
      const over = change.code === 'repository-deleted' ? await this.#gone(ledgers) : ledgers;
      return over.filter((ledger) => this.#closings.close(ledger, change.code, now)).length > 0;
    }
    const opened = ledgers.filter((ledger) => this.#closings.open(ledger));
    if (change.isNew === true) {
      for (const { ledger } of this.#closings.all) this.#closings.open(Repository.nullable().parse(ledger));
    }
    const resumed = ledgers.includes(null) ? this.#register.ledgers().map(({ ledger }) => ledger) : ledgers;
    this.#resume(resumed.flatMap((ledger) => ledger ?? []).slice(0, MOST_WOKEN));
    return opened.length > 0;
  }

  /**
   * A deletion that GitHub tells of late, or again, may be that of another repository of the same name: what is owed to a closed one
   * is given up, so GitHub is asked. Without an answer the delivery is refused, and asked for again.
   */
  async #gone(ledgers: readonly (Repository | null)[]): Promise<readonly (Repository | null)[]> {
    const app = appOf(this.env, this.#fetch);
    if (!app.ok) return ledgers;
    const gone: (Repository | null)[] = [];
    for (const ledger of ledgers) {
      if (ledger === null) continue;
      const answer = await app.value('GET /repos/{owner}/{repo}/installation', placeOf(ledger));
      if (answer.kind !== 'answered' || (answer.status !== 200 && answer.status !== 404)) {
        throw new Error('GitHub does not say whether a repository is there');
      }
      if (answer.status === 404) gone.push(ledger);
    }
    return gone;
  }

  /** What of a repository GitHub has told that keeps the App out. */
  async closingOf(ledger: Repository): Promise<Closing | null> {
    return this.#closings.of(ledger) ?? null;
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
    const waiting = this.#register.pauseAt(now) === undefined ? this.#register.firstWaiting(MOST_WOKEN) : [];
    const ledgers = [...new Set([...overdue, ...waiting].map(({ ledger }) => ledger))].slice(0, MOST_WOKEN);
    return this.#callAll(ledgers, (ledger) => ledger.wake());
  }

  /** The cron tick's part in previews: ledgers look at what is there, or remove what they have found to be over. */
  async sweep(): Promise<Swept> {
    const step = this.#sweeps.next(this.#now());
    switch (step.kind) {
      case 'look':
        return { ...IDLE, looking: await this.#callAll(step.ledgers, (ledger) => ledger.sweep()) };
      case 'remove':
        return { ...IDLE, removing: await this.#callAll([...step.ledgers.keys()], removing(step.ledgers)) };
      case 'hold':
        return { ...IDLE, held: step.doomed };
      case 'rest':
        return IDLE;
    }
  }

  async view(): Promise<InstallationView> {
    const now = this.#now();
    const { until, reason } = this.#register.pauseAt(now) ?? { until: null, reason: null };
    const { waiting } = this.#register;
    const troubles = this.#register.troubles(later(now, -TROUBLE_LASTS));
    return {
      pausedUntil: until,
      reason,
      waiting,
      budget: this.#places.budget(now),
      troubles,
      closed: this.#closings.all,
      previews: this.#sweeps.state(),
      notGranted: this.#register.noAdministrationAt === undefined ? null : NOT_GRANTED,
    };
  }

  async metrics(): Promise<InstallationMetrics> {
    return { view: await this.view(), tally: this.#tallies.together(), ledgers: this.#register.ledgers().length };
  }

  /** Calls those back whose turn it is. It never throws, and is armed again before it does anything. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(this.#now() + WATCHDOG);
    try {
      this.#probe();
      const called = this.#places.call(this.#now());
      // Not awaited: a ledger may have much to do, and the next one's turn comes meanwhile.
      this.ctx.waitUntil(Promise.all(called.map((ledger) => this.#wake(ledger))));
      const at = this.#nextAt();
      await (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
    } catch (error) {
      this.#complain('an installation could not call its ledgers back', error);
    }
  }

  /** While a token is minted, a pause may have come, or another one's turn. */
  async #withToken(ask: Ask): Promise<Leave> {
    const token = await this.#tokenFor(ask);
    if (!token.ok) return this.#refuse(ask, token.failure);
    const wait = this.#places.mustWait(ask, this.#now());
    if (wait !== undefined) return wait;
    this.#places.take(ask, this.#now());
    return { kind: 'go', token: token.value };
  }

  async #tokenFor({ ledger, present, about, role }: Ask): ReturnType<Tokens['find']> {
    const own = present ?? ledger;
    if (role === 'administrator') return this.#tokenToAdminister(own);
    const token = about === undefined ? undefined : await this.#tokens.find(about, role);
    if (token?.ok === true) return token;
    // Where the App is not let into the other repository, the ledger's own token tells at least what everybody may read.
    if (token !== undefined && mendOf(token.failure.reason.code) === undefined) return token;
    return this.#tokens.find(own, role);
  }

  /** Administration is never required: where it is not granted, the call goes out without, and GitHub refuses it. */
  async #tokenToAdminister(repository: Repository): ReturnType<Tokens['find']> {
    const refusedAt = this.#register.noAdministrationAt;
    const isRefused = refusedAt !== undefined && later(refusedAt, ASK_AGAIN) > this.#now();
    if (isRefused) return this.#tokens.find(repository, 'application');
    const token = await this.#tokens.find(repository, 'administrator');
    if (!token.ok && token.failure.reason.code !== 'not-granted') return token;
    this.#register.noteAdministration(token.ok ? null : this.#now());
    return token.ok ? token : this.#tokens.find(repository, 'application');
  }

  /** What waits there is not tried, so it is not given up either: but for what can never be done. */
  #keepOut({ ledger, cost }: Ask, closed: Closing): Leave {
    this.#register.stopWaiting(ledger);
    const reason = reasonOf(closed);
    this.#note(ledger, reason, cost);
    if (closed.code === 'repository-deleted') return { kind: 'refused', outcome: { kind: 'dead', reason } };
    return { kind: 'wait', until: closed.checkAt, reason };
  }

  #refuse(ask: Ask, outcome: Failure): Leave {
    const { ledger, cost } = ask;
    const closed = this.#closings.of(ledger);
    if (closed !== undefined && mendOf(outcome.reason.code) !== undefined) return this.#keepOut(ask, closed);
    const { reason } = outcome;
    this.#note(ledger, reason, cost);
    if (outcome.kind === 'later' && outcome.pause) this.#register.pause({ until: outcome.pause, reason });
    return { kind: 'refused', outcome };
  }

  /** Each effect backs off by itself, an hour in the end: who heard nothing while GitHub was down is called when it is back. */
  #answered(): void {
    this.#answeredAt = this.#now();
    if (this.#register.probeAt === undefined) return;
    this.#wakeUnanswered();
  }

  /** One call now and then tells whether GitHub is back, however far all the others have backed off. */
  #probe(): void {
    const now = this.#now();
    const at = this.#register.probeAt;
    if (at === undefined || at > now) return;
    const ledger = this.#register.probe(later(now, PROBE_EVERY));
    // Who was tried before and told nothing since may owe nothing any more: this is the last that it is called for it.
    if (ledger === undefined) this.#wakeUnanswered();
    else this.ctx.waitUntil(this.#wake(ledger, 1));
  }

  /** Those beyond what one invocation may call are called at the next answer. */
  #wakeUnanswered(): void {
    const called = this.#register.takeUnanswered(MOST_WOKEN);
    this.ctx.waitUntil(Promise.all(called.map((ledger) => this.#wake(ledger, ALL))));
  }

  #nextAt(): Instant | undefined {
    return earliest(this.#places.nextAt(this.#now()), this.#register.probeAt);
  }

  /** Then it is not down: what fails has its own reason, and backs off. */
  #answersOthers(): boolean {
    return this.#answeredAt !== undefined && this.#answeredAt > later(this.#now(), -PROBE_EVERY);
  }

  #note(ledger: Repository, met: Reason, cost: Cost): void {
    if (UNANSWERED.includes(met.code) && !this.#answersOthers()) {
      this.#register.missAnswer(ledger, later(this.#now(), PROBE_EVERY));
    }
    if (cost !== 'look' && mendOf(met.code) !== undefined) this.#register.trouble(ledger, met, this.#now());
  }

  async #arm(): Promise<void> {
    const at = this.#nextAt();
    if (at !== undefined) await this.ctx.storage.setAlarm(at);
  }

  #resume(ledgers: readonly Repository[]): void {
    const resumed = ledgers.map((ledger) =>
      this.env.LEDGER.get(this.env.LEDGER.idFromName(ledger))
        .resume(MENDED)
        .catch((error: unknown) => this.#complain('a ledger could not be woken', error)),
    );
    this.ctx.waitUntil(Promise.all(resumed));
  }

  #wake(ledger: Repository, unanswered?: number): Promise<boolean> {
    return this.#call(ledger, (stub) => stub.wake(unanswered));
  }

  /** How many were reached. */
  async #callAll(ledgers: readonly Repository[], call: Call): Promise<number> {
    const called = await Promise.all(ledgers.map((ledger) => this.#call(ledger, call)));
    return called.filter(Boolean).length;
  }

  async #call(ledger: Repository, call: Call): Promise<boolean> {
    try {
      await call(this.env.LEDGER.get(this.env.LEDGER.idFromName(ledger)), ledger);
      return true;
    } catch (error) {
      this.#complain('a ledger could not be called', error);
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

/** Each ledger may remove as many as were approved of it. */
function removing(approved: ReadonlyMap<Repository, number>): Call {
  return (ledger, name) => ledger.removeDoomed(approved.get(name) ?? 0);
}
