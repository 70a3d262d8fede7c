/** The installation's object in workerd: leave to write, the token, the pause, and who is called back when. */

import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask, Leave } from '../../schemas/outcome.ts';
import { named } from '../../src/github/attempt.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';

const SHOP = Repository.parse('acme/shop');
const OTHER = Repository.parse('acme/other-shop');
const MOBILE = Repository.parse('acme/mobile');
const NOWHERE = Repository.parse('acme/nowhere');
const DAY = 86_400_000;
const NONE = { live: 0, doomed: 0 };

let start: number;
/** What was asked of GitHub to mint, in order. */
let minted: unknown[];
let limited: boolean;

/** A clock far ahead of the real one: alarms ring by hand alone. The emulated GitHub is shared with other tests, so not here. */
beforeEach(() => {
  start = Math.ceil(Date.now() / 1_000) * 1_000 + DAY;
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  minted = [];
  limited = false;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => answer(new Request(input, init)));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === `/repos/${NOWHERE}/installation`) return Response.json({ message: 'Not Found' }, { status: 404 });
  if (pathname.endsWith('/installation')) return Response.json({ id: 1 });
  if (pathname !== '/app/installations/1/access_tokens') throw new Error(`unexpected ${request.method} ${pathname}`);
  if (limited) return Response.json({ message: 'Slow' }, { status: 429, headers: { 'retry-after': '90' } });
  const wish: { readonly repositories: readonly string[] } = await request.json();
  if (wish.repositories[0] === named(NOWHERE).repo) return Response.json({ message: 'No' }, { status: 422 });
  minted.push(wish);
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  return Response.json({ token: `ghs_${minted.length}`, expires_at: expires }, { status: 201 });
}

const at = (seconds: number) => Instant.parse(start + seconds * 1_000);
const moveTo = (seconds: number) => vi.setSystemTime(at(seconds));
const acme = () => env.INSTALLATION.get(env.INSTALLATION.idFromName('acme'));

function asking(ledger: Repository, given: Partial<Ask> = {}): Ask {
  return { ledger, class: 3, since: at(0), cost: 'write', role: 'application', dueAt: null, ...given };
}

const leave = (ledger: Repository, given: Partial<Ask> = {}): Promise<Leave> => acme().leave(asking(ledger, given));
const report = (ledger: Repository) => acme().report({ ledger, cost: 'write' });

async function tokenFor(ledger: Repository): Promise<string> {
  const left = await leave(ledger);
  if (left.kind !== 'go') throw new Error(`${ledger} has to ${left.kind}`);
  await report(ledger);
  return left.token;
}

/** Uses up the whole burst. */
async function exhaust(): Promise<void> {
  for (let write = 0; write < 60; write += 1) await tokenFor(SHOP);
}

async function fill(): Promise<void> {
  for (let flight = 0; flight < 4; flight += 1) expect(await leave(SHOP)).toMatchObject({ kind: 'go' });
}

/** Who was woken since, in order; they are woken all the same. */
function listening(): () => readonly string[] {
  const wake = vi.spyOn(Ledger.prototype, 'wake');
  return () => wake.mock.contexts.map((ledger) => String(Object(ledger).ctx.id.name));
}

async function ring(): Promise<void> {
  await runDurableObjectAlarm(acme());
}

const alarm = () => runInDurableObject(acme(), (_, state) => state.storage.getAlarm());

