/** A ledger, a GitHub and a clock, all of them pure: what the order properties play histories against. */
import assert from 'node:assert/strict';
import { T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned, NotificationEvent } from '../../schemas/event.ts';
import { type Known, KnownApplication, nothingKnown, Rollout, Slot } from '../../schemas/known.ts';
import { Preview } from '../../schemas/preview.ts';
import type { Status } from '../../schemas/status.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { requireAsARow } from '../as-a-row.ts';
import type { Arrival } from './arrival.ts';
import type { Shown } from './ends.ts';
import type { History } from './history.ts';

/** Every window has passed by then. */
const LONG = 4 * 3600;

export class World {
  #known: Known = nothingKnown(Config.parse({}), Repository.parse('acme/shop'));
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
    if (planned.known !== undefined) keep(planned.known);
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
      default:
        return assert.fail(`no history of deployments leads to ${effect.kind}`);
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

  shown(): readonly Shown[] {
    return [...this.#known.rollouts.values()].flatMap((rollout) => {
      const shown = this.#github.get(rollout.key);
      return shown === undefined ? [] : [{ rollout, status: shown.statuses.at(-1) }];
    });
  }
}

function keep({ applications, rollouts, slots, previews }: Known): void {
  for (const value of applications.values()) requireAsARow(KnownApplication, value);
  for (const value of rollouts.values()) requireAsARow(Rollout, value);
  for (const value of slots.values()) requireAsARow(Slot, value);
  for (const value of previews.values()) requireAsARow(Preview, value);
}
