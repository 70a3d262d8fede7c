/**
 * Decides what time makes of an application's standing, and when Argo CD itself is asked about it: every hour while it goes
 * on, and before silence counts as an error.
 */
import type { Owed, Planned } from '../../schemas/effect.ts';
import type { DueEvent, Learned as Taught } from '../../schemas/event.ts';
import type { Known, KnownApplication, Standing } from '../../schemas/known.ts';
import { type Instant, later } from '../words/instant.ts';
import { dueAfter, goesOn, isReachable, spoken, stand, withApplication } from './application.ts';
import { conclude } from './conclude.ts';
import { learn } from './learn.ts';
import { owedRead } from './look-up.ts';
import { ripened, ripensAt } from './standing.ts';

/** How long an answer of Argo CD is waited for. */
const PATIENCE = 600_000;

export function planDue({ application: key }: DueEvent, known: Known, now: Instant): Planned {
  const application = known.applications.get(key);
  if (application === undefined || application.standing === null) return conclude(known, known, []);
  const { standing, instance } = application;
  const { config } = known;
  const ripe = ripened(standing, config.deployments, now);
  const askedAt = isSilence(ripe) ? (application.askedAt ?? now) : null;
  const until = later(askedAt ?? now, PATIENCE);
  if (mayBeAsked(application, standing, ripe, known) && now < until) {
    const dueAt = askedAt === null ? dueAfter(instance, standing, config, now) : until;
    const asked = withApplication(known, { ...application, askedAt, dueAt });
    return conclude(known, asked, [owedLook(application, known, until)]);
  }
  if (ripe !== standing) return conclude(known, ripen(key, known, now), []);
  const dueAt = ripensAt(standing, config.deployments) ?? null;
  return conclude(known, withApplication(known, { ...application, dueAt }), []);
}

/** `draft`: what is known, with the slug that the answer tells. */
export function planAnswer(
  { application: key, event }: Extract<Taught, { kind: 'application' }>,
  draft: Known,
  known: Known,
  now: Instant,
): Planned {
  const learned = event === null ? undefined : learn(event, draft, now);
  const heard = learned?.known;
  // What was said before is no sign of life: an operation that hangs would never end.
  if (
    learned === undefined ||
    heard === undefined ||
    !isNews(known.applications.get(key), heard.applications.get(key))
  ) {
    return conclude(known, ripen(key, known, now), []);
  }
  const lookups = 'lookups' in learned ? learned.lookups : [];
  // It runs something else, and Git will tell what.
  const after = lookups.length > 0 ? heard : ripen(key, heard, now);
  return conclude(known, after, lookups.map(owedRead));
}

function ripen(key: string, known: Known, now: Instant): Known {
  const application = known.applications.get(key);
  if (application === undefined || application.standing === null) return known;
  const standing = ripened(application.standing, known.config.deployments, now);
  return standing === application.standing ? known : spoken(known, stand(application, standing, known.config, now));
}

function isSilence(standing: Standing): boolean {
  return standing.kind === 'failed' && standing.cause === 'deadline';
}

/** Only what a rollout still waits for, and never where time alone tells the answer. */
function mayBeAsked(
  { instance, rollout }: KnownApplication,
  standing: Standing,
  ripe: Standing,
  { rollouts, config }: Known,
): boolean {
  const isOpen = rollouts.get(rollout ?? '')?.end === null;
  return isOpen && goesOn(standing) && (goesOn(ripe) || isSilence(ripe)) && isReachable(instance, config);
}

function owedLook({ key, instance, namespace, name }: KnownApplication, { repository }: Known, until: Instant): Owed {
  const effect = { kind: 'read-application', application: key, instance, namespace, name, repository, until } as const;
  return { lane: `application ${key}`, class: 3, effect };
}

function isNews(was: KnownApplication | undefined, is: KnownApplication | undefined): boolean {
  return JSON.stringify(said(was)) !== JSON.stringify(said(is));
}

/** What an application's word says of it, without when it was heard. */
function said(application: KnownApplication | undefined) {
  const { uid, slot, deleted, rollout, operation, standing, unplaced } = application ?? {};
  const note = standing?.kind === 'in-progress' ? standing.note : undefined;
  return [
    uid,
    slot,
    deleted,
    rollout,
    operation,
    standing?.kind,
    note,
    unplaced?.app.status?.operationState?.startedAt,
  ];
}
