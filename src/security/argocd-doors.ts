/** One door per Argo CD instance. Where two would open to the same token, neither opens: it could not be told who calls. */
import type { ConfiguredInstance } from '../../schemas/config.ts';
import { failed } from '../words/result.ts';
import type { Door } from './bearer.ts';
import { argocdTokenName, readSecret } from './secret.ts';

export function argocdDoors(instances: readonly ConfiguredInstance[], env: object): readonly Door[] {
  const doors = instances.map(({ name }): Door => ({ name, secret: readSecret(env, argocdTokenName(name)) }));
  return doors.map((door) => (doors.some((other) => other !== door && shares(door, other)) ? closed(door) : door));
}

function shares(one: Door, other: Door): boolean {
  if (!one.secret.ok || !other.secret.ok) return false;
  const tokens = new Set(other.secret.value);
  return one.secret.value.some((token) => tokens.has(token));
}

function closed(door: Door): Door {
  return { name: door.name, secret: failed('shared') };
}
