/** Lets the slots of a pull request follow its head: opens what it wants to see, ends what it is no longer, and closes. */
import type { Planned } from '../../schemas/effect.ts';
import type { Known, KnownApplication, Rollout } from '../../schemas/known.ts';
import type { Status } from '../../schemas/status.ts';
import { inWords } from '../words/duration.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Sha } from '../words/sha.ts';
import type { TagLookup } from './app-sha.ts';
import { headOf, visiting, withApplication, withRollout } from './application.ts';
import { conclude } from './conclude.ts';
import { learn } from './learn.ts';
import { owedRead } from './look-up.ts';
import { emptySlot, opened } from './open.ts';
import { slotKey } from './rollout.ts';
import { inactive } from './supersede.ts';

type Followed = { readonly known: Known; readonly lookups: readonly TagLookup[] };

/** What a rollout says of itself while Argo CD has not come to it. */
const AWAITED = 'waiting for Argo CD';

/** `draft`: what has been learned of these pull requests; their slots follow it. */
export function planHeads(numbers: readonly number[], draft: Known, before: Known, now: Instant): Planned {
  const { known, lookups } = numbers.reduce<Followed>(
    (followed, number) => {
      const next = followHead(followed.known, number, now);
      return { known: next.known, lookups: [...followed.lookups, ...next.lookups] };
    },
    { known: relinked(numbers, draft, before), lookups: [] },
  );
  return conclude(before, known, lookups.map(owedRead));
}

/** The address of each depends on who else has its slug: what was linked to the former one is linked to the present. */
export function relinked(numbers: readonly number[], draft: Known, before: Known): Known {
  return numbers.reduce((known, number) => relinkedOne(known, before, number), draft);
}

function relinkedOne(known: Known, before: Known, number: number): Known {
  const was = before.previews.get(number)?.url ?? undefined;
  const url = known.previews.get(number)?.url ?? undefined;
  if (was === url || was === undefined) return known;
  const keys = new Set(slotsOf(known, number).map(({ key }) => key));
  const applications = livingIn(known, keys)
    .filter(({ environmentUrl }) => environmentUrl === was)
    .reduce((draft, application) => withApplication(draft, { ...application, environmentUrl: url }), known);
  return [...known.rollouts.values()]
    .filter(({ slot, end }) => keys.has(slot) && end !== 'inactive')
    .filter(({ wanted, awaitedSince }) => awaitedSince !== null && wanted !== null)
    .reduce(
      (draft, rollout) => withRollout(draft, { ...rollout, wanted: linkedTo(rollout.wanted, url) }),
      applications,
    );
}

function linkedTo(status: Status | null, environmentUrl: string | undefined): Status | null {
  if (status === null) return null;
  const { environmentUrl: _, ...rest } = status;
  return environmentUrl === undefined ? rest : { ...rest, environmentUrl };
}

/** Nothing has come for it in all that time: it can't be told from one that will never come. */
export function planAwaited(number: number, known: Known, now: Instant): Known {
  const { deadline } = known.config.deployments;
  const late = [...known.rollouts.values()].filter(
    ({ pr, state, awaitedSince }) =>
      pr === number && state === 'queued' && awaitedSince !== null && later(awaitedSince, deadline) <= now,
  );
  return late.reduce((draft, rollout) => withRollout(draft, overdue(rollout, deadline)), known);
}

function overdue(rollout: Rollout, deadline: number): Rollout {
  const description = `no application of Argo CD for ${inWords(deadline)}`;
  return { ...rollout, state: 'error', wanted: { ...rollout.wanted, state: 'error', description } };
}

function followHead(known: Known, number: number, now: Instant): Followed {
  const head = headOf(known, number);
  switch (head?.kind) {
    case undefined:
      return { known, lookups: [] };
    case 'closed':
      return { known: closed(known, number, head.why), lookups: [] };
    case 'open':
      return heardAgain(led(known, number, head, now), number, now);
  }
}

/** The environment that a pull request's head is shown in. */
function previewEnvironment({ config }: Known, number: number): string {
  return config.previews.environment.replaceAll('{number}', String(number));
}

