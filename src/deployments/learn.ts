/** Decides what an application's word means: whether it still counts, which rollout it speaks of, and how that stands. */
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Known, KnownApplication, Rollout } from '../../schemas/known.ts';
import { type Instant, instantOf } from '../words/instant.ts';
import { appSha } from './app-sha.ts';
import {
  applicationKey,
  environmentOf,
  headOf,
  isReplacedBy,
  named,
  newcomer,
  pullRequestOf,
  slotOf,
  spoken,
  stand,
  visiting,
  withApplication,
  withRollout,
} from './application.ts';
import { departed } from './depart.ts';
import { opened } from './open.ts';
import { type Operation, operationOf } from './operation.ts';
import { hasRevisions, placementOf } from './rollout.ts';
import { standingAfter, standingOfHealth } from './standing.ts';
import { unplaced } from './unplaced.ts';
import type { Learned, Word } from './word.ts';

/** In a closed slot a word shows nothing, but stays in mind: a label that was taken off may be put back. */
export function learn(event: NotificationEvent, known: Known, now: Instant): Learned {
  const learned = hear(event, known, now);
  if ('ignored' in learned || event.app.metadata.deletionTimestamp !== undefined) return learned;
  const closed = headOf(known, pullRequestOf(event.app))?.kind === 'closed';
  return closed ? { ignored: 'closed', known: learned.known } : learned;
}

function hear(event: NotificationEvent, known: Known, now: Instant): Learned {
  const { metadata } = event.app;
  const was = known.applications.get(applicationKey(event.instance, event.app));
  const deleted = metadata.deletionTimestamp !== undefined;
  if (was !== undefined && was.uid !== metadata.uid && !isReplacedBy(was, event.app)) return { ignored: 'stale' };
  if (was !== undefined && was.uid === metadata.uid) {
    if (was.deleted) return { ignored: 'deleted' };
    // A deletion is never taken back, whatever generation it comes with.
    // A word that waits has been accepted, whatever has been heard of since.
    if (metadata.generation < was.generation && !deleted && was.unplaced !== event) return { ignored: 'stale' };
  }

  const { application, draft } = arrive(event, was, known);
  if (deleted) {
    const gone = departed(draft, { ...application, deleted: true, unplaced: null }, 'was deleted');
    return { known: gone, lookups: [] };
  }
  const operation = operationOf(event.app);
  if (operation === undefined)
    return learned(withApplication(draft, { ...application, generation: metadata.generation }));
  if (operation.lesser !== undefined) {
    const heard = learnHealth(event, application, draft, now);
    // Where it has left its former place, that is learned, whatever else the word is worth.
    if (heard === undefined && draft === known) return { ignored: operation.lesser };
    return learned(heard ?? withApplication(draft, { ...application, generation: metadata.generation }));
  }
  return place({ event, operation, found: appSha(event.app, operation, known.tags), now }, application, draft);
}

/** The application as it is before this word is heard: new, made again, moved to another slot, or as it was. */
function arrive(
  event: NotificationEvent,
  was: KnownApplication | undefined,
  known: Known,
): { readonly application: KnownApplication; readonly draft: Known } {
  const slot = slotOf(event.app);
  if (was === undefined) return { application: named(newcomer(event), event, known), draft: known };
  if (was.uid !== event.app.metadata.uid) {
    return { application: named(newcomer(event), event, known), draft: departed(known, was, 'was made again') };
  }
  if (was.slot === slot) return { application: named(was, event, known), draft: known };
  const draft = departed(known, was, 'moved to another environment');
  const moved = draft.applications.get(was.key) ?? was;
  return { application: named({ ...moved, slot }, event, known), draft };
}

/** A dry run or a partial sync is no deployment; what its end says of health counts for the rollout that is under way. */
function learnHealth(
  { app }: NotificationEvent,
  application: KnownApplication,
  draft: Known,
  now: Instant,
): Known | undefined {
  const { operation, standing } = application;
  if (operation?.succeeded !== true || standing === null || standing.kind === 'success') return undefined;
  const finishedAt = instantOf(operation.finishedAt ?? undefined);
  const { deployments: windows } = draft.config;
  const next = stand(application, standingOfHealth(standing, app, finishedAt, windows, now), draft.config, now);
  return spoken(draft, { ...next, generation: app.metadata.generation });
}

