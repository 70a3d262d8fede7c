/** A promotion in a ledger's own tables: what is known survives, is found by what concerns it, and is forgotten at last. */
import { expect, it } from 'vitest';
import { T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Learned } from '../../schemas/event.ts';
import { Books } from '../../src/ledger/books.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Wakeup } from '../../src/ledger/wakeup.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { IMAGE, overlay } from '../promotions/promotion-world.ts';
import { FREE, path } from '../promotions/story.ts';
import { NodeStorage } from './node-storage.ts';

const DAY = 86_400_000;
const sha = (digit: string) => Sha.parse(digit.repeat(40));
const target = JSON.stringify(['sandbox', IMAGE]);
const source = { repository: Repository.parse('acme/shop'), sha: sha('a') };

/** Its books are opened anew for each event: nothing is remembered but what was written. */
class Ledger {
  now = T0;
  readonly #storage = new NodeStorage(() => {});

  constructor() {
    migrate(this.#storage);
  }

  get books(): Books {
    const wakeup = new Wakeup(this.#storage, () => undefined);
    const repository = Repository.parse('acme/shop-deployment');
    return new Books(
      this.#storage,
      wakeup,
      () => Config.parse({}),
      () => ({ own: repository, present: repository }),
      () => Instant.parse(this.now),
    );
  }

  learn(learned: Learned): void {
    this.now += 1000;
    const { books } = this;
    const end = () => {
      for (const { id } of books.view().outbox.pending) books.outbox.done(id);
    };
    books.settle(end, { kind: 'performed', learned }, { kind: 'read-base', outcome: 'done' });
  }

  owed(): readonly string[] {
    return this.books.view().outbox.pending.map(({ effect }) => effect?.kind ?? '');
  }
}

it('knows what the owner’s rules said when they were read last', () => {
  const ledger = new Ledger();
  const firstSeen = Instant.parse(T0);
  const candidate = { image: IMAGE, tag: 'v1.1.0', origin: 'publisher', source, firstSeen } as const;
  ledger.books.enter({ kind: 'image', id: 'one', candidate }, 'one');
  expect(ledger.books.ownersRules()).toBeNull();

  const at = Instant.parse(T0);
  const organisation = 'version: 1\nenforced: []\n';
  const base = { branch: 'main', sha: sha('b'), tree: sha('c'), at, rules: FREE, organisation, files: [] };
  ledger.learn({ kind: 'base', base });

  expect(ledger.books.ownersRules()).toBe(organisation);
});

it('goes from an image to its merge across as many instances as there are events', () => {
  const ledger = new Ledger();
  const firstSeen = Instant.parse(T0);
  const candidate = { image: IMAGE, tag: 'v1.1.0', origin: 'publisher', source, firstSeen } as const;
  ledger.books.enter({ kind: 'image', id: 'one', candidate }, 'one');
  expect(ledger.owed()).toEqual(['read-base']);

  const files = [{ path: path('sandbox'), text: overlay({ [IMAGE]: 'v1.0.0' }) }];
  const base = {
    branch: 'main',
    sha: sha('b'),
    tree: sha('c'),
    at: Instant.parse(T0),
    rules: FREE,
    organisation: null,
    files,
  };
  ledger.learn({ kind: 'base', base });
  expect(ledger.owed()).toEqual(['read-source']);

  const facts = {
    repository: Repository.parse('acme/shop'),
    sha: sha('a'),
    present: null,
    order: 'unknown',
    onDefaultBranch: true,
  } as const;
  ledger.learn({ kind: 'source', target, facts });
  const [written] = ledger.books.view().outbox.pending;
  const body = written?.effect?.kind === 'write-promotion' ? written.effect.body : '';
  ledger.learn({ kind: 'promotion-written', target, number: 1, head: sha('d'), body });
  expect(ledger.owed()).toEqual(['read-gates']);

  const gates = { number: 1, at: Instant.parse(ledger.now), head: sha('d'), open: true, merged: false, labels: [] };
  const asked = {
    into: 'main',
    armed: false,
    byRobot: false,
    checks: {},
    approvals: [],
    rules: FREE,
    organisation: null,
  };
  ledger.learn({ kind: 'gates', target, gates: { ...gates, ...asked } });
  const [check] = ledger.books.view().outbox.pending;
  const summary = check?.effect?.kind === 'write-check' ? check.effect.summary : '';
  ledger.learn({ kind: 'check-written', target, id: 5, head: sha('d'), summary });
  expect(ledger.owed()).toEqual(['merge-promotion']);
  expect(ledger.books.view().promotions).toMatchObject([
    { environment: 'sandbox', candidate: { tag: 'v1.1.0' }, pull: 1, decision: { action: 'auto' }, held: null },
  ]);

  ledger.learn({ kind: 'merged', target, number: 1, sha: sha('e') });
  expect(ledger.owed()).toEqual(['read-base', 'tell']);
  expect(ledger.books.view().promotions).toMatchObject([{ present: { tag: 'v1.1.0' }, candidate: null, pull: null }]);

  ledger.now += 91 * DAY;
  ledger.books.housekeep();
  expect(ledger.books.view().promotions).toEqual([]);
});

it('brings the hourly look about by time alone', () => {
  const ledger = new Ledger();
  const candidate = { image: IMAGE, tag: 'v1.1.0', origin: 'publisher', firstSeen: Instant.parse(T0) } as const;
  ledger.books.enter({ kind: 'image', id: 'one', candidate }, 'one');
  const files = [{ path: path('sandbox'), text: overlay({ [IMAGE]: 'v1.0.0' }) }];
  const base = {
    branch: 'main',
    sha: sha('b'),
    tree: sha('c'),
    at: Instant.parse(T0),
    rules: null,
    organisation: null,
    files,
  };
  ledger.learn({ kind: 'base', base });
  const [written] = ledger.books.view().outbox.pending;
  const body = written?.effect?.kind === 'write-promotion' ? written.effect.body : '';
  ledger.learn({ kind: 'promotion-written', target, number: 1, head: sha('d'), body });
  const due = ledger.books.nextRipe() ?? 0;
  expect(due - ledger.now).toBe(3_600_000);

  ledger.now = due;
  ledger.books.ripen();

  expect(ledger.owed()).toEqual(expect.arrayContaining(['read-gates', 'read-base']));
});