/** All of it becomes inactive, failures that were left included; applications stay in mind with what they run. */
function closed(known: Known, number: number, why: string): Known {
  const slots = slotsOf(known, number);
  const keys = new Set(slots.map(({ key }) => key));
  const rollouts = [...known.rollouts.values()].filter(({ slot, end }) => keys.has(slot) && end !== 'inactive');
  const ended = rollouts.reduce(
    (draft, rollout) =>
      withRollout(draft, { ...rollout, end: 'inactive', state: 'inactive', wanted: inactive(rollout, why) }),
    known,
  );
  const emptied = livingIn(ended, keys)
    .filter(({ rollout }) => rollout !== null)
    .reduce((draft, application) => withApplication(draft, { ...application, rollout: null }), ended);
  return slots.reduce(
    (draft, slot) => ({
      ...draft,
      slots: new Map(draft.slots).set(slot.key, { ...slot, opened: null, succeeded: null }),
    }),
    emptied,
  );
}

/** The rollout of the head, with every application in it that already runs its commit. */
function led(known: Known, number: number, head: { readonly sha: Sha; readonly start: Instant }, now: Instant): Known {
  const environment = previewEnvironment(known, number);
  const key = slotKey(environment, number);
  const slot = known.slots.get(key) ?? emptySlot(key, number);
  const newest = newestIn(known, key);
  if (newest?.sha === head.sha && newest.end !== 'inactive') return joined(known, newest);

  // What is newer by the clock of Argo CD's cluster is not newer than the head.
  const cleared = { ...known, slots: new Map(known.slots).set(key, { ...slot, opened: null }) };
  const opening = { slot: key, environment, pr: number, ...head, by: undefined, awaitedSince: now };
  const { known: draft, rollout } = reopened(opened(opening, cleared));
  const { url } = known.previews.get(number) ?? { url: null };
  const link = url === null ? {} : { environmentUrl: url };
  const shown: Rollout = {
    ...rollout,
    state: 'queued',
    wanted: { state: 'queued', description: AWAITED, ...link },
  };
  return joined(rollout.wanted === null ? withRollout(draft, shown) : draft, rollout);
}

/** The very look that opened it may be found to be the newest after all: a failure that was left goes on. */
function reopened({ known, rollout }: ReturnType<typeof opened>): ReturnType<typeof opened> {
  const slot = known.slots.get(rollout.slot);
  if (rollout.end !== 'left' || slot === undefined) return { known, rollout };
  const again: Rollout = { ...rollout, end: null };
  const { start, arrival } = rollout;
  const slots = new Map(known.slots).set(slot.key, { ...slot, opened: { start, arrival } });
  return { known: withRollout({ ...known, slots }, again), rollout: again };
}

function joined(known: Known, { key, slot, sha }: Rollout): Known {
  return livingIn(known, new Set([slot])).reduce<Known>((draft, application) => {
    const { content } = application;
    if (content?.sha !== sha || application.rollout === key) return draft;
    return withApplication(draft, {
      ...application,
      rollout: key,
      visits: visiting(application, key, content.revisions),
    });
  }, known);
}

/** Words that wait for a commit may have become the head's. */
function heardAgain(known: Known, number: number, now: Instant): Followed {
  const keys = new Set(slotsOf(known, number).map(({ key }) => key));
  return livingIn(known, keys).reduce<Followed>(
    (heard, { unplaced }) => {
      const learned = unplaced === null ? undefined : learn(unplaced, heard.known, now);
      if (learned === undefined || 'ignored' in learned) return heard;
      return { known: learned.known, lookups: [...heard.lookups, ...learned.lookups] };
    },
    { known, lookups: [] },
  );
}

function slotsOf({ slots }: Known, number: number) {
  return [...slots.values()].filter(({ pr }) => pr === number);
}

function livingIn({ applications }: Known, slots: ReadonlySet<string>): readonly KnownApplication[] {
  return [...applications.values()].filter(({ slot, deleted }) => slots.has(slot) && !deleted);
}

function newestIn(known: Known, key: string): Rollout | undefined {
  const position = known.slots.get(key)?.opened ?? null;
  if (position === null) return undefined;
  return [...known.rollouts.values()].find(
    ({ slot, start, arrival }) => slot === key && start === position.start && arrival === position.arrival,
  );
}
