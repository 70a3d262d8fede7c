/** What becomes of an effect that the pump has asked leave for, called or settled; and when a run goes on. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask, Leave, Outcome, Report } from '../../schemas/outcome.ts';
import { Pump, type Surroundings } from '../../src/ledger/pump.ts';
import { Repository } from '../../src/words/repository.ts';
import { after, dead, fresh, HOUR, NOW, production, SECOND, waiting } from './lanes.ts';

const REPOSITORY = Repository.parse('acme/shop');
const SILENCE = { code: 'unreachable', message: 'no answer' };
const BUDGET = { code: 'budget', message: 'wait' };
const LATER: Outcome = { kind: 'later', certain: true, reason: SILENCE };

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A pump whose calls end so, one after the other; the last one for ever. */
function scene({ leaves = [], ends = [] }: { leaves?: readonly Leave[]; ends?: readonly (Outcome | Error)[] }) {
  const { outbox } = fresh();
  const asks: Ask[] = [];
  const reports: Report[] = [];
  const calls: string[] = [];
  const settled: unknown[] = [];
  const clock = { now: NOW };
  const surroundings: Surroundings = {
    repository: () => REPOSITORY,
    outbox,
    now: () => clock.now,
    random: () => 0.5,
    leave: async (ask) => {
      asks.push(ask);
      return leaves[asks.length - 1] ?? leaves.at(-1) ?? { kind: 'go', token: 'a token' };
    },
    report: async (report) => {
      reports.push(report);
    },
    perform: async ({ lane }, token) => {
      calls.push(`${lane} with ${token || 'no token'}`);
      const end = ends[calls.length - 1] ?? ends.at(-1) ?? { kind: 'done', learned: { kind: 'nothing' } };
      if (end instanceof Error) throw end;
      return end;
    },
    settle: (end, event, ended) => {
      end();
      settled.push([ended.outcome, ...(event === undefined ? [] : [event])]);
    },
    ripen: () => {},
    rest: () => {},
    nextDue: () => undefined,
  };
  return { outbox, surroundings, pump: new Pump(surroundings), asks, reports, calls, settled, clock };
}

function logged(): readonly unknown[] {
  return vi.mocked(console.log).mock.calls.map(([line]) => (typeof line === 'string' ? JSON.parse(line) : line));
}

