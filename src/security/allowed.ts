/** Decides whether an Argo CD instance, and the project within it, may speak for an environment of a repository. */
import type { ConfiguredInstance } from '../../schemas/config.ts';
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
