/** Does what its owner does to an installation: suspends it, resumes it, grants it other permissions. */
import { installationView } from './app-routes.ts';
import { timestamp } from './clock.ts';
import type { InstallationChange } from './orders.ts';
import type { Installation } from './state.ts';
import { leaderOf, type World } from './world.ts';

export function changeInstallation(world: World, id: number, { suspended, permissions }: InstallationChange): void {
  const installation = world.state.installations.find((candidate) => candidate.id === id);
  if (!installation) throw new Error(`no installation ${id}`);
  if (suspended !== undefined) {
    installation.suspendedAt = suspended ? timestamp(world.clock.now()) : null;
    announce(world, installation, suspended ? 'suspend' : 'unsuspend');
  }
  if (permissions) {
    installation.permissions = { metadata: 'read', ...permissions };
    announce(world, installation, 'new_permissions_accepted');
  }
  world.changed();
}

function announce(world: World, installation: Installation, action: string): void {
  const payload = { repositories: [], requester: null };
  const lookedUp = installationView(world, installation).then((view) => ({ installation: view }));
  const sender = leaderOf(world, installation.account);
  world.announce({ event: 'installation', action, payload, lookedUp, repository: undefined, sender });
}