describe('leave', () => {
  it('is asked for with what the call costs, who goes first, and when the ledger is due next', async () => {
    const { outbox, surroundings, asks } = scene({});
    outbox.owe(production('a', 1), after(-SECOND));

    await new Pump({ ...surroundings, nextDue: () => after(HOUR) }).run();

    expect(asks).toEqual([
      {
        ledger: 'acme/shop',
        class: 1,
        since: after(-SECOND),
        cost: 'write',
        role: 'application',
        dueAt: after(HOUR),
      },
    ]);
  });

  it('is neither asked for nor told of where GitHub is not called', async () => {
    const { outbox, pump, asks, reports, calls } = scene({});
    outbox.owe({ lane: 'refresh', class: 3, effect: { kind: 'refresh', instance: 'main', at: NOW } }, NOW);

    await pump.run();

    expect([asks, reports, calls]).toEqual([[], [], ['refresh with no token']]);
  });

  it('that is to be waited for holds up what is no more urgent, until then or until the installation calls', async () => {
    const until = after(30 * SECOND);
    const { outbox, pump, asks, clock } = scene({ leaves: [{ kind: 'wait', until, reason: BUDGET }] });
    outbox.owe(production('a', 2), NOW);
    await pump.run();
    expect(pump.held?.until).toBe(until);
    expect(outbox.view(false, 9)).toMatchObject([{ attempts: 0, dueAt: NOW, reason: BUDGET }]);

    outbox.owe(production('b', 2), NOW);
    expect(pump.hasWork).toBe(false);
    await pump.run();
    expect(asks).toHaveLength(1);

    outbox.owe(production('c', 1), NOW);
    expect(pump.hasWork).toBe(true);
    pump.release();
    expect(pump.held).toBeUndefined();
    await pump.run();
    expect(asks.length).toBeGreaterThan(1);

    const before = asks.length;
    clock.now = until;
    await pump.run();
    expect(asks.length).toBeGreaterThan(before);
  });

  it('that is to be waited for alone holds up nothing else', async () => {
    const until = after(30 * SECOND);
    const { outbox, pump, calls } = scene({
      leaves: [
        { kind: 'wait', until, reason: BUDGET, alone: true },
        { kind: 'go', token: 't' },
      ],
    });
    outbox.owe(production('a', 0), NOW);
    outbox.owe(production('b', 3), NOW);

    await pump.run();

    expect(calls).toEqual(['b with t']);
    expect(waiting(outbox)).toEqual([['create a', 30]]);
    expect(pump.held).toBeUndefined();
  });

  it('is asked for again in 15 seconds where the installation is not reached', async () => {
    const { outbox, surroundings } = scene({});
    const leave = () => Promise.reject(new TypeError('gone'));
    const pump = new Pump({ ...surroundings, leave });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect(pump.held?.until).toBe(after(15 * SECOND));
    expect(outbox.view(false, 9)).toMatchObject([
      { attempts: 0, reason: { code: 'installation-unreached', message: 'TypeError' } },
    ]);
  });

  it('is given back where the effect is gone by the time that it comes', async () => {
    const { outbox, surroundings, reports, calls } = scene({});
    const leave = async (): Promise<Leave> => {
      outbox.owe({ lane: 'a', class: 3, effect: undefined }, NOW);
      return { kind: 'go', token: 't' };
    };
    outbox.owe(production('a', 3), NOW);

    await new Pump({ ...surroundings, leave }).run();

    expect([calls, reports]).toEqual([[], [{ ledger: 'acme/shop', cost: 'write' }]]);
  });

  it('that is refused needs not be given back, and counts as an attempt', async () => {
    const { outbox, pump, reports, calls } = scene({
      leaves: [{ kind: 'refused', outcome: { kind: 'later', certain: false, reason: SILENCE } }],
    });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect([calls, reports]).toEqual([[], []]);
    expect(waiting(outbox)).toEqual([['create a', 5]]);
    expect(outbox.view(false, 1)).toMatchObject([{ attempts: 1, reason: SILENCE }]);
  });

  it('that is refused leaves what an earlier attempt may have done to be looked for', async () => {
    const { outbox, pump } = scene({ leaves: [{ kind: 'refused', outcome: LATER }] });
    outbox.owe(production('a', 3), NOW);
    outbox.lookFirst('a');

    await pump.run();

    expect(waiting(outbox)).toEqual([['create a?', 10]]);
  });

  it('that is refused for good makes a dead letter', async () => {
    const { outbox, pump } = scene({ leaves: [{ kind: 'refused', outcome: { kind: 'dead', reason: SILENCE } }] });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect(dead(outbox)).toEqual(['create a: unreachable']);
  });
});

