/**
 * Generates what several Argo CD applications go through, release after release, in the words that Argo CD would have
 * for it. What is left out, though it could happen, is left out for a reason that is given where it is done: "limit".
 */
import * as fc from 'fast-check';
import { T0, type Word } from '../../local/application.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import { rolloutKey, slotKey } from '../../src/deployments/rollout.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { teller } from './play.ts';

export type Said = {
  readonly event: NotificationEvent;
  /** Second in which it is said; a history is in this order. */
  readonly at: number;
  readonly slot: string;
  readonly release: number;
};

export type History = {
  readonly said: readonly Said[];
  readonly slots: readonly SlotHistory[];
  /** Keys of the rollouts that there may be: one for each operation that deploys. */
  readonly rollouts: ReadonlySet<string>;
};

export type SlotHistory = {
  readonly key: string;
  /**
   * What can be known of its end whatever the order; `gone`: all its applications are deleted; `untold`: the words that
   * would have told it were lost.
   */
  readonly end: 'newest' | 'gone' | 'unknowable' | 'untold';
  /** Words of a later release don't come before the first copies of those of an earlier one. */
  readonly releasesInOrder: boolean;
};

const FATES = [
  'succeeds',
  'settles',
  'waits for a window',
  'fails',
  'fails before it applies',
  'is terminated',
  'hangs',
  'rolls out for ever',
  'is missing for ever',
  'stays degraded',
  'recovers',
  'succeeds and flaps',
  'pauses',
  'is retried by Argo CD',
  'fails and is retried',
  'fails early and is retried',
  'fails twice',
  'succeeds and is synced again',
  'succeeds and heals itself',
  'heals itself on the way',
  'meets a dry run on the way',
] as const;
type Fate = (typeof FATES)[number];

const SUCCEEDING: readonly Fate[] = [
  'succeeds',
  'settles',
  'recovers',
  'is retried by Argo CD',
  'fails and is retried',
];

const LESSER: readonly Fate[] = ['succeeds and heals itself', 'heals itself on the way', 'meets a dry run on the way'];

type Operation = { readonly op: number; readonly again: number; readonly base: Word; readonly heard: readonly Heard[] };
type Heard = 'bare' | 'requested' | 'applied';
type Uttered = { readonly at: number; readonly word: Word };

function utter({ op, base }: Operation, after: number, word: Word): Uttered {
  return { at: op + after, word: { ...base, op, ...word } };
}

/** The words of an operation that runs: asked for, without its images; asked for by image; and applying. */
function runs(operation: Operation, always: readonly Heard[] = []): readonly Uttered[] {
  const requested = { requested: requestedBy(operation), images: [] };
  const said: Record<Heard, Word> = {
    bare: { phase: 'Running', noResult: true, images: [] },
    requested: { phase: 'Running', noResult: true, manifests: null, ...requested },
    applied: { phase: 'Running', health: 'Healthy', healthAt: -100 },
  };
  return (['bare', 'requested', 'applied'] as const)
    .filter((each) => operation.heard.includes(each) || always.includes(each))
    .map((each, index) => utter(operation, 1 + index, said[each]));
}

/** Kustomize's override of the image that the operation applies. */
function requestedBy({ base: { sha, images } }: Operation): readonly string[] {
  return [`ghcr.io/acme/shop=${images?.[0] ?? `ghcr.io/acme/shop:${sha}`}`];
}

const SUCCEEDED = { phase: 'Succeeded' } as const;
/** It never gets to apply: no result, no revision, no image. */
function failsEarly({ base: { sha: _sha, images: _images, ...base }, ...operation }: Operation): Uttered {
  return utter({ ...operation, base }, 1, { phase: 'Error', noResult: true, manifests: null });
}

