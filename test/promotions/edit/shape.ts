/** A file as people write it, what it shall pin, and what may become of it. */
import type { Target } from '../../../src/promotions/places.ts';

export type Shape = Partial<Target> & {
  readonly name: string;
  readonly text: string;
  readonly wanted?: { readonly tag?: string; readonly digest?: string };
  /** `-3 old line`, `+3 new line`; empty: nothing changes. */
  readonly diff?: readonly string[];
  /** `reason line: words` */
  readonly refused?: string;
};

export const IMAGE = 'ghcr.io/acme/shop';
export const OLD = `sha256:${'0'.repeat(64)}`;
export const NEW = `sha256:${'1'.repeat(64)}`;