describe('leave', () => {
  it('is given at once, with a token that is minted once for all who ask', async () => {
    const given = await Promise.all([leave(SHOP), leave(SHOP), leave(SHOP), leave(SHOP, { cost: 'read' })]);

    expect(new Set(given.map((one) => (one.kind === 'go' ? one.token : one.kind))).size).toBe(1);
    expect(minted).toEqual([
      { repositories: ['shop'], permissions: { deployments: 'write', contents: 'read', pull_requests: 'write' } },
    ]);
  });

  it('comes with a token of its own for each repository', async () => {
    expect(await tokenFor(SHOP)).not.toBe(await tokenFor(OTHER));
  });

  it('comes with a token of its own for each role, and for another repository that is asked about', async () => {
    const tokens = [
      await leave(SHOP, { cost: 'read' }),
      await leave(SHOP, { cost: 'read', role: 'promoter' }),
      await leave(SHOP, { cost: 'look', about: OTHER }),
    ].map((one) => (one.kind === 'go' ? one.token : one.kind));

    expect(new Set(tokens).size).toBe(3);
    expect(minted).toMatchObject([
      { repositories: ['shop'] },
      { repositories: ['shop'], permissions: { contents: 'write', pull_requests: 'write', checks: 'write' } },
      { repositories: [named(OTHER).repo], permissions: { deployments: 'write', contents: 'read' } },
    ]);
  });

  it('to look at a repository that the App is not let into comes with the token of one’s own', async () => {
    const own = await tokenFor(SHOP);

    expect(await leave(SHOP, { cost: 'look', about: NOWHERE })).toMatchObject({ kind: 'go', token: own });
  });

  it('is for four writes at a time, and for any number of reads', async () => {
    await fill();

    expect(await leave(OTHER)).toMatchObject({ kind: 'wait', reason: { code: 'budget' } });
    expect(await leave(OTHER, { cost: 'read' })).toMatchObject({ kind: 'go' });
    expect(await acme().view()).toMatchObject({ budget: { perMinute: 60, left: 56, inFlight: 4 } });
  });

  it('for a read does not take the place of a write that waits', async () => {
    await fill();
    await leave(OTHER);

    expect(await leave(OTHER, { cost: 'read' })).toMatchObject({ kind: 'go' });
    expect(await acme().view()).toMatchObject({ waiting: 1 });
  });

  it('that is refused costs nothing of the budget', async () => {
    for (let asked = 0; asked < 10; asked += 1) expect(await leave(NOWHERE)).toMatchObject({ kind: 'refused' });

    expect(await acme().view()).toMatchObject({ budget: { left: 60, inFlight: 0 } });
  });

  it('ends with its burst, and comes back a write a second', async () => {
    await exhaust();

    expect(await leave(SHOP)).toMatchObject({ kind: 'wait', until: at(31) });
    moveTo(1);
    expect(await leave(SHOP)).toMatchObject({ kind: 'go' });
    expect(await leave(SHOP)).toMatchObject({ kind: 'wait' });
  });

  it('counts what was written before an eviction', async () => {
    await exhaust();
    await evictDurableObject(acme());

    expect(await leave(SHOP)).toMatchObject({ kind: 'wait' });
  });

  it('is not held up for ever by a ledger that died', async () => {
    await fill();
    moveTo(59);
    expect(await leave(OTHER)).toMatchObject({ kind: 'wait' });
    moveTo(61);
    expect(await leave(OTHER)).toMatchObject({ kind: 'go' });
  });
});

