/** Decides whether an Argo CD instance, and the project within it, may speak for an environment of a repository. */
import type { ConfiguredInstance } from '../../schemas/config.ts';

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

/** `*` is any run of characters; GitHub compares names without case. No regular expression: the names come from outside. */
function matches(pattern: string, text: string): boolean {
  const name = text.toLowerCase();
  const [head = '', ...rest] = pattern.toLowerCase().split('*');
  const tail = rest.pop();
  if (tail === undefined) return name === head;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;

  let middle = name.slice(head.length, name.length - tail.length);
  for (const part of rest) {
    const at = middle.indexOf(part);
    if (at === -1) return false;
    middle = middle.slice(at + part.length);
  }
  return true;
}
