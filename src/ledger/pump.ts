/** Carries out what the outbox owes: asks leave, marks the row begun, calls, and settles what came of it. */
import { COSTS, type Effect, type Reason, roleOf, type WriteClass } from '../../schemas/effect.ts';
import type { Event } from '../../schemas/event.ts';
import type { Ask, Leave, Outcome, Report } from '../../schemas/outcome.ts';
import type { Counted } from '../../schemas/tally.ts';
import { classOf, log } from '../log.ts';
import { earliest, Instant } from '../words/instant.ts';
import { ownerOf, type Repository } from '../words/repository.ts';
import { isGivenUp, nextAttempt } from './backoff.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxRow } from './outbox-row.ts';

/** GitHub asks for few calls at a time; the installation lets as many through for all its ledgers. */
const LANES = 4;
/** After so many rounds the alarm goes on, so that one run stays far from the platform's limits. */
const ROUNDS = 50;
const LEAST_URGENT: WriteClass = 3;
/** When an installation could not be asked. */
const UNREACHED = 15_000;

/** What the pump needs of the ledger around it. */
export type Surroundings = {
  readonly repository: () => Repository;
  readonly outbox: Outbox;
  readonly now: () => Instant;
  readonly random: () => number;
  readonly leave: (ask: Ask) => Promise<Leave>;
  readonly report: (report: Report) => Promise<void>;
  readonly perform: (row: OutboxRow, token: string) => Promise<Outcome>;
  /** Runs all in one transaction: the row's end, what was learned of it, and the count. */
  readonly settle: (end: () => void, event: Event | undefined, ended: Omit<Counted, 'subject'>) => void;
  /** Lets time do its part before effects are looked at. */
  readonly ripen: () => void;
  /** A run has ended: the alarm is set for what comes next. */
  readonly rest: () => void;
  readonly nextDue: () => Instant | undefined;
};

export class Pump {
  readonly #around: Surroundings;
  #running: Promise<void> | undefined;
  #again = false;
  /** The installation wants nothing of this ledger before then, unless it is more urgent than what has asked. */
  #held: { readonly until: Instant; readonly class: WriteClass } | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** What the installation holds back, and until when. */
  get held(): { readonly until: Instant; readonly class: WriteClass } | undefined {
    return this.#held;
  }

  /** Whether a run may send something: news is owed, and either the run under way takes it along or nobody holds it back. */
  get hasWork(): boolean {
    const { newest } = this.#around.outbox;
    return (
      newest !== undefined && (this.#running !== undefined || newest < (this.#heldNow() ?? Number.POSITIVE_INFINITY))
    );
  }

  /** The installation has called: what it said before no longer holds. */
  release(): void {
    this.#held = undefined;
  }

  /** One run at a time: who comes while it goes on is served by it, and waits for its end. */
  run(): Promise<void> {
    this.#again = true;
    // Begun in a turn of its own: what throws at once would be noted only after it had ended, and so for ever.
    this.#running ??= Promise.resolve().then(() => this.#drain());
    return this.#running;
  }

  async #drain(): Promise<void> {
    try {
      for (let round = 0; this.#again && round < ROUNDS; round += 1) {
        this.#again = false;
        this.#around.ripen();
        await this.#round();
      }
      this.#around.rest();
    } finally {
      this.#running = undefined;
    }
  }

