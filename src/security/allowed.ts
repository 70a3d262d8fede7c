/** Decides who may speak for what: an Argo CD instance for an environment, a publisher for a deployment repository. */
import type { Config, ConfiguredInstance, ConfiguredPublisher } from '../../schemas/config.ts';
import { fits } from '../words/glob.ts';

type Tenant = { readonly repositories: readonly string[]; readonly environments: readonly string[] };
type Place = { readonly repository: string; readonly environment: string };

export function allowed(instance: ConfiguredInstance, project: string | undefined, place: Place): boolean {
  if (!covers(instance, place)) return false;
  if (instance.projects === undefined) return true;
  // Argo CD itself takes an Application without a project for one of `default`.
  const name = (project ?? 'default').toLowerCase();
  return instance.projects.some((tenant) => tenant.name.toLowerCase() === name && covers(tenant, place));
}

/** Whether a publisher may propose images to a deployment repository. */
export function mayPropose({ repositories }: ConfiguredPublisher, deployment: string): boolean {
  return repositories.some((pattern) => matches(pattern, deployment));
}

/** Whether workflows of a repository may publish. Anybody on GitHub can have a token made out to anybody. */
export function mayPublish({ oidc, argocd }: Config, source: string): boolean {
  const patterns = oidc?.repositories ?? argocd.flatMap(({ repositories }) => repositories);
  return patterns.some((pattern) => matches(pattern, source));
}

function covers(tenant: Tenant, place: Place): boolean {
  return (
    tenant.repositories.some((pattern) => matches(pattern, place.repository)) &&
    tenant.environments.some((pattern) => matches(pattern, place.environment))
  );
}

/** GitHub compares names without case. */
function matches(pattern: string, name: string): boolean {
  return fits(pattern.toLowerCase(), name.toLowerCase());
}
