/**
 * Asks what a preview's name leads to: KV, and before anybody is kept from a preview, the bridge, whose index knows it as it is
 * now. What nobody can say for certain is no reason to show anything.
 */
import { NamedPreviews } from '../schemas/preview-entry.ts';
import { Memo } from '../src/routing/memo.ts';
import { type Shown, shownFor } from '../src/routing/shown.ts';
import { within } from '../src/words/within.ts';

/** `PreviewNames` of the bridge, or of another version of it. */
export type Bridge = { readonly find: (zone: string, name: string) => Promise<unknown> };

/** As much of a KV namespace as is needed. */
export type Store = { readonly get: (key: string, type: 'json') => Promise<unknown> };

type Sources = {
  readonly zone: string;
  readonly kv: Store | undefined;
  readonly bridge: Bridge | undefined;
  readonly now: () => number;
};

/** A page that comes late is worse than none. */
const PATIENCE = 2_000;

/** Undefined: it is forwarded. Rejects where no answer is to be had. */
export class LookUp {
  readonly #kept = new Memo<Shown | undefined>();
  readonly #asked = new Map<string, Promise<Shown | undefined>>();

  async ask(name: string, sources: Sources): Promise<Shown | undefined> {
    const kept = this.#kept.find(name, sources.now());
    if (kept !== undefined) return kept.value;
    const asked = this.#asked.get(name) ?? shownOf(name, sources);
    // Who comes while it is asked for waits for the same answer, and no longer: whoever asked may have gone, and it with him.
    this.#asked.set(name, asked);
    try {
      const shown = await within(PATIENCE, asked);
      this.#kept.keep(name, shown, sources.now());
      return shown;
    } catch (error) {
      // Nobody who comes next has to wait as long for nothing.
      this.#kept.keep(name, undefined, sources.now());
      throw error;
    } finally {
      this.#asked.delete(name);
    }
  }
}

async function shownOf(name: string, { zone, kv, bridge }: Sources): Promise<Shown | undefined> {
  const read = await kv?.get(`${name}.${zone}`, 'json');
  const found = read === undefined || read === null ? undefined : NamedPreviews.parse(read);
  const shown = shownFor(name, found ?? []);
  if (shown === undefined) return undefined;
  // KV lags behind by a minute, and what it lacks may be there: without the bridge, only what it has counts.
  if (bridge === undefined) return found === undefined ? undefined : shown;
  const said = await bridge.find(zone, name);
  // Undefined: the bridge knows nothing of this zone.
  return said === undefined ? undefined : shownFor(name, NamedPreviews.parse(said));
}
