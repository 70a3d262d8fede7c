/** One Argo CD instance's refresh calls: gathered, paced, held while a fork's label is on, and tried until they are taken. */
import { DurableObject } from 'cloudflare:workers';
import type { Reason } from '../../schemas/effect.ts';
import { classOf, log } from '../log.ts';
import { earliest, Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { HOUR } from './gather.ts';
import { Holds } from './holds.ts';
import { begun, type Called, ended, newTarget, recovered, retried, type Target, WHOLE, wanted } from './target.ts';
import { Targets } from './targets.ts';
import { call, wayTo } from './way.ts';

/** A target that waits, or whose last call was not taken; or a repository that is held. */
export type RefreshView = {
  /** Null: the calls speak for the whole instance. */
  readonly repository: Repository | null;
  readonly wantedAt: Instant | null;
  /** Since when a fork's label has to come off before it is called; null: it need not wait. */
  readonly heldSince: Instant | null;
  readonly attempts: number;
  readonly refused: boolean;
  readonly reason: Reason | null;
};

/** The alarm is armed this far ahead before anything else, in case what follows never ends. */
const WATCHDOG = 60_000;
/** An invocation has six connections to the outside. */
const MOST_AT_ONCE = 6;
/** After so many failures in a row, some minutes, it is not a moment's weakness any more. */
const MANY = 5;

export class Refresher extends DurableObject {
  readonly #now = (): Instant => Instant.parse(Date.now());
  readonly #targets = new Targets(this.ctx.storage);
  readonly #holds = new Holds(this.ctx.storage.sql);

  /** Something has changed in the repository that can change previews. It is committed when this answers. */
  async ask(repository: Repository): Promise<void> {
    this.#keepName();
    const name = this.#isWhole() ? WHOLE : repository;
    const target = this.#targets.find(name);
    // The call that is due already will speak for this event as well.
    if (target !== undefined && target.wantedAt !== null) return;
    const now = this.#now();
    this.#targets.write(target === undefined ? newTarget(name, now) : wanted(target, now));
    this.#start();
    await this.#arm();
  }

  /** A fork that is not trusted has its label there: until it is off, Argo CD is not asked to look at this repository. */
  async hold(repository: Repository): Promise<void> {
    this.#keepName();
    this.#holds.place(repository, this.#now());
    await this.#arm();
  }

  /** No such label is left: what was wanted meanwhile goes out. */
  async release(repository: Repository): Promise<void> {
    this.#holds.lift(repository);
    this.#start();
    await this.#arm();
  }

  /** The cron tick's part: alarms get lost. One call an hour tells whether what was refused is mended. */
  async wake(): Promise<void> {
    const now = this.#now();
    this.#holds.forget(now);
    const refused = this.#targets.troubled().findLast((target) => target.refused);
    if (refused !== undefined && refused.wantedAt === null && refused.touchedAt <= later(now, -HOUR)) {
      this.#targets.write(wanted(refused, now));
    }
    this.#start();
    await this.#arm();
  }

  async view(): Promise<readonly RefreshView[]> {
    const holds = this.#holds.standing(this.#now());
    const isWhole = this.#isWhole();
    const targets = this.#targets.all();
    const waiting = targets.map(({ name, wantedAt, callingAt, attempts, refused, reason }) => ({
      repository: name === WHOLE ? null : name,
      wantedAt: wantedAt ?? callingAt,
      heldSince: holds.find(({ repository }) => isWhole || repository === name)?.since ?? null,
      attempts,
      refused,
      reason,
    }));
    const others = holds.filter(({ repository }) => !targets.some(({ name }) => name === repository));
    const idle = { wantedAt: null, attempts: 0, refused: false, reason: null };
    return [...waiting, ...others.map(({ repository, since }) => ({ ...idle, repository, heldSince: since }))];
  }

  /** Null: nothing keeps Argo CD from hearing. */
  async trouble(): Promise<Reason | null> {
    const untaken = this.#targets.troubled().find(({ refused, attempts }) => refused || attempts >= MANY);
    return untaken?.reason ?? this.#holds.trouble(this.#now());
  }

  /** Never throws: a Durable Object's alarm is given up after six failures. */
  override async alarm(): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(later(this.#now(), WATCHDOG));
      this.#targets.forget(this.#now());
      this.#holds.forget(this.#now());
      for (const target of this.#targets.calling().filter((each) => this.#isLost(each))) {
        this.#targets.write(recovered(target));
      }
      this.#start();
      await this.#arm();
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Begins what is due, in one turn with having looked: nothing is called twice for one wish. */
  #start(): void {
    const now = this.#now();
    for (const target of this.#targets.due(now, MOST_AT_ONCE - this.#targets.calling().length, this.#isWhole())) {
      this.#targets.noteCall(target.name, now);
      this.#targets.write(begun(target, now));
      this.ctx.waitUntil(this.#serve(target).catch((error: unknown) => this.#complain(error)));
    }
  }

  async #serve({ name }: Target): Promise<void> {
    const called = await call(this.#way(), name, () => this.#holds.standing(this.#now()).length > 0);
    this.#tell(name, called);
    const target = this.#targets.find(name);
    if (target !== undefined) this.#end(target, called);
    if (called.kind === 'taken') this.#retry();
    this.#start();
    await this.#arm();
  }

  #end(target: Target, called: Called): void {
    const left = ended(target, called, Math.random(), this.#now());
    if (left === undefined) this.#targets.remove(target.name);
    else this.#targets.write(left);
  }

  /** Why a call is not taken concerns the instance, never the repository: where one is taken, all are. */
  #retry(): void {
    const now = this.#now();
    for (const target of this.#targets.troubled().filter(({ callingAt }) => callingAt === null)) {
      this.#targets.write(retried(target, now));
    }
  }

  #isLost({ callingAt }: Target): boolean {
    return callingAt !== null && callingAt <= later(this.#now(), -WATCHDOG);
  }

  /** Whether a call has Argo CD look at every repository that the instance serves. */
  #isWhole(): boolean {
    return this.#way().kind === 'action';
  }

  /** An alarm need not know its object's name, so the name is kept. */
  #keepName(): void {
    if (this.ctx.id.name !== undefined) this.#targets.nameInstance(this.ctx.id.name);
  }

  #way() {
    return wayTo(this.#targets.instance, this.env, (url, init) => fetch(url, init));
  }

  async #arm(): Promise<void> {
    const calling = this.#targets.calling().length;
    const watchdog = calling > 0 ? later(this.#now(), WATCHDOG) : undefined;
    // Where no more can be begun, whichever ends first begins the next.
    const at = earliest(watchdog, calling < MOST_AT_ONCE ? this.#targets.nextDue(this.#isWhole()) : undefined);
    await (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  #tell(target: string, called: Called): void {
    const reason = 'reason' in called ? called.reason.code : undefined;
    log('refresh called', { instance: this.#targets.instance, target, outcome: called.kind, reason });
  }

  #complain(error: unknown): void {
    log('a refresher could not go on', { instance: this.#targets.instance, error: classOf(error) });
  }
}
