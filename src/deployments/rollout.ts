/** Decides which rollout of a slot an operation belongs to: the present one, another that is under way, or a new one. */
import type { KnownApplication, Rollout, Slot } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';

/** Rollouts of a slot are ordered by start; on equal seconds the later arrival is the newer. */
export type Position = { readonly start: Instant; readonly arrival: number };

export function isNewer(one: Position, other: Position): boolean {
  return one.start === other.start ? one.arrival > other.arrival : one.start > other.start;
}

export function slotKey(environment: string, pr: number | undefined): string {
  // GitHub compares the names of environments without case.
  return JSON.stringify([environment.toLowerCase(), ...(pr === undefined ? [] : [pr])]);
}

/** The pull request of a preview's slot; undefined for an environment that stays. */
export function pullRequestIn(slot: string): number | undefined {
  const [, number] = /,(\d+)\]$/.exec(slot) ?? [];
  return number === undefined ? undefined : Number(number);
}

export function rolloutKey(slot: string, sha: Sha, start: Instant): string {
  return `${slot} ${sha} ${start}`;
}

export type Placement =
  /** The content that its present rollout already has. */
  | { readonly kind: 'stays' }
  | { readonly kind: 'joins'; readonly rollout: Rollout }
  | { readonly kind: 'opens'; readonly sha: Sha; readonly start: Instant }
  /** The slot follows a head that it isn't, or is closed: it is remembered, in case the head comes back to it. */
  | { readonly kind: 'elsewhere' }
  /** Not told yet what it deploys. */
  | { readonly kind: 'unplaced' };

type Told = {
  readonly startedAt: string;
  readonly start: Instant;
  readonly sha: Sha | undefined;
  readonly revisions: readonly string[] | undefined;
};

/**
 * Where an operation belongs. `rollouts` are those of its slot: all open ones, and those with its SHA that are not
 * older than the application's present one. `reach` is how much earlier than a rollout's start an operation may have
 * started and still be part of it. `head` is what the slot follows, where GitHub has told of its pull request.
 */
export function placementOf(
  application: KnownApplication,
  told: Told,
  rollouts: readonly Rollout[],
  slot: Slot | undefined,
  reach: number,
  head: Preview['head'],
): Placement {
  const { content } = application;
  const same = content !== null && application.operation?.startedAt === told.startedAt;
  if (told.sha === undefined) return { kind: same ? 'stays' : 'unplaced' };
  if (head !== null && (head.kind === 'closed' || head.sha !== told.sha)) return { kind: 'elsewhere' };

  const present = rollouts.find((rollout) => rollout.key === application.rollout);
  if (present !== undefined && content?.sha === told.sha) {
    // The same commit with unknown manifests may be anything, unless it is the very same operation.
    if (told.revisions === undefined) return { kind: same ? 'stays' : 'unplaced' };
    // Not told with which manifests it is in its rollout, it has not taken part in that one with others.
    if (hasRevisions(content, told.revisions)) return { kind: 'stays' };
  }
  const rollout = joinable(application, told, present, rollouts, slot, reach, head !== null);
  return rollout === undefined ? { kind: 'opens', sha: told.sha, start: told.start } : { kind: 'joins', rollout };
}

/** Where manifests are not told, nothing speaks against its being the same. */
export function hasRevisions(
  { revisions }: NonNullable<KnownApplication['content']>,
  told: readonly string[] | undefined,
): boolean {
  return revisions === null || told === undefined || equal(revisions, told);
}

/** The newest rollout with that SHA which the application may still take part in. */
function joinable(
  application: KnownApplication,
  told: Told,
  present: Rollout | undefined,
  rollouts: readonly Rollout[],
  slot: Slot | undefined,
  reach: number,
  isLed: boolean,
): Rollout | undefined {
  const opened = slot === undefined || slot.pr === null ? null : slot.opened;
  return (
    [...rollouts]
      .filter((rollout) => rollout.slot === application.slot && rollout.sha === told.sha && rollout.end !== 'inactive')
      // A head is what it is, whenever the operations on it started: clocks differ, and a label may come long after.
      .filter((rollout) => isLed || present === undefined || !isNewer(present, rollout))
      // A preview has one head: what is older is gone, though a failure of it is still to be read.
      .filter((rollout) => opened === null || !isNewer(opened, rollout))
      // Delivered out of order, an operation of long ago would otherwise be taken for part of a later return to its SHA.
      .filter((rollout) => isLed || rollout.start <= later(told.start, reach))
      .filter((rollout) => rollout.key !== present?.key)
      .filter(
        (rollout) => !visitedWithOther(application, rollout, told.revisions) || (isLed && told.start < rollout.start),
      )
      .reduce<Rollout | undefined>(
        (newest, rollout) => (newest === undefined || isNewer(rollout, newest) ? rollout : newest),
        undefined,
      )
  );
}

function visitedWithOther(
  application: KnownApplication,
  rollout: Rollout,
  revisions: readonly string[] | undefined,
): boolean {
  return application.visits
    .filter((visit) => visit.rollout === rollout.key)
    .some((visit) => visit.revisions !== null && revisions !== undefined && !equal(visit.revisions, revisions));
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