  async #round(): Promise<void> {
    const { outbox, now } = this.#around;
    const tried = outbox.ready(now(), LANES, this.#heldNow());
    if (tried.length === 0) return;
    const ends = await Promise.allSettled(tried.map((row) => attemptSafely(row, this.#around)));
    outbox.landed();
    const waits = ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
    const held = tried.filter((_, index) => waits[index] !== undefined);
    const until = earliest(...waits);
    if (until !== undefined) this.#held = { until, class: mostUrgent(held) };
    else if (tried.some(({ effect }) => COSTS[effect.kind] !== 'none')) this.#held = undefined;
    this.#again = true;
  }

  /** From this class on, asking again would tell nothing new. */
  #heldNow(): WriteClass | undefined {
    return this.#held !== undefined && this.#held.until > this.#around.now() ? this.#held.class : undefined;
  }
}

function mostUrgent(rows: readonly OutboxRow[]): WriteClass {
  return rows.reduce<WriteClass>((most, row) => (row.class < most ? row.class : most), LEAST_URGENT);
}

/** What throws here is a fault of ours: the row waits like any other that failed, and the queue moves on. */
async function attemptSafely(row: OutboxRow, around: Surroundings): Promise<Instant | undefined> {
  try {
    return await attempt(row, around);
  } catch (error) {
    const message = error instanceof Error ? error.name : 'unknown';
    settle(row, { kind: 'later', certain: false, reason: { code: 'fault', message } }, around);
    return undefined;
  }
}

async function attempt(
  { id, class: urgency, owedAt, effect }: OutboxRow,
  around: Surroundings,
): Promise<Instant | undefined> {
  const { outbox, now } = around;
  const repository = around.repository();
  const cost = COSTS[effect.kind];
  const ask: Ask = {
    ledger: repository,
    class: urgency,
    since: owedAt,
    cost,
    role: roleOf(effect.kind),
    ...aboutOf(effect, repository),
    dueAt: around.nextDue() ?? null,
  };
  const leave = await leaveFor(ask, around);
  if (leave.kind === 'wait') {
    outbox.note(id, leave.reason);
    if (leave.alone !== true) return leave.until;
    outbox.delay(id, leave.until);
    return undefined;
  }

  // While leave was asked for, a newer effect may have taken this one's place.
  const row = outbox.find(id);
  if (row === undefined) {
    if (leave.kind === 'go') await reportSafely({ ledger: repository, cost }, around);
    return undefined;
  }
  outbox.begin(id, now());
  if (leave.kind === 'refused') {
    // Nothing left this machine, but what an earlier attempt did is as uncertain as before.
    const outcome = leave.outcome.kind === 'later' ? { ...leave.outcome, certain: !row.begun } : leave.outcome;
    settle(row, outcome, around);
    return undefined;
  }
  const outcome = await around.perform(row, leave.token);
  settle(row, outcome, around);
  await reportSafely({ ledger: repository, cost, ...lessons(outcome, leave.token) }, around);
  return undefined;
}

/** Another account's installation is not this ledger's to ask. */
function aboutOf(effect: Effect, ledger: Repository): Pick<Ask, 'about'> {
  if (effect.kind !== 'read-source' || ownerOf(effect.repository) !== ownerOf(ledger)) return {};
  return { about: effect.repository };
}

/** What does not go to GitHub needs no leave, and no token. */
async function leaveFor(ask: Ask, around: Surroundings): Promise<Leave> {
  if (ask.cost === 'none') return { kind: 'go', token: '' };
  return around.leave(ask).catch((error: unknown) => unreached(error, around.now()));
}

/** What has been done stays done where the installation can't be told: it gives the place up by itself. */
async function reportSafely(report: Report, around: Surroundings): Promise<void> {
  if (report.cost === 'none') return;
  await around.report(report).catch((error: unknown) => log('an installation was not told', { error: classOf(error) }));
}

function settle(row: OutboxRow, outcome: Outcome, around: Surroundings): void {
  const { outbox, now, random } = around;
  const attempts = row.attempts + 1;
  const { kind } = row.effect;
  const fields = { repository: around.repository(), effect: kind, id: row.id, attempts };
  switch (outcome.kind) {
    case 'done':
      around.settle(
        () => outbox.done(row.id),
        { kind: 'performed', learned: outcome.learned },
        { kind, outcome: 'done' },
      );
      log('effect done', { ...fields, milliseconds: now() - row.owedAt });
      return;
    case 'dead':
      around.settle(() => outbox.bury(row.id, outcome.reason), undefined, { kind, outcome: 'dead' });
      log('effect given up', { ...fields, code: outcome.reason.code });
      return;
    case 'later': {
      if (isGivenUp(row.triedAt ?? now(), now())) {
        around.settle(() => outbox.bury(row.id, outcome.reason), undefined, { kind, outcome: 'dead' });
        log('effect given up', { ...fields, code: outcome.reason.code });
        return;
      }
      const until = later(outcome, attempts, random(), now());
      const { certain, notBefore, reason } = outcome;
      around.settle(
        () => outbox.postpone(row.id, until, { certain, named: notBefore !== undefined, reason }),
        undefined,
        {
          kind,
          outcome: 'postponed',
        },
      );
      log('effect postponed', { ...fields, code: outcome.reason.code, milliseconds: until - now() });
    }
  }
}

function later(outcome: Extract<Outcome, { kind: 'later' }>, attempts: number, random: number, now: Instant): Instant {
  if (outcome.notBefore !== undefined) return outcome.notBefore;
  if (outcome.badToken === true && attempts === 1) return now;
  return nextAttempt(attempts, outcome.certain, random, now);
}

function lessons(outcome: Outcome, token: string): Partial<Report> {
  if (outcome.kind === 'done') return { met: null };
  if (outcome.kind === 'dead') return {};
  return {
    met: outcome.reason,
    ...(outcome.pause === undefined ? {} : { pause: { until: outcome.pause, reason: outcome.reason } }),
    ...(outcome.badToken === true ? { badToken: token } : {}),
  };
}

function unreached(error: unknown, now: Instant): Leave {
  const reason: Reason = { code: 'installation-unreached', message: error instanceof Error ? error.name : 'unknown' };
  return { kind: 'wait', until: Instant.parse(now + UNREACHED), reason };
}
