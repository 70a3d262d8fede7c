/** Asks an Argo CD instance how an application stands; the answer is what a notification would have said. */
import type { Config } from '../../schemas/config.ts';
import type { ReadApplication } from '../../schemas/effect.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import { Application } from '../../schemas/notification.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import type { Fetch } from '../github/client.ts';
import { log } from '../log.ts';
import type { Instant } from '../words/instant.ts';
import { Repository } from '../words/repository.ts';
import { argoCdOf, readApplication } from './api.ts';
import { eventOf } from './event-of.ts';

/** How instances are reached: their tokens are secrets with names of their own. */
export type ArgoCds = { readonly instances: () => Config['argocd']; readonly env: object; readonly fetch: Fetch };

type Asking = { readonly argoCds: ArgoCds; readonly repository: Repository; readonly now: () => Instant };

/**
 * Nothing is learned from a refusal: of an Application that the token may not see, and of one that is gone, Argo CD says the
 * same (403), so neither is taken for its end.
 */
export async function askApplication(effect: ReadApplication, { argoCds, repository, now }: Asking): Promise<Outcome> {
  const instance = argoCds.instances().find(({ name }) => name === effect.instance);
  if (instance === undefined) return taught(effect, null);
  const argoCd = argoCdOf(instance, argoCds.env, argoCds.fetch);
  if (!argoCd.ok) return taught(effect, null);

  const answer = await readApplication(argoCd.value, effect.name, effect.namespace);
  if (answer.kind === 'answered') {
    return taught(effect, understood(answer.body, effect, instance, [effect.repository, repository]));
  }
  // Not a code of GitHub's: what waits for GitHub to answer again is none of this.
  const reason = { ...answer.reason, code: `argocd-${answer.reason.code}` };
  if (answer.kind === 'failed' && now() < effect.until) return { kind: 'later', certain: true, reason };
  log('an application was not read', { instance: effect.instance, application: effect.name, code: reason.code });
  return taught(effect, null);
}

function taught({ application }: ReadApplication, event: NotificationEvent | null): Outcome {
  return { kind: 'done', learned: { kind: 'application', application, event } };
}

/** The same that the door asks of a notification, and that it still is the ledger's own. */
function understood(
  body: unknown,
  { name, namespace }: ReadApplication,
  instance: Config['argocd'][number],
  own: readonly Repository[],
): NotificationEvent | null {
  const parsed = Application.safeParse(body);
  if (!parsed.success) return null;
  const { metadata } = parsed.data;
  const {
    'github.com/owner': owner,
    'github.com/repo': repo,
    'github.com/environment': environment,
  } = metadata.annotations;
  if (environment === undefined || metadata.name !== name || metadata.namespace !== namespace) return null;
  const repository = Repository.safeParse(`${owner}/${repo}`);
  if (!repository.success || !own.includes(repository.data)) return null;
  return eventOf(parsed.data, { repository: repository.data, environment }, instance, instance.url) ?? null;
}
