/** What GitHub tells of the App on an account, and of what becomes of a repository. */
import type * as z from 'zod';
import type { InstallationChange } from '../schemas/installation.ts';
import type { InstallationPayload, InstallationRepositoriesPayload, RepositoryPayload } from '../schemas/webhook.ts';
import { ownerOf, Repository } from '../src/words/repository.ts';
import { ignored, type Understood } from './understood.ts';

const WHOLE: Readonly<Record<string, InstallationChange>> = {
  created: { kind: 'open', repositories: null, isNew: true },
  deleted: { kind: 'close', code: 'app-uninstalled', repositories: null },
  suspend: { kind: 'close', code: 'app-suspended', repositories: null },
  unsuspend: { kind: 'open', repositories: null },
  new_permissions_accepted: { kind: 'open', repositories: null },
};

export function understandInstallation(
  { action, installation }: z.infer<typeof InstallationPayload>,
  id: string,
): Understood {
  const change = Object.hasOwn(WHOLE, action) ? WHOLE[action] : undefined;
  return changed(installation.account?.login, change, action, id);
}

export function understandSelection(payload: z.infer<typeof InstallationRepositoriesPayload>, id: string): Understood {
  const { action, installation, repositories_added: added, repositories_removed: removed } = payload;
  const change: InstallationChange =
    action === 'removed'
      ? { kind: 'close', code: 'repository-removed', repositories: removed }
      : { kind: 'open', repositories: added };
  return changed(installation.account?.login, change, action, id);
}

function changed(owner: string | null | undefined, change: InstallationChange | undefined, action: string, id: string) {
  if (change === undefined) return ignored(`an installation was ${action}`);
  if ((owner ?? null) === null) return ignored('an installation of no account with repositories');
  return { kind: 'installation', owner: owner ?? '', change, id } as const;
}

/** A ledger is one of a name: what was transferred is another tenant's, and begins anew under its new name. */
export function understandRepository(payload: z.infer<typeof RepositoryPayload>, id: string): Understood {
  const { action, repository, changes } = payload;
  const place = repository.full_name;
  const about = (name: Repository, change: InstallationChange): Understood => ({
    kind: 'installation',
    owner: ownerOf(name),
    change,
    id,
    repository: name,
  });
  switch (action) {
    case 'deleted':
      return about(place, { kind: 'close', code: 'repository-deleted', repositories: [place] });
    case 'archived':
      return about(place, { kind: 'close', code: 'repository-archived', repositories: [place] });
    case 'created':
    case 'unarchived':
      return about(place, { kind: 'open', repositories: [place] });
    case 'renamed': {
      const from = changes?.repository?.name.from;
      if (from === undefined) return ignored('a rename that does not tell from what', place);
      const former = Repository.parse(`${ownerOf(place)}/${from}`);
      return { kind: 'renamed', repository: former, to: place, id, number: repository.id };
    }
    case 'transferred': {
      const from = changes?.owner?.from.organization?.login ?? changes?.owner?.from.user?.login;
      if (from === undefined) return ignored('a transfer that does not tell from where', place);
      const former = Repository.parse(`${from}/${place.slice(place.indexOf('/') + 1)}`);
      return about(former, { kind: 'close', code: 'repository-transferred', repositories: [former] });
    }
    default:
      return ignored(`a repository was ${action}`, place);
  }
}
