/** Decides what a sweep looks at, what it finds stale or gone, and what is removed once the installation allows it. */
import type { Owed } from '../../schemas/effect.ts';
import type { Event, Learned } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import type { Instant } from '../words/instant.ts';
import { isUntold, owedAgain } from './entry.ts';
import { isStale } from './expiry.ts';
import { hear, isTouched } from './hear.ts';
import { addressed, type SlugOf } from './name.ts';
import { type Draft, followed, nothing, readOf } from './plan.ts';
import { holds } from './refresh.ts';
import { isFork } from './stage.ts';
import { staged } from './staged.ts';
import { isUntrusted, owedForLabel } from './trust.ts';

/** What was found before no longer counts: where GitHub does not answer this time, nothing is removed. */
export function planSweep(known: Known, now: Instant): Draft {
  const found = [...known.previews].filter(([, { doomed }]) => doomed !== null);
  const forgotten = found.map(([number, preview]) => [number, { ...preview, doomed: null }] as const);
  const previews = new Map([...known.previews, ...forgotten]);
  // Every refresh waits for these: what was given up is tried again, and the refreshers are told that it goes on.
  const untrusted = [...previews.values()].filter(isUntrusted);
  const tried = untrusted.flatMap((preview) => owedForLabel(preview, known, now));
  const effects = [...(untrusted.length === 0 ? [] : holds(known, now)), ...tried, listing(known, now)];
  return { known: { ...known, previews }, numbers: [], effects };
}

export function listing({ config }: Known, now: Instant): Owed {
  return { lane: 'sweep', class: 3, effect: { kind: 'list-pulls', label: config.previews.label, at: now } };
}

/**
 * Every page has come. Each pull request is heard by itself, so that what is decided at once does not grow with their
 * number: first the forks, since a refresh must wait for what may not be trusted, and at last what the listing lacks.
 */
export function oneByOne(event: Event): readonly Event[] {
  if (event.kind !== 'performed' || event.learned.kind !== 'pulls') return [event];
  const pulls = event.learned.pulls.toSorted((one, other) => Number(isFork(other)) - Number(isFork(one)));
  return [...pulls.map((pull): Event => ({ kind: 'performed', learned: { kind: 'listed', pull } })), event];
}

export function planListed(pull: PullRequest, known: Known, now: Instant, slugOf: SlugOf): Draft {
  const preview =
    leaving(pull, known) ?? hear(pull, undefined, known, slugOf)?.preview ?? known.previews.get(pull.number);
  if (preview === undefined) return nothing(known);
  const looked = judged(preview, known, now);
  // A value of its own: what the index ought to say is concluded anew.
  const draft = followed(known, isUntold(looked, known) ? addressed({ ...looked }, known) : looked);
  return { ...draft, effects: owedAgain(looked, known, now) };
}

/** What is not there is gone, or has lost its label; each is read by itself before anything is believed. */
export function planUnlisted(pulls: readonly PullRequest[], known: Known, now: Instant): Draft {
  const listed = new Set(pulls.map(({ number }) => number));
  const missing = believed(known).filter((number) => !listed.has(number));
  const told = missing.flatMap((number) => known.previews.get(number) ?? []);
  const again = told.flatMap((preview) => owedAgain(preview, known, now));
  return { ...nothing(known), effects: [...again, ...missing.map((number) => readOf(number, true, now))] };
}

/** A pull request that the listing lacked, read by itself. What ends a preview is only noted. */
export function planMissing({ number, pull }: Extract<Learned, { kind: 'pull' }>, known: Known, slugOf: SlugOf): Draft {
  const found = pull === null ? undefined : hear(pull, undefined, known, slugOf)?.preview;
  if (found?.stage.kind === 'live') return followed(known, found);
  const before = known.previews.get(number);
  // Nothing of it is there that could be lost.
  if (before !== undefined && isUntrusted(before)) {
    const gone = pull === null ? closing(shut(before), known) : found;
    return gone === undefined ? nothing(known) : followed(known, gone);
  }
  // It is there, and nothing about it is new: GitHub's list lagged behind.
  if (found === undefined && pull?.open === true && pull.labels.includes(known.config.previews.label))
    return nothing(known);
  const preview = known.previews.get(number) ?? found;
  // Nothing is known of it but applications, and nothing is left of it to tell who it was.
  if (preview === undefined || preview.doomed !== null) return nothing(known);
  // One that nobody has told of keeps its slots open until then.
  const head = known.previews.get(number)?.head ?? null;
  return followed(known, { ...preview, head, doomed: { kind: 'gone', pull } });
}

/** The installation allows it. What has changed in the meantime stays. */
export function planRemoval(number: number, known: Known, now: Instant, slugOf: SlugOf): Draft {
  const preview = known.previews.get(number);
  return preview === undefined ? nothing(known) : followed(known, removed(preview, known, now, slugOf));
}

function removed(preview: Preview, known: Known, now: Instant, slugOf: SlugOf): Preview {
  const { doomed, ...rest } = preview;
  const spared: Preview = { ...rest, doomed: null };
  switch (doomed?.kind) {
    case undefined:
      return preview;
    case 'stale':
      if (known.config.previews.sweep === 'report') return preview;
      return isStale(spared, known.config, now) ? staged(spared, { kind: 'closed', why: 'stale' }, known) : spared;
    case 'gone': {
      if (doomed.pull !== null) return hear(doomed.pull, undefined, known, slugOf)?.preview ?? closing(spared, known);
      return closing(shut(spared), known);
    }
  }
}

/** GitHub has no such pull request any more. */
function shut(preview: Preview): Preview {
  return { ...preview, pull: { ...preview.pull, open: false } };
}

/** The very look that it was found gone by may be known already. */
function closing(preview: Preview, known: Known): Preview {
  const { open, merged: isMerged } = preview.pull;
  if (!open) return staged(preview, { kind: 'closed', why: isMerged ? 'merged' : 'closed' }, known);
  return preview.pull.labels.includes(known.config.previews.label)
    ? preview
    : staged(preview, { kind: 'closed', why: 'unlabelled' }, known);
}

/** It was removed, and its label is still there. A stage of its own: once more it is owed to take the label off. */
function leaving(pull: PullRequest, { previews }: Known): Preview | undefined {
  const before = previews.get(pull.number);
  if (before?.stage.kind !== 'closed' || before.stage.why !== 'stale' || isTouched(pull, before.pull)) return undefined;
  return { ...before, stage: { ...before.stage } };
}

function judged(preview: Preview, { config }: Known, now: Instant): Preview {
  const stale = isStale(preview, config, now);
  if (preview.doomed?.kind === (stale ? 'stale' : undefined)) return preview;
  return { ...preview, doomed: stale ? { kind: 'stale' } : null };
}

/** The pull requests of which something is shown, or believed to be there: a preview, or a label that has to come off. */
function believed({ previews, slots, rollouts }: Known): readonly number[] {
  const there = [...previews.values()].filter((preview) => preview.stage.kind === 'live' || isUntrusted(preview));
  const open = new Set([...rollouts.values()].filter(({ end }) => end === null).map(({ slot }) => slot));
  const shown = [...slots.values()].flatMap(({ key, pr }) => (pr !== null && open.has(key) ? [pr] : []));
  return [...new Set([...there.map(({ number }) => number), ...shown])].sort((one, other) => one - other);
}