describe('whoever waits', () => {
  it('is called when a write has ended', async () => {
    const woken = listening();
    await fill();
    await leave(OTHER);
    expect(woken()).toEqual([]);

    await report(SHOP);
    await ring();

    await vi.waitFor(() => expect(woken()).toEqual([OTHER]));
    expect(await leave(OTHER)).toMatchObject({ kind: 'go' });
    expect(await acme().view()).toMatchObject({ waiting: 0 });
  });

  it('is called when the budget has grown, the most urgent first', async () => {
    const woken = listening();
    await exhaust();
    await leave(SHOP, { class: 2 });
    await leave(OTHER, { class: 2 });
    await leave(MOBILE, { class: 0 });

    expect(await alarm()).toBe(at(1));
    for (const [seconds, ledger] of [
      [1, MOBILE],
      [2, OTHER],
      [3, SHOP],
    ] as const) {
      moveTo(seconds);
      await ring();
      await vi.waitFor(() => expect(woken().at(-1)).toBe(ledger));
      expect(await leave(ledger, { class: 2 })).toMatchObject({ kind: 'go' });
      await report(ledger);
    }
    expect(woken()).toEqual([MOBILE, OTHER, SHOP]);
  });

  it('59 · one repository floods: it has its part and no more, and the others are on time', async () => {
    const woken = listening();
    await exhaust();
    // What the flooding one owes is older, and there is always more of it.
    const sinceOf = (ledger: Repository) => at(ledger === SHOP ? -100 : 0);
    for (const ledger of [SHOP, OTHER, MOBILE]) await leave(ledger, { since: sinceOf(ledger) });

    for (let second = 1; second <= 6; second += 1) {
      moveTo(second);
      await ring();
      await vi.waitFor(() => expect(woken()).toHaveLength(second));
      const ledger = Repository.parse(woken().at(-1));
      expect(await leave(ledger, { since: sinceOf(ledger) })).toMatchObject({ kind: 'go' });
      await leave(ledger, { since: sinceOf(ledger) });
      await report(ledger);
    }
    expect(new Set(woken().slice(0, 3))).toEqual(new Set([SHOP, OTHER, MOBILE]));
    expect(woken().slice(3)).toEqual(woken().slice(0, 3));
    expect(woken()[2]).toBe(SHOP);
  });

  it('is called for a turn that one of its effects has: what is urgent and young is not taken for as old as the rest', async () => {
    const woken = listening();
    await exhaust();
    const wishes = { [OTHER]: [at(-9), at(-5)], [MOBILE]: [at(-8), at(-6)] } as Record<Repository, [Instant, Instant]>;
    async function come(ledger: Repository): Promise<boolean> {
      const [old, young] = wishes[ledger] ?? [at(0), at(0)];
      const urgent = await leave(ledger, { class: 2, since: young });
      await leave(ledger, { class: 3, since: old });
      return urgent.kind === 'go';
    }
    expect([await come(OTHER), await come(MOBILE)]).toEqual([false, false]);

    moveTo(1);
    await ring();
    await vi.waitFor(() => expect(woken()).toHaveLength(1));
    expect(woken()).toEqual([MOBILE]);
    expect(await come(MOBILE)).toBe(true);
  });

  it('39 · 5,000 alarms due together: a burst is written, and nobody is told to come back at once', async () => {
    const { given, told } = await runInDurableObject(acme(), async (installation) => {
      const left: Leave[] = [];
      for (let alarms = 0; alarms < 5_000; alarms += 1) {
        const ledger = Repository.parse(`acme/alarm-${alarms % 20}`);
        const answer = await installation.leave(asking(ledger));
        if (answer.kind === 'go') await installation.report({ ledger, cost: 'write' });
        left.push(answer);
      }
      return {
        given: left.filter(({ kind }) => kind === 'go').length,
        told: left.flatMap((answer) => (answer.kind === 'wait' ? [answer.until] : [])),
      };
    });

    expect(given).toBe(60);
    expect(Math.min(...told)).toBeGreaterThanOrEqual(at(1));
    expect(await alarm()).toBe(at(1));
  }, 60_000);

  it('keeps its place before those who come later', async () => {
    await exhaust();
    await leave(OTHER, { since: at(0) });
    moveTo(1);

    expect(await leave(MOBILE, { since: at(1) })).toMatchObject({ kind: 'wait' });
    expect(await leave(OTHER, { since: at(0) })).toMatchObject({ kind: 'go' });
  });

  it('loses it when it was called and does not come', async () => {
    await exhaust();
    await leave(OTHER);
    await leave(MOBILE, { since: at(1) });
    moveTo(1);
    await ring();
    moveTo(5);

    expect(await leave(MOBILE, { since: at(1) })).toMatchObject({ kind: 'go' });
    expect(await acme().view()).toMatchObject({ waiting: 0 });
  });

  it('is called after an eviction too', async () => {
    const woken = listening();
    await exhaust();
    await leave(OTHER);
    await evictDurableObject(acme());
    moveTo(1);

    await ring();

    await vi.waitFor(() => expect(woken()).toEqual([OTHER]));
  });

  it('is not lost to a ledger that cannot be woken', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.spyOn(Ledger.prototype, 'wake').mockRejectedValue(new Error('broken'));
    await exhaust();
    await leave(OTHER);
    moveTo(1);

    await ring();

    expect(await alarm()).toBe(at(2));
  });
});

