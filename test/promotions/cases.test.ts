import { describe, expect, it } from 'vitest';
import { files } from './cases/files.ts';
import { merge } from './cases/merge.ts';
import { newest } from './cases/newest.ts';
import { people } from './cases/people.ts';
import { quarrels } from './cases/quarrels.ts';
import { AT_ONCE, PromotionWorld } from './promotion-world.ts';
import { pinned, RULES } from './story.ts';

describe('what happens to an image, and what GitHub gets to see for it', () => {
  it.each([...newest, ...merge, ...people, ...quarrels, ...files].map((each) => [each.name, each] as const))(
    '%s',
    (_, told) => {
      const { rules, files = pinned('sandbox', 'v1.0.0'), answers = [0], story, calls, open, pins = {}, says } = told;
      const world = new PromotionWorld(
        { ...files, ...(rules === undefined ? {} : { [RULES]: rules }) },
        { ...AT_ONCE, answers },
      );

      for (const step of story) step(world);

      const seen = world.calls.filter((call) => call !== 'base');
      expect({ seen, open: world.open() }).toEqual({ seen: calls, open });
      expect(Object.fromEntries(Object.keys(pins).map((name) => [name, world.pins(name)]))).toEqual(pins);
      expect(world.overlaps).toEqual([]);
      const [first] = world.known.promotions.values();
      expect(says === undefined ? undefined : first?.decision?.words).toBe(says);
    },
  );
});
