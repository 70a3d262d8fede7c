/**
 * What a ledger loads for an event is all that its plan needs: a plan that is given the whole of what is known decides the
 * same. Played in the storage of a real Durable Object. `SEED` and `RUNS` repeat and prolong it.
 */

import { reset, runInDurableObject } from 'cloudflare:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { applicationSaying, s1, s3, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed, Plan } from '../../schemas/effect.ts';
import type { Event, Learned } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { Knowledge } from '../../src/ledger/knowledge.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { history } from '../deployments/history.ts';
import { type Arriving, arrivingInPart, type Life, life } from '../previews/life.ts';
import { PreviewWorld } from '../previews/preview-world.ts';
import { REPOSITORY } from './shop.ts';
import { ledger } from './stage.ts';

const CALLED = { own: REPOSITORY, present: REPOSITORY };

const { runs = 150, ...seed } = inject('property');

afterEach(() => {
  vi.restoreAllMocks();
  return reset();
});

const arrival = fc.record({
  late: fc.array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(100)), { maxLength: 200, size: 'max' }),
  gaps: fc.array(fc.constantFrom(0, 1, 1, 1, 20, 70, 2000), { minLength: 1, maxLength: 50, size: 'max' }),
  /** How many calls are answered after each word. */
  answers: fc.array(fc.nat(3), { minLength: 1, maxLength: 30, size: 'max' }),
});

it('what a ledger loads for an event is all that its plan needs', { timeout: 3_600_000 }, () =>
  runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
    fc.assert(
      fc.property(history, arrival, ({ said }, { late, gaps, answers }) => {
        const twins = new Twins(storage);
        const words = said
          .map(({ event }, index) => ({ event, place: index + (late[index] ?? 0) }))
          .sort((one, other) => one.place - other.place);
        for (const [index, { event }] of words.entries()) {
          twins.pass(gaps[index % gaps.length] ?? 1);
          twins.enter(event);
          twins.perform(answers[index % answers.length] ?? 0);
        }
        twins.perform(Infinity);
        twins.pass(4 * 3600);
        twins.perform(Infinity);
      }),
      { numRuns: runs, ...seed },
    );
  }),
);

/** Found by chance: two previews of one name; the younger is opened anew by an older look than the last one, which only gave it another title. */
const RETITLED: Life = {
  moves: [
    { move: { kind: 'push', number: 8, sha: s3 }, gap: 0 },
    { move: { kind: 'retitle', number: 7 }, gap: 0 },
    { move: { kind: 'label', number: 8, by: 'boss' }, gap: 0 },
    { move: { kind: 'unlabel', number: 8 }, gap: 0 },
    { move: { kind: 'label', number: 7, by: 'boss' }, gap: 0 },
    { move: { kind: 'argocd', number: 7, app: 0 }, gap: 0 },
    { move: { kind: 'push', number: 7, sha: s3 }, gap: 0 },
    { move: { kind: 'label', number: 7, by: 'boss' }, gap: 0 },
    { move: { kind: 'argocd', number: 7, app: 0 }, gap: 0 },
    { move: { kind: 'retitle', number: 7 }, gap: 2000 },
    { move: { kind: 'unlabel', number: 7 }, gap: 0 },
  ],
  fates: ['healthy', 'healthy', 'healthy', 'healthy', 'healthy', 'healthy'],
  forks: { 7: true, 8: false },
  applications: { 7: 1, 8: 0 },
  namesakes: true,
  config: { forks: 'approve', environment: 'preview' },
};
const WITHOUT_ONE: Arriving = {
  delays: [0],
  repeats: [undefined],
  lost: Array.from({ length: 14 }, (_, index) => index === 7),
  answers: [0],
};

it('what a ledger loads for an event of a preview is all that its plan needs', { timeout: 3_600_000 }, () =>
  runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
    fc.assert(
      fc.property(life, arrivingInPart, (told, arrives) => {
        const loading = emptied(storage);
        const world = new PreviewWorld(told, arrives, (event, whole, now) => {
          const loaded = loading.about(event, whole.config, CALLED);
          const [one, other] = [plan(event, loaded, now), plan(event, whole, now)];
          assert.deepEqual(decided(one, loaded), decided(other, whole));
          if (one.known !== undefined) loading.write(loaded, one.known, now);
          return other;
        });
        world.live(told);
      }),
      { numRuns: runs, examples: [[RETITLED, WITHOUT_ONE]], ...seed },
    );
  }),
);

function emptied({ sql }: DurableObjectStorage): Knowledge {
  for (const table of ['applications', 'rollouts', 'slots', 'tags', 'previews']) sql.exec(`DELETE FROM ${table}`);
  return new Knowledge(sql);
}

