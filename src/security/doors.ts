/** One door for each that has a name and a secret. Where two would open to the same token, neither opens: it could not be told who calls. */
import { failed } from '../words/result.ts';
import type { Door } from './bearer.ts';
import { readSecret } from './secret.ts';

export function doorsOf(
  callers: readonly { readonly name: string }[],
  secretName: (caller: string) => string,
  env: object,
): readonly Door[] {
  const doors = callers.map(({ name }): Door => ({ name, secret: readSecret(env, secretName(name)) }));
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
