/**
 * A ledger's real books, outbox, pump and adapter in Node, on a clock that the test moves and a GitHub that takes its
 * time: thousands of events in a second. What `src/ledger/ledger.ts` wires in a Durable Object is wired here once more.
 */
import assert from 'node:assert/strict';
import { Config } from '../../schemas/config.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import { KnownApplication, Rollout } from '../../schemas/known.ts';
import type { Accepted } from '../../schemas/ledger.ts';
import { Books } from '../../src/ledger/books.ts';
import { Pump } from '../../src/ledger/pump.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Wakeup } from '../../src/ledger/wakeup.ts';
import { perform } from '../../src/perform.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import type { Shown } from '../deployments/ends.ts';
import type { Clock } from './clock.ts';
import { NodeStorage } from './node-storage.ts';
import type { SlowGitHub } from './slow-github.ts';

const CONFIG = Config.parse({});
const WATCHDOG = 60_000;

type Instance = { readonly books: Books; readonly pump: Pump; readonly wakeup: Wakeup };

export class LedgerInNode {
  readonly #clock: Clock;
  readonly #github: SlowGitHub;
  readonly #repository: Repository;
  readonly #storage = new NodeStorage((query, bindings) => this.#written(query, bindings));
  /** All that each rollout was ever to show, in order. */
  readonly #wanted = new Map<string, string[]>();
  #effects = 0;
  #instance: Instance;

