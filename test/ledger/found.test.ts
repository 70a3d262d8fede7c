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
    () => ({ own: REPOSITORY, present: REPOSITORY }),
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
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { books, learn, pass };
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

describe('what an operator sees', () => {
  const shown = (books: Books, number = 1) => books.view().previews.find((preview) => preview.number === number);

  it('is that a preview is orphaned, and since when where GitHub still knows its pull request', () => {
    const { books, learn } = looking(2);
    learn({ kind: 'pull', number: 1, pull: null, sweep: true });
    const closed = pullOf({ number: 2, branch: 'branch-2', sha: s1, merged: true }, 90);
    learn({ kind: 'pull', number: 2, pull: closed, sweep: true });

    expect([1, 2].map((number) => shown(books, number)?.over)).toEqual([
      { why: 'orphaned', since: null },
      { why: 'orphaned', since: T0 + 90_000 },
    ]);
  });

  it('is since when nobody touches it; and, while its label is still on after its removal, what to do', () => {
    const { books, learn, pass } = looking(1);
    pass(72 * HOUR);
    learn({ kind: 'listed', pull: pull(1) });
    expect(shown(books)).toMatchObject({ stage: 'live', over: { why: 'stale', since: T0 + 72 * HOUR }, label: null });

    books.removeDoomed(1);
    expect(shown(books)).toMatchObject({ stage: 'closed', over: null, refused: null });
    expect(shown(books)?.label).toMatch(/^preview is still on, .* take it off by hand/);

    learn({ kind: 'label-removed', number: 1, stuck: null, seen: null });
    expect(shown(books)?.label).toBeNull();
  });

  it('is why a fork is refused; and, where its label could not be taken off, why not and what to do', () => {
    const { books, learn } = looking(0);
    const fork = pullOf({ number: 1, sha: s1, fork: true }, 0);
    books.enter({ kind: 'pull-request', id: 'fork', pull: fork, labelled: undefined }, 'fork');
    const refused = 'Pull requests from forks get no preview here.';
    expect(shown(books)).toMatchObject({ stage: 'refusing', refused, label: null });

    learn({ kind: 'label-removed', number: 1, stuck: 'GitHub says no', seen: fork.updatedAt });
    expect(shown(books)).toMatchObject({
      stage: 'refused',
      refused,
      label: 'preview could not be taken off: GitHub says no. Take it off by hand: Argo CD deploys what carries it',
    });
  });
});
