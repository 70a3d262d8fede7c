/** An outbox on a storage in Node, and what the tests of it owe: deployments and statuses, each lane named by its key. */
import type { Effect, Owed, WriteClass } from '../../schemas/effect.ts';
import { Outbox } from '../../src/ledger/outbox.ts';
import type { OutboxRow } from '../../src/ledger/outbox-row.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { NodeStorage } from './node-storage.ts';

export const NOW = Instant.parse(1_790_000_000_000);
export const SECOND = 1000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** So many milliseconds after the story begins. */
export function after(milliseconds: number): Instant {
  return Instant.parse(NOW + milliseconds);
}

/** `again`: another instance of the ledger on the same rows, which knows of no call under way. */
export function fresh() {
  const storage = new NodeStorage(() => {});
  migrate(storage);
  return { outbox: new Outbox(storage.sql), again: () => new Outbox(storage.sql), sql: storage.sql };
}

export function creation(lane: string): Effect {
  return {
    kind: 'create-deployment',
    rollout: lane,
    sha: Sha.parse('1'.repeat(40)),
    environment: 'production',
    production: true,
    transient: false,
    description: '',
    app: '',
    instance: '',
  };
}

function status(lane: string, description: string): Effect {
  return { kind: 'write-status', rollout: lane, deployment: 1, status: { state: 'in_progress', description } };
}

/** A status of the lane `shop`. */
export function owed(description: string, rest: Partial<Owed> = {}): Owed {
  return { lane: 'shop', class: 2, effect: status('shop', description), ...rest };
}

/** Owes it and begins it at once. */
export function begun(outbox: Outbox, owed: Owed, now: Instant = NOW): OutboxRow {
  outbox.owe(owed, now);
  const row = outbox.ready(now, 100).find(({ lane }) => lane === owed.lane);
  if (row === undefined) throw new Error(`${owed.lane} is not ready`);
  outbox.begin(row.id, now);
  return row;
}

/** What an outbox owes: each lane's effects in order, `?` where GitHub is to be looked at first, and in how many seconds. */
export function waiting(outbox: Outbox): readonly (readonly [what: string, seconds: number])[] {
  return outbox
    .view(false, 100)
    .map(({ id, effect, dueAt }) => [
      `${wordOf(effect)}${outbox.find(id)?.begun === true ? '?' : ''}`,
      (Number(dueAt) - NOW) / SECOND,
    ]);
}

export function dead(outbox: Outbox): readonly string[] {
  return outbox.view(true, 100).map(({ effect, reason }) => `${wordOf(effect)}: ${reason?.code}`);
}

function wordOf(effect: Effect | null): string {
  switch (effect?.kind) {
    case 'create-deployment':
      return `create ${effect.rollout}`;
    case 'write-status':
      return effect.status.description;
    default:
      return 'something';
  }
}

export function production(lane: string, urgency: WriteClass): Owed {
  return { lane, class: urgency, effect: creation(lane) };
}
