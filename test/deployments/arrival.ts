/** Generates how the words of a history arrive: late, more than once, or not at all; and how GitHub's answers do. */
import * as fc from 'fast-check';
import { operationOf } from '../../src/deployments/operation.ts';
import type { History, Said } from './history.ts';

export type Arrival = {
  /** By how many words each one is late; a word may come again, later still. */
  readonly late: readonly number[];
  readonly again: readonly { readonly which: number; readonly late: number }[];
  /** Which words never arrive, but for the last of each application. */
  readonly lost: readonly boolean[];
  /** Seconds between two arrivals. */
  readonly gaps: readonly number[];
  /** After how many further words what a call to GitHub answered is learned; `at the end`: GitHub is called then. */
  readonly answers: readonly number[] | 'at the end';
};

export const arrival: fc.Arbitrary<Arrival> = arrivalOf(200);

/** Of a history of some `words`. */
export function arrivalOf(words: number): fc.Arbitrary<Arrival> {
  const long = { maxLength: words, size: 'max' } as const;
  return fc.record({
    late: fc.array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(200)), long),
    again: fc.array(fc.record({ which: fc.nat(words), late: fc.nat(200) }), { maxLength: words / 10 }),
    lost: fc.array(fc.boolean(), long),
    gaps: fc.array(fc.constantFrom(1, 1, 1, 1, 0, 20, 40, 70, 2000), { maxLength: 50, size: 'max' }),
    answers: fc.oneof(
      fc.constant([]),
      fc.constant('at the end' as const),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 30, size: 'max' }),
    ),
  });
}

/** One word, for a failing run: who, its generation, and what it says of which operation. */
export function inShort({ event, slot }: Said): string {
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

/**
 * What is left of a history where words never arrive. An application's last word always does. What can't be known then:
 *
 * - how a slot ends where that word tells no commit (a dry run, a partial sync, an early failure), though its application
 *   has told one before: of the operation between, nobody has heard;
 * - who belongs together where a commit returns to several applications: one that was not heard of in its first release
 *   is taken for a straggler of that one.
 */
export function withLosses(history: History, { lost }: Arrival): History {
  const { said, slots } = history;
  const lasts = new Map(said.map((word) => [word.event.page, word]));
  const isLast = (word: Said) => lasts.get(word.event.page) === word;
  const told = new Set(said.filter(tellsCommit).map(({ event }) => event.page));
  const untold = new Set(
    [...lasts.values()].filter((word) => !tellsCommit(word) && told.has(word.event.page)).map(({ slot }) => slot),
  );
  return {
    ...history,
    said: said.filter((word, index) => isLast(word) || !lost[index]),
    slots: slots.map((slot) => {
      if (slot.end === 'gone') return slot;
      if (untold.has(slot.key)) return { ...slot, end: 'untold' };
      return slot.releasesInOrder ? { ...slot, end: 'unknowable' } : slot;
    }),
  };
}

function tellsCommit({ event }: Said): boolean {
  if (event.app.metadata.deletionTimestamp !== undefined) return true;
  const operation = operationOf(event.app);
  if (operation === undefined || operation.lesser !== undefined) return false;
  return operation.appliedImages.length > 0 || operation.requestedImages.length > 0;
}

/** The words as they arrive: some late, some again. */
export function arranged(history: History, { late, again }: Arrival): readonly Said[] {
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
