/** Which Image Updaters are owed word of a new image: all of them, of what a registry tells. */
import type { Owed } from '../../schemas/effect.ts';
import type { ImageEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';

/** One lane an updater and image: of one image only the newest matters, and of another one it knows nothing by it. */
export function tellUpdaters({ id, candidate }: ImageEvent, { config }: Known): readonly Owed[] {
  const { image, tag, origin } = candidate;
  if (origin !== 'package' || tag === undefined) return [];
  return config.imageUpdaters.map(({ name }) => ({
    lane: `updater ${name} ${image}`,
    class: 3,
    effect: { kind: 'tell-updater', updater: name, id, image, tag },
  }));
}
