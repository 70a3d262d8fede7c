/** Gives out an installation's places in flight: to whom at once, whom to call back, and when to look again. */
import type { Config } from '../../schemas/config.ts';
import type { Reason } from '../../schemas/effect.ts';
import type { Ask, Leave } from '../../schemas/outcome.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { contentRefillsAt, contentSpent, left, mayGo, nextInTurn, patience, refillsAt, room, spent } from './budget.ts';
import type { Register } from './register.ts';

type Wait = Extract<Leave, { kind: 'wait' }>;

/** A write whose end nobody reported: its ledger died, and a call lasts 10 s. */
const FLIGHT_LASTS = 60_000;
/** A ledger that was called keeps its place so long: one that does not come wants nothing any more, or asks again by itself. */
const CALL_LASTS = 3_000;

const TALKATIVE: Reason = {
  code: 'content-budget',
  message: 'GitHub takes only so many pull requests and comments an hour: this one waits its turn',
};
const BUSY: Reason = { code: 'budget', message: "The installation's write budget is used up: writes go in turn" };

export class Places {
  readonly #register: Register;
  readonly #limits: () => Config['github'];

  constructor(register: Register, limits: () => Config['github']) {
    this.#register = register;
    this.#limits = limits;
  }

  #perMinute(): number {
    return this.#limits().writesPerMinute;
  }

  /** Undefined: nothing is paused. */
  #holdBack(ask: Ask, now: Instant): Wait | undefined {
    const pause = this.#register.pauseAt(now);
    if (pause === undefined) return undefined;
    this.#register.wait(ask);
    return { kind: 'wait', ...pause };
  }

  /** Undefined: it may go now. */
  mustWait(ask: Ask, now: Instant): Wait | undefined {
    const paused = this.#holdBack(ask, now);
    if (paused !== undefined) return paused;
    if (isRead(ask)) return undefined;
    const content = ask.cost === 'content' ? this.#contentAt(now) : undefined;
    if (content !== undefined) return { kind: 'wait', until: content, reason: TALKATIVE, alone: true };
    if (this.#isTurnOf(ask, now)) return undefined;
    this.#register.wait(ask);
    const until = patience(this.#register.waiting, this.#perMinute(), now);
    return { kind: 'wait', until, reason: BUSY };
  }

  /** A write holds a place until it lands. Reads cost nothing, and leave a write that waits where it is. */
  take(ask: Ask, now: Instant): void {
    if (isRead(ask)) return;
    if (ask.cost === 'content') {
      this.#register.useContent(contentSpent(this.#register.contentUsedUntil, this.#limits().contentPerHour, now));
    }
    this.#register.stopWaiting(ask.ledger);
    this.#register.begin(ask.ledger, spent(this.#register.usedUntil, this.#perMinute(), now), now);
  }

  /** When there is room for content again; undefined: there is. */
  #contentAt(now: Instant): Instant | undefined {
    return contentRefillsAt(this.#register.contentUsedUntil, this.#limits().contentPerHour, now);
  }

  #isTurnOf(ask: Ask, now: Instant): boolean {
    this.#expire(now);
    const turn = { ...ask, servedAt: this.#register.servedAt(ask.ledger) };
    const places = this.#room(now);
    // Its own entry may be among the first.
    return mayGo(turn, this.#register.firstWaiting(places + 1), places);
  }

  /** Whose turn it has become. They keep their place until they come, or fail to. */
  call(now: Instant): readonly Repository[] {
    this.#expire(now);
    const called = this.#callable(now);
    for (const ledger of called) this.#register.called(ledger, now);
    return called;
  }

  /** When somebody may have to be called; undefined where nobody waits. */
  nextAt(now: Instant): Instant | undefined {
    if (this.#register.firstWaiting(1).length === 0) return undefined;
    const pause = this.#register.pauseAt(now);
    if (pause !== undefined) return pause.until;
    if (this.#callable(now).length > 0) return now;
    const [call, flight] = [this.#register.firstCall(), this.#register.oldestFlight()];
    return earliest(
      call === null ? undefined : later(call, CALL_LASTS),
      flight === null ? undefined : later(flight, FLIGHT_LASTS),
      refillsAt(this.#register.usedUntil, this.#perMinute(), now),
    );
  }

  budget(now: Instant) {
    const perMinute = this.#perMinute();
    return { perMinute, left: left(this.#register.usedUntil, perMinute, now), inFlight: this.#register.inFlight() };
  }

  #callable(now: Instant): readonly Repository[] {
    if (this.#register.pauseAt(now) !== undefined) return [];
    const places = this.#room(now);
    const next = nextInTurn(this.#register.firstWaiting(places), places);
    return next.filter(({ calledAt }) => calledAt === null).map(({ ledger }) => ledger);
  }

  #room(now: Instant): number {
    const budget = this.budget(now);
    return room(budget.left, budget.inFlight);
  }

  #expire(now: Instant): void {
    this.#register.expire(later(now, -CALL_LASTS), later(now, -FLIGHT_LASTS));
  }
}

function isRead({ cost }: Ask): boolean {
  return cost === 'read' || cost === 'look';
}
