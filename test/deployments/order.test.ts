/**
 * Whatever the order in which Argo CD's words arrive, and however often, GitHub shows the same in the end.
 *
 * A failure prints a seed and a path, and logs the words as they arrived. To run that very one again, and alone:
 * `SEED=<seed> REPLAY=<path> npx vitest run --project node test/deployments/order.test.ts`
 * `RUNS=100000` looks longer: two minutes for that many.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned, NotificationEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Status } from '../../schemas/status.ts';
import { operationOf } from '../../src/deployments/operation.ts';
import { isNewer } from '../../src/deployments/rollout.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { type History, history, type Said, type SlotHistory } from './history.ts';

const { RUNS, SEED, REPLAY } = process.env;

/** Every window has passed by then. */
const LONG = 4 * 3600;

type Arrival = {
  /** By how many words each one is late; a word may come again, later still. */
  readonly late: readonly number[];
  readonly again: readonly { readonly which: number; readonly late: number }[];
  /** Seconds between two arrivals. */
  readonly gaps: readonly number[];
  /** After how many further words what a call to GitHub answered is learned; `at the end`: GitHub is called then. */
  readonly answers: readonly number[] | 'at the end';
};

const arrival: fc.Arbitrary<Arrival> = fc.record({
  late: fc.array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(200)), { maxLength: 200, size: 'max' }),
  again: fc.array(fc.record({ which: fc.nat(200), late: fc.nat(200) }), { maxLength: 20 }),
  gaps: fc.array(fc.constantFrom(1, 1, 1, 1, 0, 20, 40, 70, 2000), { maxLength: 50, size: 'max' }),
  answers: fc.oneof(
    fc.constant([]),
    fc.constant('at the end' as const),
    fc.array(fc.nat(8), { minLength: 1, maxLength: 30, size: 'max' }),
  ),
});

it('shows the same in the end, whatever the order in which words arrive', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(history, arrival, fc.context(), (told, arrival, context) => {
      const ordered = new World([]);
      for (const { event, at } of told.said) ordered.hear(event, at);
      ordered.end();

      const shuffled = new World(arrival.answers);
      for (const [index, word] of arranged(told, arrival).entries()) {
        context.log(inShort(word));
        shuffled.hear(word.event, shuffled.now + (arrival.gaps[index] ?? 1));
      }
      shuffled.end();

      for (const world of [ordered, shuffled]) {
        world.assertSound(told);
        expect(told.slots.map((slot) => world.unended(slot))).toEqual(told.slots.map(() => []));
      }
      const comparable = told.slots.filter(({ end }) => end === 'newest');
      expect(comparable.map((slot) => shuffled.newest(slot))).toEqual(comparable.map((slot) => ordered.newest(slot)));
    }),
    {
      numRuns: Number(RUNS ?? 1500),
      ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
    },
  );
});

/** One word, for a failing run: who, its generation, and what it says of which operation. */
function inShort({ event, slot }: Said): string {
  const { metadata, status } = event.app;
  const operation = operationOf(event.app);
  const images = [...(operation?.appliedImages ?? []), ...(operation?.requestedImages ?? [])];
  return [
    `${slot} ${event.instance}:${metadata.name} ${metadata.uid} #${metadata.generation}:`,
    metadata.deletionTimestamp === undefined ? (operation?.lesser ?? '') : 'deleted',
    `${operation?.phase} since ${operation?.startedAt} ${status?.health?.status ?? ''}`,
    ...images.map((image) => image.replace(/(\w)\1{39}$/, 's$1')),
    `at ${operation?.revisions?.map((revision) => revision.slice(-2)).join(' ') ?? '?'}`,
  ].join(' ');
}

/** The words as they arrive: some late, some again. */
function arranged(history: History, { late, again }: Arrival): readonly Said[] {
  const places = history.said.reduce<readonly number[]>((before, word, index) => {
    const place = Math.min(index + (late[index] ?? 0), lastPlace(history, word));
    // Limit: what a partial sync says of health is not kept for an operation that has not been heard of.
    const older = history.said.flatMap((each, at) => (at < index && isOlder(each, word) ? (before[at] ?? 0) : []));
    return [...before, isLesser(word) ? Math.max(place, ...older) : place];
  }, []);
  const copies = again.flatMap(({ which, late }) => {
    const index = which % history.said.length;
    const word = history.said[index];
    return word === undefined ? [] : [{ word, late, place: (places[index] ?? 0) + late }];
  });
  return [
    ...history.said.map((word, index) => ({ word, late: late[index] ?? 0, place: places[index] ?? 0 })),
    ...copies,
  ]
    .sort(
      (one, other) =>
        one.place - other.place || Number(isLesser(one.word)) - Number(isLesser(other.word)) || one.late - other.late,
    )
    .map(({ word }) => word);
}

