/** Shows a deployment and its statuses as GitHub does. */
import { appView } from './app-routes.ts';
import type { InnerRepository } from './inner-protocol.ts';
import type { Deployment, Status } from './state.ts';
import { userOf, type World } from './world.ts';

export async function deploymentView(world: World, repository: InnerRepository, deployment: Deployment) {
  const url = `${world.url}/repos/${repository.full_name}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: Buffer.from(`DE_${deployment.id}`).toString('base64'),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: await userOf(world, deployment.creator),
    created_at: deployment.created_at,
    updated_at: deployment.updated_at,
    statuses_url: `${url}/statuses`,
    repository_url: `${world.url}/repos/${repository.full_name}`,
    transient_environment: deployment.transient_environment,
    production_environment: deployment.production_environment,
    performed_via_github_app: deployment.viaApp ? await appView(world) : null,
  };
}

export async function statusView(world: World, repository: InnerRepository, deployment: Deployment, status: Status) {
  const url = `${world.url}/repos/${repository.full_name}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: Buffer.from(`DES_${status.id}`).toString('base64'),
    state: status.state,
    creator: await userOf(world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.log_url,
    created_at: status.created_at,
    updated_at: status.created_at,
    deployment_url: url,
    repository_url: `${world.url}/repos/${repository.full_name}`,
    environment_url: status.environment_url,
    log_url: status.log_url,
    performed_via_github_app: status.viaApp ? await appView(world) : null,
  };
}