function wordsOf(fate: Fate, first: Operation): readonly Uttered[] {
  const second = { ...first, op: first.op + first.again };
  const synced = utter(first, 6, { ...SUCCEEDED, health: 'Progressing' });
  const healthy = utter(first, 60, { ...SUCCEEDED, health: 'Healthy' });
  const settling = utter(first, 6, { ...SUCCEEDED, health: 'Healthy', healthAt: -100 });
  const degraded = utter(first, 20, { ...SUCCEEDED, health: 'Degraded' });
  const failed = utter(first, 6, { phase: 'Failed', health: 'Degraded' });
  const partial = (after: number, word: Word) =>
    utter({ ...first, op: first.op + 60 }, after, { partial: true, ...word });
  switch (fate) {
    case 'succeeds':
      return [...runs(first), synced, healthy];
    case 'settles':
      return [...runs(first), settling];
    case 'waits for a window':
      return [
        utter(first, 0, { phase: 'Running', noResult: true, message: 'Sync operation blocked by sync window' }),
        ...runs(first),
        synced,
        healthy,
      ];
    case 'fails':
      return [...runs(first), failed];
    case 'fails before it applies':
      return [
        ...runs(first),
        utter(first, 6, { phase: 'Error', noResult: true, images: [], requested: requestedBy(first) }),
      ];
    case 'is terminated':
      return [
        ...runs(first, ['applied']),
        utter(first, 5, { phase: 'Terminating' }),
        utter(first, 6, { phase: 'Failed', message: 'Operation terminated' }),
      ];
    case 'hangs':
      return runs(first, ['applied']);
    case 'rolls out for ever':
      return [...runs(first), synced];
    case 'is missing for ever':
      return [...runs(first), synced, utter(first, 20, { ...SUCCEEDED, health: 'Missing' })];
    case 'stays degraded':
      return [...runs(first), synced, degraded];
    case 'recovers':
      // Limit: `Unknown` decides nothing, and so is never the last word: what was before it may not have been heard.
      return [
        ...runs(first),
        synced,
        degraded,
        utter(first, 25, { ...SUCCEEDED, health: 'Unknown' }),
        { ...healthy, at: first.op + 200 },
      ];
    case 'succeeds and flaps':
      // Limit: after a success nothing worse is the last word, since the success may not have been heard.
      return [...runs(first), { ...healthy, at: first.op + 10 }, degraded, { ...healthy, at: first.op + 200 }];
    case 'pauses':
      // Limit: it goes on. Where one stays suspended, a stranger's early failure is shown or not, as it comes.
      return [...runs(first), utter(first, 6, { ...SUCCEEDED, health: 'Suspended' }), healthy];
    case 'is retried by Argo CD':
      return [
        ...runs(first),
        utter(first, 6, { phase: 'Running', retry: 1, noResult: true }),
        utter(first, 8, { phase: 'Running', retry: 1 }),
        healthy,
      ];
    case 'fails and is retried':
      return [...runs(first), failed, ...runs(second), utter(second, 60, { ...SUCCEEDED, health: 'Healthy' })];
    case 'fails early and is retried':
      return [failsEarly(first), ...runs(second), utter(second, 60, { ...SUCCEEDED, health: 'Healthy' })];
    case 'fails twice':
      return [...runs(first), failed, ...runs(second), utter(second, 6, { phase: 'Failed', health: 'Degraded' })];
    case 'succeeds and is synced again':
      return [
        ...runs(first),
        healthy,
        ...runs(second, ['applied']),
        utter(second, 60, { ...SUCCEEDED, health: 'Healthy' }),
      ];
    case 'succeeds and heals itself':
      return [
        ...runs(first),
        settling,
        partial(1, { phase: 'Running', health: 'Progressing' }),
        partial(6, { ...SUCCEEDED, health: 'Healthy' }),
      ];
    case 'heals itself on the way':
      return [
        ...runs(first),
        synced,
        partial(1, { phase: 'Running', health: 'Progressing' }),
        partial(6, { ...SUCCEEDED, health: 'Healthy' }),
      ];
    case 'meets a dry run on the way':
      return [...runs(first), synced, partial(6, { partial: false, dryRun: true, ...SUCCEEDED, health: 'Healthy' })];
  }
}

const LIVES = ['takes part', 'stays out', 'fails early', 'is deleted', 'is deleted after it', 'is made again'] as const;
const WHATS = ['commit', 'configuration', 'rollback', 'return'] as const;

type Play = {
  readonly life: (typeof LIVES)[number];
  readonly fate: Fate;
  readonly heard: readonly Heard[];
  readonly start: number;
  readonly again: number;
};
type Release = {
  readonly what: (typeof WHATS)[number];
  readonly back: number;
  readonly tagged: boolean;
  readonly plays: readonly Play[];
};

const play: fc.Arbitrary<Play> = fc.record({
  life: fc.oneof(
    { arbitrary: fc.constant('takes part' as const), weight: 6 },
    { arbitrary: fc.constantFrom(...LIVES), weight: 4 },
  ),
  fate: fc.constantFrom(...FATES),
  heard: fc.subarray(['bare', 'requested', 'applied'] as const),
  // Limit: operations of one release start within `deadline` (30 minutes) of each other, retries included, and releases
  // lie further apart: whether a straggler belongs to the one or the other is told by nothing else.
  start: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 600 })),
  again: fc.integer({ min: 400, max: 1100 }),
});
const BETWEEN = 3 * 3600;

