/** What a ledger makes of a sweep's findings: which are believed, and how many of them it may remove. */
import { describe, expect, it } from 'vitest';
import { s1, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Learned } from '../../schemas/event.ts';
import { Books } from '../../src/ledger/books.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Wakeup } from '../../src/ledger/wakeup.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf } from '../deployments/play.ts';
import { NodeStorage } from './node-storage.ts';

const REPOSITORY = Repository.parse('acme/shop');
const HOUR = 3_600_000;
const config = Config.parse({
  previews: { sweep: 'remove' },
  argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
});

/** A ledger with so many live previews, numbered from 1, that has just begun to look. */
function looking(count: number) {
  const storage = new NodeStorage(() => {});
  migrate(storage);
  let now = T0;
  const wakeup = new Wakeup(storage, () => undefined);
  const books = new Books(
    storage,
    wakeup,
    () => config,
    () => REPOSITORY,
    () => Instant.parse(now),
  );
  const labelled = { login: 'octo', labels: ['preview'] };
  for (let number = 1; number <= count; number += 1) {
    const id = `labelled ${number}`;
    books.enter({ kind: 'pull-request', id, pull: pull(number), labelled }, id);
  }
  now += HOUR;
  books.enter({ kind: 'sweep' });
  const learn = (learned: Learned) =>
    books.settle(() => {}, { kind: 'performed', learned }, { kind: 'list-pulls', outcome: 'done' });
  learn({ kind: 'pulls', pulls: [] });
  return { books, learn };
}

function pull(number: number) {
  return pullOf({ number, branch: `branch-${number}`, sha: s1 }, 0);
}

describe('what a listing lacks', () => {
  it('is over where GitHub knows it no more', () => {
    const { books, learn } = looking(1);

    learn({ kind: 'pull', number: 1, pull: null, sweep: true });

    expect(books.previews()).toEqual({ live: 1, doomed: 1 });
  });

  it('is not over where it is open and labelled: the list lagged behind', () => {
    const { books, learn } = looking(1);

    learn({ kind: 'pull', number: 1, pull: pull(1), sweep: true });

    expect(books.previews()).toEqual({ live: 1, doomed: 0 });
  });
});

describe('a removal', () => {
  it('does nothing where more has been found since than it was allowed for', () => {
    const { books, learn } = looking(20);
    for (let number = 1; number <= 5; number += 1) learn({ kind: 'pull', number, pull: null, sweep: true });
    const told = books.previews().doomed;
    for (let number = 6; number <= 20; number += 1) learn({ kind: 'pull', number, pull: null, sweep: true });

    books.removeDoomed(told);
    expect(books.previews()).toEqual({ live: 20, doomed: 20 });

    books.removeDoomed(20);
    expect(books.previews()).toEqual({ live: 0, doomed: 0 });
  });
});