function lastPlace({ said, slots }: History, word: Said): number {
  const inOrder = slots.some((slot) => slot.key === word.slot && slot.releasesInOrder);
  return inOrder ? said.findLastIndex((each) => each.slot === word.slot && each.release === word.release) : Infinity;
}

function isOlder({ event: one }: Said, { event: other }: Said): boolean {
  return one.page === other.page && one.app.metadata.generation < other.app.metadata.generation;
}

function isLesser({ event }: Said): boolean {
  return operationOf(event.app)?.lesser !== undefined;
}

/** A ledger, a GitHub and a clock. */
class World {
  #known: Known = {
    config: Config.parse({}),
    applications: new Map(),
    rollouts: new Map(),
    slots: new Map(),
    tags: [],
  };
  now = 0;
  readonly #owed = new Map<string, Owed>();
  readonly #github = new Map<string, { readonly id: number; readonly statuses: Status[] }>();
  #answers: { readonly lane: string; readonly learned: Learned; readonly at: number }[] = [];
  #heard = 0;
  #calls = 0;
  readonly #delays: Arrival['answers'];

  constructor(delays: Arrival['answers']) {
    this.#delays = delays;
  }

  hear(event: NotificationEvent, at: number): void {
    this.#until(Math.max(at, this.now));
    this.#heard += 1;
    this.#enter(event);
    this.#answered(this.#heard);
    if (this.#delays !== 'at the end') this.#perform();
  }

  /** Nothing more is said, everything is performed, and all windows pass. */
  end(): void {
    this.#until(this.now + LONG);
    this.#settle();
    // Words that waited for the commit of a tag have been heard only now.
    this.#until(this.now + LONG);
    this.#settle();
  }

  #settle(): void {
    do {
      this.#answered(Infinity);
      this.#perform();
    } while (this.#answers.length > 0);
  }

  #until(at: number): void {
    for (;;) {
      const due = [...this.#known.applications.values()]
        .filter((each) => each.dueAt !== null && each.dueAt <= T0 + at * 1000)
        .sort((one, other) => Number(one.dueAt) - Number(other.dueAt))[0];
      if (due === undefined) break;
      this.now = Math.max(this.now, Math.ceil((Number(due.dueAt) - T0) / 1000));
      this.#enter({ kind: 'due', application: due.key });
      if (this.#delays !== 'at the end') this.#perform();
    }
    this.now = at;
  }

  #enter(event: Event): void {
    const before = this.#known;
    const planned = plan(event, before, Instant.parse(T0 + this.now * 1000));
    const effects = 'ignored' in planned ? [] : planned.effects;
    if (!('ignored' in planned)) this.#known = planned.known;
    if (event.kind === 'notification') this.#assertInOrder(event, before, effects);
    for (const owed of effects) this.#owed.set(owed.lane, owed);
  }

  /** An application's operations and generations only ever go on, and what is older causes nothing. */
  #assertInOrder({ instance, app }: NotificationEvent, before: Known, effects: readonly Owed[]): void {
    const key = `${instance}/${app.metadata.namespace}/${app.metadata.name}`;
    const was = before.applications.get(key);
    const is = this.#known.applications.get(key);
    if (was === undefined || is === undefined) return;
    const { uid, generation, creationTimestamp = '', deletionTimestamp } = app.metadata;
    const startedAt = app.status?.operationState?.startedAt ?? '';
    const older =
      was.uid === uid
        ? was.deleted ||
          (deletionTimestamp === undefined &&
            (generation < was.generation || startedAt < (was.operation?.startedAt ?? '')))
        : creationTimestamp < was.createdAt;
    if (older) assert.deepEqual(effects, [], 'effects of an older word');
    if (was.uid !== is.uid) return;
    assert.ok(is.generation >= was.generation, 'generations go on');
    if (is.operation !== null && was.operation !== null) assert.ok(is.operation.startedAt >= was.operation.startedAt);
  }

  #answered(heard: number): void {
    const due = this.#answers.filter(({ at }) => at <= heard);
    this.#answers = this.#answers.filter(({ at }) => at > heard);
    for (const { learned } of due) this.#enter({ kind: 'performed', learned });
  }

  #perform(): void {
    for (;;) {
      const next = [...this.#owed.values()].find(({ lane }) => !this.#answers.some((each) => each.lane === lane));
      if (next === undefined) return;
      this.#owed.delete(next.lane);
      if (next.effect === undefined || next.done === true) continue;
      const learned = this.#act(next.effect);
      const delay = typeof this.#delays === 'string' ? 0 : (this.#delays[this.#calls % this.#delays.length] ?? 0);
      this.#calls += 1;
      if (delay === 0) this.#enter({ kind: 'performed', learned });
      else this.#answers.push({ lane: next.lane, learned, at: this.#heard + delay });
    }
  }

  #act(effect: Effect): Learned {
    switch (effect.kind) {
      case 'create-deployment': {
        const { rollout, sha } = effect;
        assert.equal(rollout.split(' ').at(-2), sha);
        assert.ok(effect.description.length <= 140);
        // A deployment is found by its key before it is created once more.
        const { id } = this.#github.get(rollout) ?? { id: this.#github.size + 1 };
        if (!this.#github.has(rollout)) this.#github.set(rollout, { id, statuses: [] });
        return { kind: 'deployment', rollout, id };
      }
      case 'write-status': {
        const { rollout, deployment, status } = effect;
        const shown = this.#github.get(rollout);
        assert.equal(shown?.id, deployment, 'a status of a deployment that was created');
        assert.ok(status.description.length <= 140);
        assert.doesNotMatch(JSON.stringify(status), /undefined/);
        assert.match(status.logUrl ?? '', /^https:/);
        shown?.statuses.push(status);
        return { kind: 'status', rollout, status };
      }
      case 'resolve-tag': {
        const { image, references, askedAt, tag } = effect;
        return { kind: 'tag', image, references, askedAt, sha: Sha.parse(tag.charAt(1).repeat(40)) };
      }
    }
  }

  assertSound({ rollouts }: History): void {
    // Rollouts of one second are told apart by thousandths.
    assert.deepEqual(
      [...this.#github.keys()].filter((key) => !rollouts.has(key.replace(/\d{3}$/, '000'))),
      [],
    );
    assert.equal(this.#owed.size, 0, 'nothing is owed any more');
    for (const [key, { id, statuses }] of this.#github) {
      const rollout = this.#known.rollouts.get(key);
      assert.equal(rollout?.deployment?.id, id);
      assert.deepEqual(statuses.at(-1), rollout?.wanted, 'what GitHub shows is what is wanted');
      // GitHub keeps what it was last told; a repeat starts workflows for nothing.
      statuses.forEach((status, index) => assert.notDeepEqual(status, statuses[index - 1]));
    }
  }

  /**
   * Of what was not made inactive, the newest; a failure that its applications have left behind is none of it: where a
   * deletion takes away what came after, nobody need have heard of it.
   */
  newest(slot: SlotHistory): unknown {
    const shown = this.#shown(slot).filter(
      ({ status, rollout }) => status?.state !== 'inactive' && rollout.end !== 'left',
    );
    const newest = shown.reduce<(typeof shown)[number] | undefined>(
      (one, other) => (one === undefined || isNewer(other.rollout, one.rollout) ? other : one),
      undefined,
    );
    return newest && { sha: newest.rollout.sha, state: newest.status?.state, logUrl: newest.status?.logUrl };
  }

  /** What nothing will change any more, though it ought to: unfinished, or successful though nothing runs there. */
  unended(slot: SlotHistory): readonly string[] {
    const ended = ['failure', 'error', 'inactive', ...(slot.end === 'gone' ? [] : ['success'])];
    return this.#shown(slot).flatMap(({ status }) =>
      ended.includes(status?.state ?? '') ? [] : [String(status?.state)],
    );
  }

  #shown({ key }: SlotHistory) {
    return [...this.#known.rollouts.values()].flatMap((rollout) => {
      const shown = rollout.slot === key ? this.#github.get(rollout.key) : undefined;
      return shown === undefined ? [] : [{ rollout, status: shown.statuses.at(-1) }];
    });
  }
}
