/** The plan of promotions: from new images, and what GitHub and other ledgers tell, to what is proposed and merged. */
import type { Plan, Planned } from '../../schemas/effect.ts';
import type { GateEvent, ImageEvent, PullRequestEvent, PushEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Desk, Promotion } from '../../schemas/promotion.ts';
import type { EnvironmentEvent } from '../../schemas/told.ts';
import { type Instant, later } from '../words/instant.ts';
import { isImageUpdaters } from '../words/promotion-branch.ts';
import { arrivedBy } from './arrived.ts';
import { concludePromotions, retryAt, stirred } from './conclude.ts';
import { awaited, MOST, reading, withPromotion } from './desk.ts';
import { after } from './outcome.ts';
import { looked } from './people.ts';
import { agrees } from './targets.ts';
import { tellUpdaters } from './tell-updaters.ts';

const HOUR = 3_600_000;

export function planImage(event: ImageEvent, known: Known, now: Instant): Planned {
  const { candidate } = event;
  const draft = awaited([candidate], known, now);
  const { effects, ...planned } = concludePromotions({ ...draft, tags: withTags(candidate, draft) }, [], now);
  return { ...planned, effects: [...effects, ...tellUpdaters(event, known)] };
}

function withTags({ image, tag, digest, source }: ImageEvent['candidate'], { tags }: Known): Known['tags'] {
  if (source === undefined) return tags;
  const references = [tag === undefined ? [] : `:${tag}`, digest === undefined ? [] : `@${digest}`].flat();
  const fresh = references.filter((each) => !tags.some((known) => known.image === image && known.reference === each));
  return [...tags, ...fresh.map((reference) => ({ image, reference, sha: source.sha, askedAt: '' }))];
}

/** Undefined: it concerns no promotion. */
export function planPull(event: PullRequestEvent, known: Known, now: Instant): Plan | undefined {
  const { pull } = event;
  // A fork may name its branches as it likes.
  if (pull.head.repository !== pull.base.repository) return undefined;
  if (isImageUpdaters(pull.head.ref)) return planUpdater(pull, known, now);
  const promotion = [...known.promotions.values()].find(({ branch }) => branch === pull.head.ref);
  if (promotion === undefined) return undefined;
  const { base } = known.desk;
  const next = looked(promotion, event, base?.branch, now);
  if (next === undefined) return { ignored: 'stale' };
  // Turned to another branch: what counts is what it is turned to when it is asked about.
  const isTurned = base !== null && pull.open && pull.base.ref !== base.branch && next.pull !== null;
  const asked = isTurned ? { ...next, gating: { at: now, notBefore: now, must: true } } : stirred(next, now);
  return after(promotion, !isTurned && isEcho(promotion, next, pull) ? next : asked, known, now);
}

export function isPromotionsPull(number: number, { promotions }: Known): boolean {
  return [...promotions.values()].some(({ pull }) => pull?.number === number);
}

/** It was found otherwise than it was believed to be when it was about to be written: what has become of it is asked. */
export function planPullSeen(number: number, known: Known, now: Instant): Planned {
  const seen = [...known.promotions.values()].filter(({ pull }) => pull?.number === number);
  const gating = { at: now, notBefore: now, must: true };
  const draft = seen.reduce((known, each) => withPromotion(known, { ...each, gating }), known);
  return concludePromotions(
    draft,
    seen.map(({ key }) => key),
    now,
  );
}

function planUpdater({ head, number, open }: PullRequestEvent['pull'], known: Known, now: Instant): Plan {
  const { updaters } = known.desk;
  const before = updaters.find(({ branch }) => branch === head.ref);
  const others = updaters.filter((each) => each !== before);
  if (!open) {
    return before === undefined
      ? { ignored: 'no promotion' }
      : concludePromotions({ ...known, desk: { ...known.desk, updaters: others } }, [], now);
  }
  if (before?.sha === head.sha && before.number === number) return { ignored: 'stale' };
  return readingBranch({ branch: head.ref, number, sha: head.sha, candidates: null }, known, now);
}

function readingBranch(updater: Desk['updaters'][number], known: Known, now: Instant): Planned {
  const before = known.desk.updaters.find(({ branch }) => branch === updater.branch);
  const candidates = before?.sha === updater.sha ? before.candidates : null;
  const next = { ...updater, number: updater.number ?? before?.number ?? null, candidates };
  const updaters = [...known.desk.updaters.filter((each) => each !== before), next].slice(-MOST);
  const { branch, sha } = updater;
  const planned = concludePromotions({ ...known, desk: { ...known.desk, updaters } }, [], now);
  if (candidates !== null) return planned;
  const effect = { kind: 'read-branch', branch, sha } as const;
  return { ...planned, effects: [...planned.effects, { lane: `branch ${branch}`, class: 3, effect }] };
}

export function planPush(event: PushEvent, known: Known, now: Instant): Plan {
  const { branch, before, after, isDefault, by } = event;
  if (isImageUpdaters(branch)) {
    return after === null
      ? { ignored: 'no promotion' }
      : readingBranch({ branch, number: null, sha: after, candidates: null }, known, now);
  }
  // Of a repository that promotes nothing there is nothing to look at.
  if (!isDefault || before === null || after === null || known.desk.base === null) return { ignored: 'no promotion' };
  const pushes = [...known.desk.pushes, { before, after, by }].slice(-MOST);
  const desk = { ...known.desk, pushes };
  const draft = { ...known, desk: desk.base?.sha === after ? desk : reading(desk, now, now, true) };
  return concludePromotions(draft, known.promotions.keys(), now);
}

