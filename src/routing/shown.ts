/** Decides what somebody who goes to a preview is shown in its place, by what its name leads to. */
import type { NamedPreviews } from '../../schemas/preview-entry.ts';

export type Shown = {
  /** `absent`: there is none, and `previews` are those that are gone. */
  readonly kind: 'building' | 'failed' | 'absent';
  /** A name that a preview can have. */
  readonly name: string;
  readonly previews: NamedPreviews;
};

/**
 * Undefined: nothing, the request goes on. Several of one name stand in several repositories: one that is ready, or that may
 * be, is enough.
 */
export function shownFor(name: string, found: NamedPreviews): Shown | undefined {
  const there = found.filter(({ state }) => state !== 'gone');
  if (there.some(({ state }) => state === 'ready' || state === 'unheard')) return undefined;
  if (there.some(({ state }) => state === 'building')) return { kind: 'building', name, previews: there };
  return there.length > 0 ? { kind: 'failed', name, previews: there } : { kind: 'absent', name, previews: found };
}