describe('a call', () => {
  it('that was done is told to the plan, counted, and reported as GitHub having answered', async () => {
    const { outbox, pump, reports, settled, calls } = scene({
      ends: [{ kind: 'done', learned: { kind: 'deployment', rollout: 'a', id: 5 } }],
    });
    outbox.owe(production('a', 3), after(-SECOND));

    await pump.run();

    expect(calls).toEqual(['a with a token']);
    expect(settled).toEqual([['done', { kind: 'performed', learned: { kind: 'deployment', rollout: 'a', id: 5 } }]]);
    expect(reports).toEqual([{ ledger: 'acme/shop', cost: 'write', met: null }]);
    expect(waiting(outbox)).toEqual([]);
    expect(logged()).toMatchObject([
      {
        message: 'effect done',
        repository: 'acme/shop',
        effect: 'create-deployment',
        id: 1,
        attempts: 1,
        milliseconds: 1000,
      },
    ]);
  });

  it('that failed is tried later, and the installation hears why', async () => {
    const { outbox, pump, reports, settled } = scene({ ends: [LATER] });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect(waiting(outbox)).toEqual([['create a', 5]]);
    expect(settled).toEqual([['postponed']]);
    expect(reports).toEqual([{ ledger: 'acme/shop', cost: 'write', met: SILENCE }]);
    expect(logged()).toMatchObject([{ message: 'effect postponed', code: 'unreachable', milliseconds: 5000 }]);
  });

  it('that had no answer is brought forward when GitHub answers again', async () => {
    const { outbox, pump, clock } = scene({ ends: [LATER] });
    outbox.owe(production('a', 3), NOW);
    for (const second of [0, 10, 40]) {
      clock.now = after(second * SECOND);
      await pump.run();
    }
    expect(waiting(outbox)).toEqual([['create a', 60]]);

    outbox.hasten(clock.now, 9);

    expect(waiting(outbox)).toEqual([['create a', 50]]);
  });

  it('that GitHub named a time for waits until then, and is not brought forward', async () => {
    const { outbox, pump, reports } = scene({
      ends: [{ ...LATER, notBefore: after(90 * SECOND), pause: after(60 * SECOND) }],
    });
    outbox.owe(production('a', 3), NOW);

    await pump.run();
    outbox.hasten(NOW, 9);

    expect(waiting(outbox)).toEqual([['create a', 90]]);
    expect(reports).toMatchObject([{ pause: { until: after(60 * SECOND), reason: SILENCE } }]);
  });

  it('that a token was refused for is made again at once, once, and the installation hears which token it was', async () => {
    const { outbox, pump, reports, calls } = scene({ ends: [{ ...LATER, badToken: true }] });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect(calls).toHaveLength(2);
    expect(waiting(outbox)).toEqual([['create a', 10]]);
    expect(reports.map(({ badToken }) => badToken)).toEqual(['a token', 'a token']);
  });

  it('that can never be done becomes a dead letter, and tells nothing of GitHub', async () => {
    const { outbox, pump, reports, settled } = scene({ ends: [{ kind: 'dead', reason: BUDGET }] });
    outbox.owe(production('a', 3), NOW);

    await pump.run();

    expect([dead(outbox), settled]).toEqual([['create a: budget'], [['dead']]]);
    expect(reports).toEqual([{ ledger: 'acme/shop', cost: 'write' }]);
    expect(logged()).toMatchObject([{ message: 'effect given up', code: 'budget', attempts: 1 }]);
  });

  it('that has failed for a day becomes a dead letter, counted from its first attempt', async () => {
    const { outbox, pump, clock, settled } = scene({ ends: [LATER] });
    outbox.owe(production('a', 3), after(-48 * HOUR));
    await pump.run();
    expect(dead(outbox)).toEqual([]);

    clock.now = after(24 * HOUR);
    await pump.run();

    expect(dead(outbox)).toEqual(['create a: unreachable']);
    expect(settled).toEqual([['postponed'], ['dead']]);
    expect(logged().at(-1)).toMatchObject({ message: 'effect given up', code: 'unreachable', attempts: 2 });
  });

  it('that throws is a fault of ours: it is tried later, looks first, and holds up nothing', async () => {
    const { outbox, pump, calls } = scene({
      ends: [new RangeError('a secret'), { kind: 'done', learned: { kind: 'nothing' } }],
    });
    outbox.owe(production('a', 0), NOW);
    outbox.owe(production('b', 3), NOW);

    await pump.run();

    expect(calls).toHaveLength(2);
    expect(waiting(outbox)).toEqual([['create a?', 10]]);
    expect(outbox.view(false, 1)).toMatchObject([{ reason: { code: 'fault', message: 'RangeError' } }]);
  });

  it('stays done where the installation cannot be told', async () => {
    const { outbox, surroundings } = scene({});
    outbox.owe(production('a', 3), NOW);

    await new Pump({ ...surroundings, report: () => Promise.reject(new TypeError('gone')) }).run();

    expect(waiting(outbox)).toEqual([]);
    expect(logged().at(-1)).toMatchObject({ message: 'an installation was not told', error: 'TypeError' });
  });
});