export function planGate({ of }: GateEvent, known: Known, now: Instant): Plan {
  const concerned = [...known.promotions.values()].filter(({ pull }) =>
    'head' in of ? pull?.head === of.head : pull?.number === of.number,
  );
  if (concerned.length === 0) return { ignored: 'no promotion' };
  const draft = concerned.reduce((known, each) => withPromotion(known, roused(each, now)), known);
  return concludePromotions(
    draft,
    concerned.map(({ key }) => key),
    now,
  );
}

/** What GitHub has refused is tried again where something has changed, but never in haste. */
function roused(promotion: Promotion, now: Instant): Promotion {
  const { refused } = promotion;
  if (refused === null) return stirred(promotion, now);
  if (later(refused.at, 10_000 * 2 ** Math.min(refused.count, 9)) > now) return promotion;
  return stirred({ ...promotion, refused: null }, now);
}

export function planEnvironment(event: EnvironmentEvent, known: Known, now: Instant): Plan {
  const { repository, environment, sha, state, since, deployment } = event;
  const isSame = (each: Desk['environments'][number]) =>
    each.repository === repository && each.environment === environment && each.sha === sha;
  const before = known.desk.environments.find(isSame);
  if (before !== undefined && before.since > since) return { ignored: 'stale' };
  const others = known.desk.environments.filter((each) => !isSame(each));
  const told = { repository, environment, sha, state, since, deployment };
  const draft = { ...known, desk: { ...known.desk, environments: [...others, told].slice(-MOST) } };
  const failing = [...known.promotions.values()].flatMap(
    (each) => failedBy(each, event, now) ?? mendedBy(each, event) ?? [],
  );
  const noted = failing.reduce(withPromotion, draft);
  const arrived = [...noted.promotions.values()].flatMap((each) => arrivedBy(each, event) ?? []);
  const linked = arrived.reduce((known, { promotion }) => withPromotion(known, promotion), noted);
  const planned = concludePromotions(linked, known.promotions.keys(), now);
  return { ...planned, effects: [...planned.effects, ...arrived.map(({ owed }) => owed)] };
}

/** What was merged last has failed where it went, and the rule says that it is to be taken back. */
function failedBy(promotion: Promotion, event: EnvironmentEvent, now: Instant): Promotion | undefined {
  const last = promotion.merged.at(-1);
  const isIt =
    last?.onFailure === 'revert' &&
    event.state === 'failure' &&
    event.environment === promotion.environment &&
    last.draft.candidate?.source?.sha === event.sha &&
    last.draft.candidate.source.repository === event.repository &&
    agrees(last.draft.to, promotion.present);
  return isIt && promotion.failed === null ? { ...promotion, failed: { number: last.number, at: now } } : undefined;
}

/** It has come round after all: there is nothing to take back. */
function mendedBy(promotion: Promotion, { state, environment, sha }: EnvironmentEvent): Promotion | undefined {
  const failed = promotion.merged.find(({ number }) => number === promotion.failed?.number)?.draft.candidate?.source;
  const isIt = state === 'success' && environment === promotion.environment && failed?.sha === sha;
  return isIt ? { ...promotion, failed: null } : undefined;
}

export function planPromotionDue(target: string, known: Known, now: Instant): Planned {
  const promotion = known.promotions.get(target);
  if (promotion === undefined) return { known, effects: [], wakeAt: undefined };
  const { refused, lookAt } = promotion;
  const retried = refused !== null && retryAt(refused) <= now ? { ...promotion, refused: null } : promotion;
  if (retried.pull === null || (lookAt !== null && lookAt > now)) {
    return concludePromotions(withPromotion(known, { ...retried }), [target], now);
  }
  return planLook([retried], known, now);
}

/** Webhooks get lost: every open promotion is looked at anew, and the base with them. */
export function planPromotionSweep(known: Known, now: Instant): Planned {
  return planLook([...known.promotions.values()], known, now);
}

function planLook(promotions: readonly Promotion[], known: Known, now: Instant): Planned {
  const open = promotions.filter(({ pull }) => pull !== null);
  if (open.length === 0) return { known, effects: [], wakeAt: undefined };
  const draft = open.reduce(
    (known, each) =>
      withPromotion(known, {
        ...withoutDoubts(each),
        refused: null,
        gating: { at: now, notBefore: now, must: true },
        lookAt: later(now, HOUR),
      }),
    known,
  );
  return concludePromotions(
    { ...draft, desk: reading(draft.desk, now, now) },
    open.map(({ key }) => key),
    now,
  );
}

/** A commit that was not to be found, or on no default branch, may have come there since. */
function withoutDoubts(promotion: Promotion): Promotion {
  const source = promotion.draft?.candidate?.source;
  const isDoubt = ({ repository, sha, present, order, onDefaultBranch }: Promotion['compared'][number]) =>
    repository === source?.repository &&
    sha === source.sha &&
    (onDefaultBranch !== true || (present !== null && order === 'unknown'));
  return { ...promotion, compared: promotion.compared.filter((fact) => !isDoubt(fact)) };
}

/** GitHub tells what Hawser itself has just written: the gates stand as they stood. */
function isEcho({ pull: before }: Promotion, { pull: after }: Promotion, { head }: PullRequestEvent['pull']): boolean {
  return before?.head === head.sha && after?.labels.join('\n') === before.labels.join('\n');
}