describe('a pause', () => {
  const reason = { code: 'rate-limit', message: 'wait' };
  const pause = (seconds: number) =>
    acme().report({ ledger: SHOP, cost: 'write', pause: { until: at(seconds), reason } });

  it('holds for every ledger, reads included, and over an eviction', async () => {
    await leave(SHOP);
    await pause(120);
    await evictDurableObject(acme());

    const held = [await leave(SHOP), await leave(OTHER), await leave(MOBILE, { cost: 'read' })];

    expect(held).toEqual(Array.from({ length: 3 }, () => ({ kind: 'wait', until: at(120), reason })));
    expect(await acme().view()).toMatchObject({ pausedUntil: at(120), reason, waiting: 3 });
    expect(minted).toHaveLength(1);
  });

  it('ends with a call to all who wait', async () => {
    const woken = listening();
    await pause(120);
    await leave(SHOP);
    await leave(OTHER);
    expect(await alarm()).toBe(at(120));
    moveTo(119);
    await ring();
    expect(woken()).toEqual([]);

    moveTo(120);
    await ring();

    await vi.waitFor(() => expect(woken().toSorted()).toEqual([OTHER, SHOP]));
    expect(await leave(SHOP)).toMatchObject({ kind: 'go' });
    expect(await acme().view()).toMatchObject({ pausedUntil: null, reason: null });
  });

  it('is not cut short by a shorter one', async () => {
    await pause(120);
    await pause(60);

    expect(await leave(SHOP)).toMatchObject({ kind: 'wait', until: at(120) });
  });

  it('comes from a token that GitHub would not give', async () => {
    limited = true;

    expect(await leave(SHOP)).toMatchObject({ kind: 'refused', outcome: { kind: 'later', pause: at(90) } });
    expect(await leave(OTHER)).toMatchObject({ kind: 'wait', until: at(90) });
    expect(await acme().view()).toMatchObject({ budget: { inFlight: 0 } });
  });
});

describe('where GitHub does not answer', () => {
  const silent = (ledger: Repository) =>
    acme().report({ ledger, cost: 'write', met: { code: 'unreachable', message: 'no answer' } });
  const done = (ledger: Repository) => acme().report({ ledger, cost: 'write', met: null });

  it('one effect is tried every half minute, and at last all of those that tell nothing more', async () => {
    const wake = vi.spyOn(Ledger.prototype, 'wake');
    await leave(SHOP);
    moveTo(1);
    await leave(OTHER);
    await silent(SHOP);
    await silent(OTHER);

    expect(await alarm()).toBe(at(31));
    for (const [seconds, count] of [
      [31, 1],
      [61, 2],
      [91, 4],
    ] as const) {
      moveTo(seconds);
      await ring();
      await vi.waitFor(() => expect(wake.mock.calls).toHaveLength(count));
    }
    expect(wake.mock.contexts.map((ledger) => String(Object(ledger).ctx.id.name))).toEqual([SHOP, OTHER, OTHER, SHOP]);
    expect(wake.mock.calls.map(([most]) => most === 1)).toEqual([true, true, false, false]);
    expect(await alarm()).toBeNull();
  });

  it('all who had no answer try again with the first that has one, and so does who is just being tried', async () => {
    const woken = listening();
    for (const ledger of [SHOP, OTHER]) {
      await leave(ledger);
      await silent(ledger);
    }
    await leave(MOBILE);
    await evictDurableObject(acme());
    moveTo(30);
    await ring();
    await vi.waitFor(() => expect(woken()).toHaveLength(1));

    await done(MOBILE);

    await vi.waitFor(() => expect(woken()).toHaveLength(3));
    expect(woken().slice(1).toSorted()).toEqual([OTHER, SHOP]);
  });

  it('and answers others meanwhile, nobody is called: what fails has a reason of its own', async () => {
    const woken = listening();
    await leave(SHOP);
    await leave(OTHER);
    await done(SHOP);
    moveTo(29);

    await silent(OTHER);
    await done(SHOP);

    expect(woken()).toEqual([]);
    expect(await alarm()).toBeNull();
  });
});