describe('a run', () => {
  it('goes on while there is something to do, lets time do its part first, and rests once', async () => {
    const { outbox, surroundings, calls } = scene({});
    const order: string[] = [];
    const pump = new Pump({
      ...surroundings,
      ripen: () => order.push(`ripen after ${calls.length}`),
      rest: () => order.push('rest'),
    });
    for (let lane = 0; lane < 9; lane += 1) outbox.owe(production(String(lane), 3), NOW);

    await pump.run();

    expect(order).toEqual(['ripen after 0', 'ripen after 4', 'ripen after 8', 'ripen after 9', 'rest']);
  });

  it('leaves to the alarm what is more than fifty rounds', async () => {
    const { outbox, pump, calls } = scene({});
    for (let lane = 0; lane < 210; lane += 1) outbox.owe(production(String(lane), 3), NOW);

    await pump.run();

    expect(calls).toHaveLength(200);
  });

  it('takes along what comes while it goes on, even where nothing more would be let through', async () => {
    const { outbox, surroundings } = scene({});
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const perform: Surroundings['perform'] = async ({ lane }) => {
      seen.push(lane);
      await gate.promise;
      return { kind: 'done', learned: { kind: 'nothing' } };
    };
    const pump = new Pump({ ...surroundings, perform });
    outbox.owe(production('a', 3), NOW);
    const first = pump.run();
    await vi.waitFor(() => expect(seen).toEqual(['a']));

    outbox.owe(production('b', 3), NOW);
    expect(pump.hasWork).toBe(true);
    expect(pump.run()).toBe(first);
    gate.resolve();
    await first;

    expect(seen).toEqual(['a', 'b']);
    expect(pump.hasWork).toBe(false);
  });

  it('can be begun again after one that threw', async () => {
    const { outbox, surroundings, calls } = scene({});
    let hiccups = 1;
    const ripen = () => {
      hiccups -= 1;
      if (hiccups === 0) throw new Error('the storage hiccups');
    };
    const pump = new Pump({ ...surroundings, ripen });
    outbox.owe(production('a', 3), NOW);

    await expect(pump.run()).rejects.toThrow('hiccups');
    await pump.run();

    expect(calls).toHaveLength(1);
  });

  it('tries again what could not be settled, twenty seconds after it was begun', async () => {
    const { outbox, surroundings, calls, clock } = scene({});
    let hiccups = 2;
    const settle: Surroundings['settle'] = (...ended) => {
      hiccups -= 1;
      if (hiccups >= 0) throw new Error('the storage hiccups');
      surroundings.settle(...ended);
    };
    const pump = new Pump({ ...surroundings, settle });
    outbox.owe(production('a', 3), NOW);

    await expect(pump.run()).rejects.toThrow('hiccups');
    expect(outbox.nextDue()).toBe(after(20 * SECOND));
    clock.now = after(20 * SECOND);
    await pump.run();

    expect(calls).toHaveLength(2);
    expect(outbox.nextDue()).toBeUndefined();
  });

  it('holds back nothing that does not go to GitHub', async () => {
    const until = after(60 * SECOND);
    const { outbox, pump, calls, asks } = scene({ leaves: [{ kind: 'wait', until, reason: BUDGET }] });
    for (let lane = 0; lane < 9; lane += 1) outbox.owe(production(String(lane), 0), NOW);
    await pump.run();
    const refresh = { kind: 'refresh', instance: 'main', at: NOW } as const;

    outbox.owe({ lane: 'refresh main', class: 3, effect: refresh }, NOW);
    expect(pump.hasWork).toBe(true);
    await pump.run();

    expect(calls).toEqual(['refresh main with no token']);
    expect(asks).toHaveLength(4);
    expect(outbox.nextDue(0)).toBeUndefined();
  });
});
