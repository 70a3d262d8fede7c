/** An application as a ledger knows it: who it is, which of its words count, and where it goes when it leaves. */
import type { Config } from '../../schemas/config.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Known, KnownApplication, Rollout, Standing } from '../../schemas/known.ts';
import type { Application } from '../../schemas/notification.ts';
import type { Preview } from '../../schemas/preview.ts';
import { shown } from '../words/https-url.ts';
import { earliest, type Instant, later } from '../words/instant.ts';
import { slotKey } from './rollout.ts';
import { ripensAt } from './standing.ts';

export function applicationKey(instance: string, app: Application): string {
  return `${instance}/${app.metadata.namespace}/${app.metadata.name}`;
}

export function slotOf(app: Application): string {
  return slotKey(environmentOf(app), pullRequestOf(app));
}

export function environmentOf(app: Application): string {
  return app.metadata.annotations['github.com/environment'] ?? '';
}

export function pullRequestOf(app: Application): number | undefined {
  const pr = app.metadata.annotations['github.com/pr'];
  return pr === undefined ? undefined : Number(pr);
}

/** Whether another uid of the same name is the application made again, rather than a straggler of the one before. */
export function isReplacedBy(known: KnownApplication, { metadata }: Application): boolean {
  const created = metadata.creationTimestamp ?? '';
  if (created !== known.createdAt) return created > known.createdAt;
  return known.deleted || metadata.uid > known.uid;
}

export function newcomer({ instance, app }: NotificationEvent): KnownApplication {
  return {
    key: applicationKey(instance, app),
    instance,
    namespace: app.metadata.namespace,
    name: app.metadata.name,
    uid: app.metadata.uid,
    createdAt: app.metadata.creationTimestamp ?? '',
    generation: 0,
    deleted: false,
    slot: slotOf(app),
    ...NOWHERE,
    unplaced: null,
  };
}

/** What an application without a rollout stands for. */
export const NOWHERE: Omit<
  KnownApplication,
  'key' | 'instance' | 'namespace' | 'name' | 'uid' | 'createdAt' | 'generation' | 'deleted' | 'slot' | 'unplaced'
> = {
  rollout: null,
  content: null,
  operation: null,
  standing: null,
  visits: [],
  unresolved: null,
  failure: null,
  askedAt: null,
  dueAt: null,
};

/** What each of its words says anew of itself: where it can be read about, and where it runs. */
export function named(application: KnownApplication, event: NotificationEvent, known: Known): KnownApplication {
  return { ...application, page: event.page, environmentUrl: environmentUrlOf(event.app, known) };
}

export function stand(
  application: KnownApplication,
  standing: Standing,
  config: Config,
  now: Instant,
): KnownApplication {
  return { ...application, standing, askedAt: null, dueAt: dueAfter(application.instance, standing, config, now) };
}

/** How often Argo CD is asked about what goes on: each of its notifications is sent once, and may be lost. */
const EVERY = 3_600_000;

/** When time alone will change a standing, or Argo CD is asked about it. */
export function dueAfter(instance: string, standing: Standing, config: Config, now: Instant): Instant | null {
  const asked = goesOn(standing) && isReachable(instance, config) ? later(now, EVERY) : undefined;
  return earliest(ripensAt(standing, config.deployments), asked) ?? null;
}

export function goesOn({ kind }: Standing): boolean {
  return kind !== 'success' && kind !== 'failed';
}

/** Whether there is a token as well, only the call can tell. */
export function isReachable(instance: string, { argocd }: Config): boolean {
  return argocd.some(({ name, url }) => name === instance && url !== undefined);
}

/** Older rollouts than these can't be met again: an application never goes back to one before its present. */
const VISITS = 8;

export function visiting(
  { visits }: KnownApplication,
  rollout: string,
  revisions: string[] | null,
): KnownApplication['visits'] {
  return [...visits, { rollout, revisions }].slice(-VISITS);
}

export function withApplication(known: Known, application: KnownApplication): Known {
  return { ...known, applications: new Map(known.applications).set(application.key, application) };
}

export function withRollout(known: Known, rollout: Rollout): Known {
  return { ...known, rollouts: new Map(known.rollouts).set(rollout.key, rollout) };
}

/** An application has spoken: where it is, and where it was, a stranger's failure no longer decides. */
export function spoken(draft: Known, application: KnownApplication): Known {
  const before = draft.applications.get(application.key)?.rollout;
  return [before, application.rollout].reduce<Known>(
    (known, key) => {
      const rollout = known.rollouts.get(key ?? '');
      return rollout === undefined || rollout.outsider === null
        ? known
        : withRollout(known, { ...rollout, outsider: null });
    },
    withApplication(draft, application),
  );
}

/** What a slot follows, where GitHub has told of its pull request. */
export function headOf({ previews }: Known, pr: number | null | undefined): Preview['head'] {
  return (pr === null || pr === undefined ? undefined : previews.get(pr)?.head) ?? null;
}

/** The applications now in a rollout, in the order of their keys, so that the order of arrival decides nothing. */
export function membersOf(known: Known, rollout: string): readonly KnownApplication[] {
  return [...known.applications.values()]
    .filter((application) => application.rollout === rollout)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function environmentUrlOf(app: Application, { config, previews }: Known): string | undefined {
  const annotated = shown(app.metadata.annotations['github.com/environment-url']);
  if (annotated !== undefined) return annotated;
  const pr = pullRequestOf(app);
  if (pr === undefined) return shown(settingsOf(environmentOf(app), config)?.url);
  const preview = previews.get(pr);
  if (preview !== undefined) return preview.url ?? undefined;

  const slug = app.metadata.annotations['github.com/branch-slug'];
  const { url } = config.previews;
  if (url === undefined || (slug === undefined && url.includes('{slug}'))) return undefined;
  const values = new Map([
    ['slug', slug ?? ''],
    ['number', String(pr)],
    ['owner', app.metadata.annotations['github.com/owner'] ?? ''],
    ['repo', app.metadata.annotations['github.com/repo'] ?? ''],
  ]);
  // Annotations are other people's text: each value is one label or segment, whatever it holds.
  return shown(
    url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? '').toLowerCase()),
  );
}

/** GitHub compares the names of environments without case. */
export function settingsOf(environment: string, config: Config): Config['environments'][string] | undefined {
  const name = environment.toLowerCase();
  return Object.entries(config.environments).find(([key]) => key.toLowerCase() === name)?.[1];
}
