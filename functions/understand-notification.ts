/** Decides what a notification of an instance is: an event for a ledger, or what to answer instead. Reads nothing else. */
import type { ConfiguredInstance } from '../schemas/config.ts';
import type { NotificationEvent } from '../schemas/event.ts';
import { type Application, Notification } from '../schemas/notification.ts';
import { sayRequired } from '../schemas/parse-file.ts';
import { eventOf, type Place } from '../src/argocd/event-of.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { shown } from '../src/words/https-url.ts';
import { Repository } from '../src/words/repository.ts';
import { failed, ok, type Result } from '../src/words/result.ts';
import type { Answer } from './answer.ts';
import { malformed } from './malformed.ts';

/** Where it belongs is told with a refusal too: the log has to say who was refused what. */
export type Understood = { readonly repository?: Repository; readonly environment?: string } & (
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'event'; readonly repository: Repository; readonly event: NotificationEvent }
);

export function understandNotification(body: unknown, instance: ConfiguredInstance): Understood {
  const parsed = Notification.safeParse(body, { error: sayRequired });
  if (!parsed.success) return refused(malformed(parsed.error, 'is not a notification'));
  const { app, argocdUrl, instance: named } = parsed.data;

  const place = placeOf(app);
  if (!place.ok) return refused(place.failure);
  const isIts = (named ?? instance.name) === instance.name;
  const event = isIts ? eventOf(app, place.value, instance, instance.url ?? linkable(argocdUrl)) : undefined;
  if (event === undefined) return { ...place.value, ...refused({ kind: 'forbidden' }) };
  return { kind: 'event', ...place.value, event };
}

function refused(answer: Answer): { readonly kind: 'refused'; readonly answer: Answer } {
  return { kind: 'refused', answer };
}

/** Three annotations say which environment of which repository an application is; without any it is none of ours. */
function placeOf(app: Application): Result<Place, Answer> {
  const { annotations } = app.metadata;
  const owner = annotations['github.com/owner'];
  const repo = annotations['github.com/repo'];
  const environment = annotations['github.com/environment'];
  if (owner !== undefined && repo !== undefined && environment !== undefined) {
    return ok({ repository: Repository.parse(`${owner}/${repo}`), environment });
  }

  if ((owner ?? repo ?? environment) === undefined) return failed({ kind: 'ignored', why: 'not annotated' });
  const lacking = owner === undefined ? 'owner' : repo === undefined ? 'repo' : 'environment';
  const path = dottedPath(['app', 'metadata', 'annotations', `github.com/${lacking}`]);
  return failed({ kind: 'malformed', error: 'is required where one of the other two annotations stands', path });
}

/** The sender's word for where it is: shown to people, never called. */
function linkable(url: string | undefined): string | undefined {
  return shown(url)
    ?.replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
}
