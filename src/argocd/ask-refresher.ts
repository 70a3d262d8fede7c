/** Hands over to the refresher of an Argo CD instance, which asks Argo CD in its own time: a change, or that it has to wait. */
import type { HoldRefresh, Refresh } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import type { Repository } from '../words/repository.ts';

/** One of an instance's refresher. */
export type AskRefresher = (
  instance: string,
  what: 'ask' | 'hold' | 'release',
  repository: Repository,
) => Promise<void>;

type Asked = { readonly repository: Repository; readonly refresher: AskRefresher };

/** It is durable there: what it then hears from Argo CD is the refresher's own matter. */
export async function askRefresher({ instance }: Refresh, { repository, refresher }: Asked): Promise<Outcome> {
  await refresher(instance, 'ask', repository);
  return { kind: 'done', learned: { kind: 'nothing' } };
}

export async function holdRefresher(
  { instance, held }: HoldRefresh,
  { repository, refresher }: Asked,
): Promise<Outcome> {
  await refresher(instance, held ? 'hold' : 'release', repository);
  return { kind: 'done', learned: { kind: 'nothing' } };
}
