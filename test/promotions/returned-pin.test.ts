/** A pin that somebody takes out of its overlay, and that comes back later: as it was, or as a person wants it from then on. */
import { describe, expect, it } from 'vitest';
import { BOSS, overlay, PromotionWorld } from './promotion-world.ts';
import { FREE, path, pinned, ROBOT, RULES } from './story.ts';

const HELD = 'A person decides. `boss` has changed the pin, and that stays until a person changes it again.';
const without = { [path('sandbox')]: overlay({ redis: '7' }) };

/** v1.1.0 was merged by rule; then the pin goes, by a person's hand. */
function taken(): PromotionWorld {
  const world = new PromotionWorld({ [RULES]: FREE, ...pinned('sandbox', 'v1.0.0') });
  world.image('v1.1.0', 'a2');
  world.until(100);
  expect(world.pins('sandbox')).toBe('v1.1.0');
  world.push(without);
  world.until(200);
  return world;
}

describe('a pin that comes back', () => {
  it.each([
    ['older, by a person', 'v1.0.0', BOSS, HELD],
    ['newer, by a person', 'v1.1.5', BOSS, HELD],
    ['older, by a robot, which somebody has meant', 'v1.0.0', ROBOT, HELD.replace('boss', 'renovate[bot]')],
    ['newer, by a robot', 'v1.1.5', ROBOT, undefined],
    ['as it was', 'v1.1.0', BOSS, undefined],
  ])('%s', (_, tag, by, held) => {
    const world = taken();

    world.push(pinned('sandbox', tag), by);
    world.until(300);
    world.image('v1.2.0', 'a3');
    world.until(400);

    const [promotion] = world.known.promotions.values();
    expect(promotion?.hold === null ? undefined : promotion?.decision?.words).toBe(held);
    expect([world.pins('sandbox'), world.open()]).toEqual(
      held === undefined ? ['v1.2.0', []] : [tag, ['#2 Promote shop v1.2.0 to sandbox']],
    );
  });

  it('in a file that could not be read meanwhile', () => {
    const world = taken();
    world.push({ [path('sandbox')]: 'images: [\n' });
    world.until(250);

    world.push(pinned('sandbox', 'v1.0.0'));
    world.until(300);

    expect([...world.known.promotions.values()].map(({ hold }) => hold?.by)).toEqual(['boss']);
  });

  it('where no promotion ever was is nobody’s change of it', () => {
    const world = new PromotionWorld({ [RULES]: FREE, ...pinned('production', 'v1.0.0'), ...without });
    world.image('v1.1.0', 'a2');
    world.until(100);

    world.push(pinned('sandbox', 'v1.0.0'));
    world.until(200);
    world.image('v1.2.0', 'a3');
    world.until(300);

    expect([...world.known.promotions.values()].map(({ environment, hold }) => [environment, hold])).toEqual([
      ['production', null],
      ['sandbox', null],
    ]);
    expect(world.pins('sandbox')).toBe('v1.2.0');
  });
});