function place(word: Word, application: KnownApplication, draft: Known): Learned {
  const { operation, found } = word;
  const told = { ...operation, sha: found.kind === 'known' ? found.sha : undefined };
  const placement = placementOf(
    application,
    told,
    [...draft.rollouts.values()],
    draft.slots.get(application.slot),
    draft.config.deployments.deadline,
    headOf(draft, pullRequestOf(word.event.app)),
  );
  switch (placement.kind) {
    case 'unplaced':
      return unplaced(word, application, draft);
    case 'stays':
      return settled(word, heard(word, application, draft), draft);
    case 'joins': {
      const { rollout } = placement;
      // One that failed and was left goes on where an application comes to it.
      const known = rollout.end === null ? draft : withRollout(draft, { ...rollout, end: null });
      return settled(word, moved(word, application, rollout, known), known);
    }
    case 'opens': {
      const { app } = word.event;
      const place = { slot: application.slot, environment: environmentOf(app), pr: pullRequestOf(app) };
      const { known, rollout } = opened({ ...place, ...placement, by: application }, draft);
      return settled(word, moved(word, application, rollout, known), known);
    }
    case 'elsewhere':
      return settled(word, remembered(word, application, draft), draft);
  }
}

/** It runs what its slot does not follow: nothing shows, but the head may come back to it. */
function remembered(word: Word, application: KnownApplication, draft: Known): KnownApplication {
  const { found, operation } = word;
  const { content } = application;
  const isSame = found.kind === 'known' && content?.sha === found.sha && hasRevisions(content, operation.revisions);
  return isSame ? heard(word, application, draft) : moved(word, application, undefined, draft);
}

/** Its operation goes on, or runs again with the same content. */
function heard(
  { event, operation, found, now }: Word,
  application: KnownApplication,
  { config }: Known,
): KnownApplication {
  const { content } = application;
  const revisions = operation.revisions === undefined ? (content?.revisions ?? null) : [...operation.revisions];
  const standing = standingAfter(application.standing, event.app, operation, config.deployments, now);
  return {
    ...stand(application, standing, config, now),
    content: content === null ? null : { ...content, revisions },
    operation: operationTold(operation),
    visits: application.visits.map((visit) =>
      visit.rollout === application.rollout ? { ...visit, revisions } : visit,
    ),
    unresolved: found.kind === 'lookup' ? application.unresolved : null,
  };
}

/** It has other content now, and so another rollout. */
function moved(
  { event, operation, found, now }: Word,
  application: KnownApplication,
  rollout: Rollout | undefined,
  { config }: Known,
): KnownApplication {
  const revisions = operation.revisions === undefined ? null : [...operation.revisions];
  const standing = standingAfter(null, event.app, operation, config.deployments, now);
  return {
    ...stand(application, standing, config, now),
    rollout: rollout?.key ?? null,
    content: found.kind === 'known' ? { sha: found.sha, revisions } : null,
    operation: operationTold(operation),
    visits: rollout === undefined ? application.visits : visiting(application, rollout.key, revisions),
    unresolved: null,
  };
}

function operationTold({ startedAt, phase, state }: Operation): KnownApplication['operation'] {
  return { startedAt, finishedAt: state.finishedAt ?? null, succeeded: phase === 'Succeeded' };
}

/** The word is applied; one that came before its time, and that it may make sense of, is heard again. */
function settled({ event, found, now }: Word, application: KnownApplication, draft: Known): Learned {
  const { generation } = event.app.metadata;
  const waiting = application.unplaced;
  const early = waiting !== null && waiting.app.metadata.generation > generation ? waiting : null;
  const lookups = found.kind === 'lookup' ? found.tags : [];
  const kept = early ?? (lookups.length > 0 ? event : null);
  // A failure that waits to be heard again has been shown where it could be.
  const failure = early === null ? null : application.failure;
  const newest = Math.max(application.generation, generation);
  const known = spoken(draft, { ...application, generation: newest, failure, unplaced: kept });
  return early === null ? { known, lookups } : hear(early, known, now);
}

function learned(known: Known): Learned {
  return { known, lookups: [] };
}
