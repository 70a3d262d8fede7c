/**
 * The bodies of rows, as JSON and as values. A text that this isolate has parsed or written before need not be parsed
 * again: the same text is the same value, whoever wrote it, and in whichever ledger it lies. So values must never be
 * changed, only replaced; `test/deployments/world.ts` freezes them.
 */
import { KnownApplication, Rollout, Slot } from '../../schemas/known.ts';
import { Preview } from '../../schemas/preview.ts';
import { Recent } from '../recent.ts';

/** Of each kind, for all ledgers of the isolate: values take some four times as much as their texts. */
const MOST_CHARACTERS = 1_000_000;

export class Bodies<Value> {
  readonly #schema: { parse(value: unknown): Value };
  readonly #values = new Recent<Value>(MOST_CHARACTERS, (text) => text.length);

  constructor(schema: { parse(value: unknown): Value }) {
    this.#schema = schema;
  }

  read(text: string): Value {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = this.#schema.parse(JSON.parse(text));
    this.#values.put(text, value);
    return value;
  }

  write(value: Value): string {
    const text = JSON.stringify(value);
    this.#values.put(text, value);
    return text;
  }
}

export const APPLICATIONS = new Bodies<KnownApplication>(KnownApplication);
export const ROLLOUTS = new Bodies<Rollout>(Rollout);
export const SLOTS = new Bodies<Slot>(Slot);
export const PREVIEWS = new Bodies<Preview>(Preview);
