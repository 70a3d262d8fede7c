/** What a part of the bench has found out: one line on the screen, one row in `docs/performance.md`. */

export type Figure = {
  readonly name: string;
  /** The middle value, with the lowest and the highest of the repeats. */
  readonly value: string;
  readonly goal?: { readonly text: string; readonly met: boolean };
};

export type Part = {
  readonly title: string;
  /** What measures it alone. */
  readonly command?: string;
  /** How it is measured: what is sent where, how often, and what is compared with what. */
  readonly how: string;
  readonly figures: readonly Figure[];
};

export function figure(name: string, value: string, goal?: string, met = true): Figure {
  return { name, value, ...(goal === undefined ? {} : { goal: { text: goal, met } }) };
}