  constructor(repository: string, clock: Clock, github: SlowGitHub) {
    this.#repository = Repository.parse(repository);
    this.#clock = clock;
    this.#github = github;
    migrate(this.#storage);
    this.#instance = this.#begin();
  }

  get alarm(): number | undefined {
    return this.#storage.alarm;
  }

  async ring(): Promise<void> {
    this.#storage.alarm = undefined;
    const { pump, wakeup } = this.#instance;
    wakeup.exactly(Instant.parse(this.#clock.now + WATCHDOG));
    void pump.run();
    await this.#clock.quiet();
  }

  async hear(event: NotificationEvent): Promise<void> {
    const { books, pump } = this.#instance;
    const key = `${event.instance}/${event.app.metadata.namespace}/${event.app.metadata.name}`;
    const [was] = this.#applications(key);
    const effects = this.#effects;
    const accepted: Accepted = books.enter(event, event.id);
    if (accepted.kind === 'committed' && !accepted.duplicate) {
      this.#assertInOrder(event.app, was, this.#applications(key)[0], this.#effects - effects);
      if (pump.hasWork) void pump.run();
      await this.#clock.quiet();
    } else {
      assert.equal(this.#effects, effects, 'what was ignored, or heard before, causes nothing');
    }
  }

  /** The object is evicted in the middle of everything: calls that it made go on, but nobody hears how they ended. */
  evict(): void {
    this.#instance = this.#begin();
    // A Durable Object whose instance dies in its alarm gets that alarm again.
    this.#storage.alarm ??= this.#clock.now + WATCHDOG;
  }

  shown(): readonly Shown[] {
    return this.#rollouts().flatMap((rollout) => {
      const deployed = this.#deployed(rollout);
      if (deployed === undefined) return [];
      const last = rollout.written;
      return [{ rollout, status: last ?? undefined }];
    });
  }

  /** Nothing is owed any more, nothing was made twice, and GitHub shows what was wanted last, and never less again. */
  assertSound(): void {
    const owed = this.#storage.sql.exec('SELECT lane, dead, begun, reason FROM effects').toArray();
    assert.deepEqual(owed, [], 'nothing is owed any more');
    const keys = this.#github.deployments.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'one deployment a rollout');
    const known = this.#rollouts().flatMap((rollout) => this.#deployed(rollout)?.id ?? []);
    assert.deepEqual(known.toSorted(byNumber), this.#github.deployments.map(({ id }) => id).toSorted(byNumber));
    for (const rollout of this.#rollouts()) {
      const written = this.#deployed(rollout)?.statuses.map(inShort) ?? [];
      const wanted = this.#wanted.get(rollout.key) ?? [];
      if (written.length > 0) assert.equal(written.at(-1), wanted.at(-1), 'what GitHub shows is what is wanted');
      written.forEach((status, index) => assert.notEqual(status, written[index - 1], 'a repeat starts workflows'));
      const left = wanted.reduce((rest, each) => (each === rest[0] ? rest.slice(1) : rest), written);
      assert.deepEqual(left, [], `written in the order in which it was wanted: ${JSON.stringify({ wanted, written })}`);
    }
  }

  close(): void {
    this.#storage.close();
  }

  #begin(): Instance {
    const storage = this.#storage;
    const now = () => Instant.parse(this.#clock.now);
    const wakeup = new Wakeup(storage, () => books.nextDue());
    const books = new Books(
      storage,
      wakeup,
      () => CONFIG,
      () => ({ own: this.#repository, present: this.#repository }),
      now,
    );
    const pump: Pump = new Pump({
      repository: () => this.#repository,
      outbox: books.outbox,
      now,
      random: () => 0.5,
      leave: async () => ({ kind: 'go', token: '' }),
      report: async () => {},
      perform: async ({ effect, begun, attempts }) => {
        const attempt = {
          github: this.#github.call,
          refresher: async () => {},
          index: async () => {},
          tell: async () => {},
          argoCds: { instances: () => [], env: {}, fetch },
          updaters: { configured: () => [], env: {}, fetch },
          ownersRules: () => books.ownersRules(),
          repository: this.#repository,
          app: '1',
          look: begun,
          attempts,
          now,
        };
        const outcome = await this.#clock.work(() => perform(effect, attempt));
        // An instance that is gone hears nothing more.
        return this.#instance.pump === pump ? outcome : new Promise(() => {});
      },
      settle: (end, event, ended) => books.settle(end, event, ended),
      ripen: () => books.ripen(),
      rest: () => {
        books.housekeep();
        wakeup.exactly(books.nextDue());
      },
      nextDue: () => books.nextDue(),
    });
    return { books, pump, wakeup };
  }

  #written(query: string, bindings: readonly SqlStorageValue[]): void {
    if (query.startsWith('INSERT INTO effects')) this.#effects += 1;
    if (!query.startsWith('INSERT OR REPLACE INTO rollouts')) return;
    const { key, wanted } = Rollout.parse(JSON.parse(String(bindings.at(-1))));
    if (wanted === null) return;
    const all = this.#wanted.get(key) ?? [];
    const status = inShort({ ...wanted, log_url: wanted.logUrl });
    if (all.at(-1) !== status) all.push(status);
    this.#wanted.set(key, all);
  }

  /** An application's operations and generations only ever go on, and what is older causes nothing. */
  #assertInOrder(
    { metadata, status }: NotificationEvent['app'],
    was: KnownApplication | undefined,
    is: KnownApplication | undefined,
    effects: number,
  ): void {
    if (was === undefined || is === undefined) return;
    const startedAt = status?.operationState?.startedAt ?? '';
    const isOlder =
      was.uid === metadata.uid &&
      metadata.deletionTimestamp === undefined &&
      (metadata.generation < was.generation || startedAt < (was.operation?.startedAt ?? ''));
    if (isOlder) assert.equal(effects, 0, 'effects of an older word');
    if (was.uid !== is.uid) return;
    assert.ok(is.generation >= was.generation, 'generations go on');
    if (is.operation !== null && was.operation !== null) assert.ok(is.operation.startedAt >= was.operation.startedAt);
  }

  #deployed({ deployment }: Rollout) {
    return this.#github.deployments.find(({ id }) => id === deployment?.id);
  }

  #rollouts(): readonly Rollout[] {
    const rows = this.#storage.sql.exec<{ body: string }>('SELECT body FROM rollouts').toArray();
    return rows.map(({ body }) => Rollout.parse(JSON.parse(body)));
  }

  #applications(key: string): readonly KnownApplication[] {
    const rows = this.#storage.sql.exec<{ body: string }>('SELECT body FROM applications WHERE key = ?', key).toArray();
    return rows.map(({ body }) => KnownApplication.parse(JSON.parse(body)));
  }
}

function inShort({
  state,
  description,
  log_url,
}: {
  state: string;
  description: string;
  log_url?: string | undefined;
}) {
  return `${state} ${description} ${log_url ?? ''}`;
}

function byNumber(one: number, other: number): number {
  return one - other;
}
