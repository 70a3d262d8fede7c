/**
 * Knows by its bytes what an instance has said before, and what was acknowledged as committed: the ledger, asked again,
 * would say the same. `docs/decisions/0011-repeats-known-by-their-bytes.md` says why it can't be wrong.
 */
import type { ConfiguredInstance } from '../schemas/config.ts';
import { Recent } from '../src/recent.ts';

/** Far less than a ledger's seven days. */
const REMEMBERED = 10 * 60_000;
const MOST = 4_096;

export type Told = { readonly event: string; readonly repository: string; readonly environment: string | undefined };
type Remembered = Told & { readonly until: number };

/** A configuration that is read anew has other instances: nothing of what its predecessor allowed is known under it. */
const memories = new WeakMap<ConfiguredInstance, Recent<Remembered>>();

export function toldBefore(instance: ConfiguredInstance, fingerprint: string, now: number): Told | undefined {
  const remembered = memories.get(instance)?.get(fingerprint);
  return remembered !== undefined && now < remembered.until ? remembered : undefined;
}

/** Only for what a ledger has acknowledged: an event that it ignored was not committed, and may count another time. */
export function remember(instance: ConfiguredInstance, fingerprint: string, told: Told, now: number): void {
  const memory = memories.get(instance) ?? new Recent<Remembered>(MOST);
  memories.set(instance, memory);
  memory.put(fingerprint, { ...told, until: now + REMEMBERED });
}