const APPLICATIONS = ['main:api', 'main:web', 'west:api', 'main:jobs'] as const;
const SLOTS = [
  { environment: 'production', pr: undefined },
  { environment: 'sandbox', pr: undefined },
  { environment: 'preview', pr: 7 },
] as const;

type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;
const drawn = fc.record({
  applications: fc.integer({ min: 1, max: 4 }),
  slots: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
  releases: fc.array(
    fc.array(
      fc.record({
        what: fc.constantFrom(...WHATS),
        back: fc.nat(3),
        tagged: fc.boolean(),
        plays: fc.array(play, { minLength: 4, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 5, size: 'max' },
    ),
    { minLength: 3, maxLength: 3 },
  ),
});

export const history: fc.Arbitrary<History> = historyOf(0);

/** Histories of different numbers have neither applications nor slots in common. */
export function historyOf(number: number): fc.Arbitrary<History> {
  return drawn.map((each) => lived(each, number));
}

/** Told together, as one repository's: each in its own order, none before or after the others. */
export function together(histories: readonly History[]): History {
  return named({
    slots: histories.flatMap(({ slots }) => slots),
    rollouts: new Set(histories.flatMap(({ rollouts }) => [...rollouts])),
    said: histories.flatMap(({ said }) => said).sort((one, other) => one.at - other.at),
  });
}

function lived({ applications, slots, releases }: Drawn, number: number): History {
  // Four applications at most, so the slots share them: the first takes what the others leave.
  const others = slots.slice(1, applications);
  const parts = [
    new Part(number, slots[0] ?? 0, applications - others.length, releases[0] ?? []),
    ...others.map((slot, index) => new Part(number, slot, 1, releases[index + 1] ?? [])),
  ];
  const tell = teller();
  const uttered = parts.flatMap((part) => part.uttered()).sort((one, other) => one.at - other.at);
  return named({
    slots: parts.map((part) => part.history()),
    rollouts: new Set(parts.flatMap((part) => [...part.rollouts])),
    said: uttered.map(({ name, at, word, slot, release }, index) => {
      const { instance, app } = tell({ kind: 'says', app: name, word });
      const page = `https://${instance}.example.com/applications/${app.metadata.namespace}/${app.metadata.name}`;
      return { event: { kind: 'notification', id: `${number}.${index}`, instance, page, app }, at, slot, release };
    }),
  });
}

/** A failing run logs the words as they arrived; the whole of them says no more. */
function named(history: History): History {
  return Object.assign(history, { [fc.toStringMethod]: () => 'history' });
}

type Content = { readonly sha: string; readonly manifests: string; readonly images?: readonly string[] };
type Member = { readonly name: string; lives: number; created: number; gone: boolean; told: Map<number, Content> };

type UtteredHere = Uttered & { readonly name: string; readonly slot: string; readonly release: number };

function placeOf(slot: number, number: number): Word {
  const { environment, pr } = SLOTS[slot] ?? SLOTS[0];
  return {
    environment: number === 0 || pr !== undefined ? environment : `${environment}-${number}`,
    ...(pr === undefined ? {} : { pr: pr + number }),
  };
}

/** What one slot goes through. */
class Part {
  readonly #uttered: UtteredHere[] = [];
  readonly rollouts = new Set<string>();
  readonly #key: string;
  readonly #where: Word;
  readonly #members: readonly Member[];
  readonly #shas: string[] = [];
  #returns = false;
  /** The last release that any of them took part in. */
  #last = 0;

  constructor(number: number, slot: number, applications: number, releases: readonly Release[]) {
    this.#where = placeOf(slot, number);
    this.#key = slotKey(this.#where.environment ?? '', this.#where.pr);
    this.#members = APPLICATIONS.slice(0, applications).map((name) => ({
      name: `${name}-${slot}${number === 0 ? '' : `-${number}`}`,
      lives: 1,
      created: -86_400,
      gone: false,
      told: new Map(),
    }));
    // Limit: where several share a slot and a commit returns, its words must not wait for Git either (see `#plays`).
    const mayWait = applications === 1 || releases.every(({ what }) => what === 'commit');
    for (const release of releases) this.#plays({ ...release, tagged: mayWait && release.tagged });
  }

  #plays({ what, back, tagged, plays }: Release): void {
    const number = this.#shas.length;
    const former = this.#shas.filter((sha) => sha !== this.#shas.at(-1));
    const sha =
      (what === 'configuration' ? this.#shas.at(-1) : what === 'commit' ? undefined : former[back % former.length]) ??
      String(number + 1).repeat(40);
    const returns = this.#shas.includes(sha);
    const before = this.#shas.lastIndexOf(sha);
    const alone = this.#members.length === 1;
    // Limit: a rollback to the very same manifests can't be told from their repetition where the release between was
    // not heard of; so it succeeds, and in a slot of one application, where it does not matter who is in which rollout.
    const same = what === 'return' && alone && returns;
    this.#returns ||= returns;
    this.#shas.push(sha);

    this.#members.forEach((member, index) => {
      const play = plays[index];
      if (play === undefined) return;
      // Limit: where several share a slot, only those take part in the return of a commit that were in its last
      // release. Any other would be taken for a straggler of that one, as long as it is the only one that is known.
      const comes = alone || !returns || member.told.has(before);
      this.#lives(
        member,
        comes || play.life !== 'takes part' ? play : { ...play, life: 'stays out' },
        number,
        comes,
        {
          sha,
          manifests:
            (same ? member.told.get(before)?.manifests : undefined) ?? `${'a'.repeat(38)}${number}${index % 2}`,
          ...(tagged ? { images: [`ghcr.io/acme/shop:v${sha.charAt(0)}.0.0`] } : {}),
        },
        same,
      );
    });
  }

  #lives(
    member: Member,
    { life, fate, heard, start, again }: Play,
    release: number,
    comes: boolean,
    content: Content,
    same: boolean,
  ): void {
    if (member.gone) return;
    const op = release * BETWEEN + start;
    const operation = (): Operation => ({
      op,
      again,
      heard,
      base: { ...this.#where, ...content, uid: `${member.name} ${member.lives}`, created: member.created },
    });
    const say = ({ at, word }: Uttered) =>
      this.#uttered.push({ name: member.name, at, word, slot: this.#key, release });
    const deleted = (at: number) => say({ at, word: { ...operation().base, op, deleted: true } });
    const takesPart = (): void => {
      member.told.set(release, content);
      this.#last = release;
      // Limit, as for what a partial sync says in general: it is not kept for a commit that Git is still asked for.
      const unheard = content.images !== undefined && LESSER.includes(fate);
      const words = wordsOf(unheard || (same && !SUCCEEDING.includes(fate)) ? 'succeeds' : fate, operation());
      for (const { word } of words) {
        if (word.partial === true || word.dryRun === true || word.op === undefined) continue;
        this.rollouts.add(rolloutKey(this.#key, Sha.parse(content.sha), Instant.parse(T0 + word.op * 1000)));
      }
      words.forEach(say);
    };
    switch (life) {
      case 'stays out':
        return;
      case 'takes part':
        return takesPart();
      case 'fails early':
        say(failsEarly(operation()));
        return;
      case 'is deleted':
      case 'is deleted after it':
        if (life === 'is deleted after it' && comes) takesPart();
        deleted(op + 2000);
        member.gone = true;
        return;
      case 'is made again':
        if (again % 2 === 0) deleted(op);
        member.lives += 1;
        member.created = op - 100;
        member.told.clear();
        // Limit: made again, it is new to its commit, like one that was not in the last release of it.
        if (comes && (this.#members.length === 1 || !this.#returns)) takesPart();
    }
  }

  /**
   * Limit: an early failure without a commit is not the last that an application says which has a rollout. Whether it
   * is shown on that one depends on whether the rollout was finished by then, and nothing tells what was not heard.
   */
  uttered(): readonly UtteredHere[] {
    return this.#uttered.filter(({ name, at, word }) => {
      const same = this.#uttered.filter((other) => other.name === name && other.word.uid === word.uid);
      const told = same.filter((other) => other.word.sha !== undefined && other.word.deleted !== true);
      return word.sha !== undefined || told.length === 0 || told.some((other) => other.at > at);
    });
  }

  history(): SlotHistory {
    const alive = this.#members.filter((member) => !member.gone);
    // Limit: a preview's former release is gone with the newer one, unless nobody hears of that before it is deleted.
    const overtaken = this.#where.pr !== undefined && !alive.some((member) => member.told.has(this.#last));
    return {
      key: this.#key,
      releasesInOrder: this.#returns && this.#members.length > 1,
      end: alive.length === 0 ? 'gone' : overtaken ? 'unknowable' : 'newest',
    };
  }
}
