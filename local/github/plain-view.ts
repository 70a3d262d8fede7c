/** Shows a deployment to a reader of the emulator: without GitHub's links, and with its state. */
import type { Deployment, Status } from './state.ts';

/** What a reader of the emulator sees: no links, and the state that GitHub's page would show. */
export type DeploymentView = Omit<Deployment, 'repository' | 'viaApp' | 'statuses'> & {
  state: string;
  statuses: readonly Omit<Status, 'viaApp'>[];
};

export function plainView(deployment: Deployment): DeploymentView {
  const { repository: _repository, viaApp: _viaApp, statuses, ...shown } = deployment;
  return {
    ...shown,
    state: statuses.at(-1)?.state ?? 'pending',
    statuses: statuses.map(plainStatus),
  };
}

function plainStatus({
  id,
  state,
  description,
  log_url,
  environment_url,
  environment,
  creator,
  created_at,
}: Status): Omit<Status, 'viaApp'> {
  return { id, state, description, log_url, environment_url, environment, creator, created_at };
}
