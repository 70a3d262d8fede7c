/** The pump over a real outbox, where what is around it throws, waits, or has much to do. */
import { reset, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CreateDeployment, WriteClass } from '../../schemas/effect.ts';
import { Outbox } from '../../src/ledger/outbox.ts';
import { Pump, type Surroundings } from '../../src/ledger/pump.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { REPOSITORY } from './shop.ts';
import { ledger } from './stage.ts';

const at = (milliseconds: number) => Instant.parse(milliseconds);
const NOW = at(1_000);

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  return reset();
});

/** In the storage of a Durable Object of its own. */
function withOutbox(test: (outbox: Outbox, storage: DurableObjectStorage) => Promise<void> | void): Promise<void> {
  return runInDurableObject(ledger(REPOSITORY), (_, { storage }) => test(new Outbox(storage.sql), storage));
}

function around(outbox: Outbox, given: Partial<Surroundings>): Surroundings {
  return {
    repository: () => REPOSITORY,
    outbox,
    now: () => NOW,
    random: () => 0,
    leave: async () => ({ kind: 'go', token: 't' }),
    report: async () => undefined,
    perform: async ({ lane }) => ({ kind: 'done', learned: { kind: 'deployment', rollout: lane, id: 1 } }),
    settle: (end) => end(),
    ripen: () => undefined,
    rest: () => undefined,
    nextDue: () => undefined,
    ...given,
  };
}

function owe(outbox: Outbox, lane: string, urgency: WriteClass, description = lane): void {
  const effect: CreateDeployment = {
    kind: 'create-deployment',
    rollout: lane,
    sha: Sha.parse('1'.repeat(40)),
    environment: 'production',
    production: true,
    transient: false,
    description,
    app: 'shop',
    instance: 'main',
  };
  outbox.owe({ lane, class: urgency, effect }, at(0));
}

describe('the pump', () => {
  it('goes on after what is around it has thrown', () =>
    withOutbox(async (outbox) => {
      const ripen = vi.fn<() => void>().mockImplementationOnce(() => {
        throw new Error('the storage hiccups');
      });
      const perform = vi.fn(around(outbox, {}).perform);
      const pump = new Pump(around(outbox, { ripen, perform }));
      owe(outbox, 'a', 3);

      await expect(pump.run()).rejects.toThrow('hiccups');
      await pump.run();

      expect(perform.mock.calls.map(([{ lane }]) => lane)).toEqual(['a']);
    }));

  it('does not hold back what has leave because something less urgent waits', () =>
    withOutbox(async (outbox) => {
      const asked: WriteClass[] = [];
      const surroundings = around(outbox, {
        leave: async ({ class: urgency }) => {
          asked.push(urgency);
          if (urgency === 0) return { kind: 'go', token: 't' };
          return { kind: 'wait', until: at(60_000), reason: { code: 'budget', message: '' } };
        },
        settle(end) {
          end();
          if (asked.length <= 2) owe(outbox, 'urgent', 0, 'the next one');
        },
      });
      owe(outbox, 'urgent', 0);
      owe(outbox, 'patient', 3);

      await new Pump(surroundings).run();

      expect(asked.filter((urgency) => urgency === 0)).toHaveLength(2);
      expect(outbox.view(false, 10)).toMatchObject([{ lane: 'patient', attempts: 0 }]);
    }));

  it('makes calls in up to four lanes at a time, and each lane in order', () =>
    withOutbox(async (outbox) => {
      let flying = 0;
      let most = 0;
      const perform: Surroundings['perform'] = async ({ lane }) => {
        most = Math.max(most, ++flying);
        await Promise.resolve();
        flying -= 1;
        return { kind: 'done', learned: { kind: 'deployment', rollout: lane, id: 1 } };
      };
      for (let lane = 0; lane < 40; lane += 1) owe(outbox, `lane ${lane}`, 3);

      await new Pump(around(outbox, { perform })).run();

      expect([most, outbox.view(false, 100)]).toEqual([4, []]);
    }));
});