describe('the token', () => {
  const refuse = (token: string) => acme().report({ ledger: SHOP, cost: 'write', badToken: token });

  it('that was refused is minted anew, once, and then no more', async () => {
    const first = await tokenFor(SHOP);
    await refuse(first);
    const second = await tokenFor(SHOP);
    await refuse(first);
    expect(await tokenFor(SHOP)).toBe(second);
    await refuse(second);

    expect(second).not.toBe(first);
    expect(await leave(SHOP)).toMatchObject({ kind: 'refused', outcome: { reason: { code: 'token-refused' } } });
    expect(minted).toHaveLength(2);
    expect(await acme().view()).toMatchObject({ pausedUntil: null, budget: { inFlight: 0 } });
    expect(await leave(OTHER)).toMatchObject({ kind: 'go' });
  });

  it('of a repository without the App is refused, with what to do', async () => {
    expect(await leave(NOWHERE)).toMatchObject({
      kind: 'refused',
      outcome: { kind: 'later', certain: false, reason: { code: 'not-installed' }, notBefore: at(600) },
    });
    expect(await acme().view()).toMatchObject({ budget: { inFlight: 0 } });
  });

  it('is nowhere in storage', async () => {
    const token = await tokenFor(SHOP);
    await leave(SHOP);

    const rows = await runInDurableObject(acme(), (_, { storage }) =>
      ['account', 'ledger', 'waiting', 'flight'].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
    );

    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('the register', () => {
  it('knows every ledger, and when it is due', async () => {
    await acme().register(SHOP, at(30));
    await acme().register(OTHER, null);
    await acme().register(SHOP, at(20));

    expect(await acme().ledgers()).toEqual([
      { ledger: OTHER, dueAt: null, previews: NONE },
      { ledger: SHOP, dueAt: at(20), previews: NONE },
    ]);
  });

  it('learns from a ledger that asks', async () => {
    await leave(SHOP, { dueAt: at(9) });

    expect(await acme().ledgers()).toEqual([{ ledger: SHOP, dueAt: at(9), previews: NONE }]);
  });

  it('wakes those whose alarm was lost, and no others', async () => {
    const woken = listening();
    await acme().register(SHOP, at(0));
    await acme().register(OTHER, at(1));
    await acme().register(MOBILE, null);
    moveTo(60.5);

    expect(await acme().wakeOverdue()).toBe(1);
    expect(woken()).toEqual([SHOP]);
  });

  it('wakes those who wait, and arms its own alarm again', async () => {
    const woken = listening();
    await exhaust();
    await leave(OTHER);
    await runInDurableObject(acme(), (_, state) => state.storage.deleteAlarm());

    expect(await acme().wakeOverdue()).toBe(1);
    expect(woken()).toEqual([OTHER]);
    expect(await alarm()).toBe(at(1));
  });

  it('counts only those who could be woken', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.spyOn(Ledger.prototype, 'wake').mockRejectedValue(new Error('broken'));
    await acme().register(SHOP, at(0));
    moveTo(90);

    expect(await acme().wakeOverdue()).toBe(0);
  });
});
