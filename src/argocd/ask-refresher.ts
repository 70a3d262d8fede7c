/** Hands a change over to the refresher of an Argo CD instance, which asks Argo CD in its own time. */
import type { Refresh } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import type { Repository } from '../words/repository.ts';

export type AskRefresher = (instance: string, repository: Repository) => Promise<void>;

type Asked = { readonly repository: Repository; readonly refresher: AskRefresher };

/** It is durable there: what it then hears from Argo CD is the refresher's own matter. */
export async function askRefresher({ instance }: Refresh, { repository, refresher }: Asked): Promise<Outcome> {
  await refresher(instance, repository);
  return { kind: 'done', learned: { kind: 'nothing' } };
}
