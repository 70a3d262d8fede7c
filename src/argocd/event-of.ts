/** Makes an event of an Application, whichever way it came: the same words are the same event. */
import type { ConfiguredInstance } from '../../schemas/config.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Application } from '../../schemas/notification.ts';
import { allowed } from '../security/allowed.ts';
import type { Repository } from '../words/repository.ts';
import { sha256 } from '../words/sha256.ts';

export type Place = { readonly repository: Repository; readonly environment: string };

/** Undefined: its instance may not speak for that place. `argocd`: where people find the instance. */
export function eventOf(
  app: Application,
  place: Place,
  instance: ConfiguredInstance,
  argocd: string | undefined,
): NotificationEvent | undefined {
  if (!allowed(instance, app.spec?.project, place)) return undefined;
  const id = sha256(JSON.stringify([instance.name, app]));
  return { kind: 'notification', id, instance: instance.name, page: pageOf(argocd, app), app };
}

function pageOf(argocd: string | undefined, app: Application): string | undefined {
  if (argocd === undefined) return undefined;
  const { namespace, name } = app.metadata;
  return `${argocd}/applications/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}