/** One plan knows everything, the other what was loaded for it. */
class Twins {
  #whole: Known;
  #now = Instant.parse(T0);
  #calls = 0;
  readonly #loading: Knowledge;
  readonly #owed = new Map<string, Effect>();

  constructor(storage: DurableObjectStorage) {
    this.#loading = emptied(storage);
    this.#whole = nothingKnown(Config.parse({}), REPOSITORY);
  }

  enter(event: Event): void {
    const loaded = this.#loading.about(event, this.#whole.config, CALLED);
    const [one, other] = [plan(event, loaded, this.#now), plan(event, this.#whole, this.#now)];

    assert.deepEqual(decided(one, loaded), decided(other, this.#whole));

    if (one.known !== undefined) this.#loading.write(loaded, one.known, this.#now);
    this.#whole = other.known ?? this.#whole;
    if ('ignored' in other) return;
    for (const { lane, effect, done } of other.effects) {
      if (effect === undefined || done === true) this.#owed.delete(lane);
      else this.#owed.set(lane, effect);
    }
  }

  pass(seconds: number): void {
    this.#now = Instant.parse(this.#now + seconds * 1000);
    const due = [...this.#whole.applications.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= this.#now);
    assert.deepEqual(this.#loading.due(this.#now, 100).toSorted(), due.map(({ key }) => key).toSorted());
    for (const { key } of due) this.enter({ kind: 'due', application: key });
  }

  perform(most: number): void {
    for (let done = 0; done < most; done += 1) {
      const [next] = this.#owed;
      if (next === undefined) return;
      const [lane, effect] = next;
      this.#owed.delete(lane);
      this.enter({ kind: 'performed', learned: this.#learned(effect) });
    }
  }

  #learned(effect: Effect): Learned {
    switch (effect.kind) {
      case 'create-deployment':
        this.#calls += 1;
        return { kind: 'deployment', rollout: effect.rollout, id: this.#calls };
      case 'write-status':
        return { kind: 'status', rollout: effect.rollout, status: effect.status };
      case 'resolve-tag': {
        const { image, references, askedAt, tag } = effect;
        return { kind: 'tag', image, references, askedAt, sha: Sha.parse(tag.charAt(1).repeat(40)) };
      }
      default:
        return assert.fail(`no history of deployments leads to ${effect.kind}`);
    }
  }
}

/** Why there is nothing to learn; or what is owed and what is known otherwise than before. As a row would hold it. */
function decided(planned: Plan, before: Known): unknown {
  const { known = before } = planned;
  const decided = {
    ...('ignored' in planned ? { why: planned.ignored } : { owed: planned.effects.toSorted(byLane) }),
    applications: changes(before.applications, known.applications),
    rollouts: changes(before.rollouts, known.rollouts),
    slots: changes(before.slots, known.slots),
    previews: changes(before.previews, known.previews),
    tags: known.tags.filter((tag) => !before.tags.includes(tag)),
  };
  return JSON.parse(JSON.stringify(decided));
}

function changes<Key extends string | number, Value>(before: ReadonlyMap<Key, Value>, after: ReadonlyMap<Key, Value>) {
  const changed = [...after].filter(([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value));
  return Object.fromEntries(changed);
}

function byLane(one: Owed, other: Owed): number {
  return one.lane.localeCompare(other.lane);
}

describe('what an event reads', () => {
  it('is as much among five thousand rollouts that have ended as among ten', () =>
    runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      end(storage, 0, 10);
      const few = rowsRead(storage);
      end(storage, 10, 5_000);

      expect(rowsRead(storage)).toBe(few);
    }));

  /** Rollouts of the same slot, long superseded. */
  function end(storage: DurableObjectStorage, from: number, to: number): void {
    const insert = 'INSERT INTO rollouts (key, slot, sha, start, ended, touched_at, body) VALUES (?, ?, ?, ?, ?, 0, ?)';
    for (let rollout = from; rollout < to; rollout += 1) {
      const sha = String(rollout).padStart(40, '0');
      storage.sql.exec(insert, `of long ago ${rollout}`, '["production"]', sha, rollout, 'inactive', '{}');
    }
  }

  function rowsRead(storage: DurableObjectStorage): number {
    const exec = storage.sql.exec.bind(storage.sql);
    const cursors: { readonly rowsRead: number }[] = [];
    vi.spyOn(storage.sql, 'exec').mockImplementation((query, ...bindings) => {
      const cursor = exec(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    });
    const app = applicationSaying('shop', { op: 60, phase: 'Running', sha: s1 }, 1);
    const known = new Knowledge(storage.sql).about(
      { kind: 'notification', id: '1', instance: 'main', app },
      Config.parse({}),
      CALLED,
    );
    vi.restoreAllMocks();
    expect(known.rollouts.size).toBe(0);
    return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  }
});
