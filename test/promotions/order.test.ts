/**
 * Whatever the order in which images, checks, pushes and people's deeds become known, however often, and whichever of them
 * never do: in the end there is at most one open pull request a target, it proposes the newest image that nobody rejected,
 * and nothing was ever merged that the rules would not allow at that time.
 *
 * A failure prints a seed and a path: `SEED=<seed> REPLAY=<path> npx vitest run --project node test/promotions/order.test.ts`
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Arriving, BOSS, IMAGE, overlay, PromotionWorld } from './promotion-world.ts';
import { path, pinned, RULES, rules } from './story.ts';

const { RUNS, SEED, REPLAY } = process.env;
const PARAMETERS = {
  numRuns: Number(RUNS ?? 60),
  ...(SEED === undefined ? {} : { seed: Number(SEED), endOnFailure: RUNS !== undefined }),
  ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
};

type Move =
  | { readonly kind: 'image'; readonly version: number }
  | { readonly kind: 'check'; readonly conclusion: 'success' | 'failure' | 'pending' }
  | { readonly kind: 'close' | 'merge' | 'hold' | 'release' | 'comment' }
  | { readonly kind: 'roll-back'; readonly version: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('image' as const), version: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('check' as const),
      conclusion: fc.constantFrom('success', 'success', 'failure', 'pending' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('close', 'merge', 'hold', 'release', 'comment' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('roll-back' as const), version: fc.integer({ min: 1, max: 9 }) }),
  },
);
const moves = fc.array(fc.record({ move, gap: fc.constantFrom(0, 1, 5, 20, 40, 90, 400) }), {
  minLength: 1,
  maxLength: 25,
  size: 'max',
});

const delay = fc.constantFrom(0, 0, 0, 1, 3, 8, 40, 300);
const arriving: fc.Arbitrary<Arriving> = fc.record({
  delays: fc.array(delay, { minLength: 1, maxLength: 30, size: 'max' }),
  repeats: fc.array(fc.option(delay, { nil: undefined, freq: 3 }), { minLength: 1, maxLength: 30, size: 'max' }),
  lost: fc.constant([false]),
  answers: fc.array(fc.constantFrom(0, 0, 1, 4), { minLength: 1, maxLength: 20, size: 'max' }),
});
const arrivingInPart = fc
  .tuple(arriving, fc.array(fc.boolean(), { minLength: 1, maxLength: 30, size: 'max' }))
  .map(([arrives, lost]) => ({ ...arrives, lost }));

it.each([
  ['the newest image that nobody rejected is proposed or merged in the end, whatever the order of words', arriving],
  ['and where words are lost, the last word or a sweep mends it', arrivingInPart],
])('%s', { timeout: 600_000 }, (_, arrivals) => {
  fc.assert(
    fc.property(moves, arrivals, fc.context(), (told, arrives, context) => {
      const world = new PromotionWorld(
        { ...pinned('sandbox', 'v0.0.0'), [RULES]: rules('require: { checks: [ci] }') },
        arrives,
      );
      try {
        live(world, told);
        expect([...world.forbidden, ...world.overlaps]).toEqual([]);
        expect(world.open().length).toBeLessThanOrEqual(1);
        expect(ended(world)).toEqual(implied(world, told));
      } catch (error) {
        for (const line of world.log) context.log(line);
        throw error;
      }
    }),
    PARAMETERS,
  );
});

function live(world: PromotionWorld, told: readonly { readonly move: Move; readonly gap: number }[]): void {
  for (const { move, gap } of told) {
    world.until(world.now + gap);
    make(world, move);
  }
  world.until(world.now + 2000);
  world.deliverLost();
  world.until(world.now + 200);
  world.enter({ kind: 'sweep' });
  world.until(world.now + 4000);
  // Webhooks of the last hour may have been lost as well: time alone looks again.
  world.until(world.now + 8000);
}

function make(world: PromotionWorld, move: Move): void {
  const open = [...world.pulls.values()].find((each) => each.open);
  switch (move.kind) {
    case 'image':
      return world.image(`v${move.version}.0.0`, `a${move.version}`);
    case 'roll-back':
      return world.push({ [path('sandbox')]: overlay({ [IMAGE]: `v${move.version}.0.0` }) }, BOSS);
    case 'check':
      return open === undefined ? undefined : world.check(open.number, 'ci', move.conclusion);
    case 'close':
      return open === undefined ? undefined : world.close(open.number);
    case 'merge':
      return open === undefined ? undefined : world.mergeByHand(open.number);
    case 'hold':
    case 'release':
      return open === undefined
        ? undefined
        : world.change(open.number, { labels: move.kind === 'hold' ? ['hold'] : [] });
    case 'comment':
      return undefined;
  }
}

/** What is open proposes something newer than what is pinned, and its check says how it stands. */
function ended(world: PromotionWorld) {
  const open = [...world.pulls.values()].find((each) => each.open);
  const [promotion] = world.known.promotions.values();
  return {
    pull: promotion?.pull?.number ?? null,
    present: promotion === undefined ? world.pins('sandbox') : promotion.present.tag,
    head: promotion?.pull?.head ?? null,
    proposes: open === undefined ? null : (/(v\d+\.0\.0)/.exec(open.title)?.[1] ?? null),
  };
}

function implied(world: PromotionWorld, told: readonly { readonly move: Move }[]) {
  const open = [...world.pulls.values()].find((each) => each.open);
  const pinned = Number(world.pins('sandbox')?.slice(1).split('.')[0]);
  const closed = [...world.pulls.values()].filter((each) => each.rejected);
  const rejected = closed.map(({ title }) => Number(/v(\d+)/.exec(title)?.[1]));
  const images = told.flatMap(({ move }) => (move.kind === 'image' ? [move.version] : []));
  const newest = Math.max(0, ...images.filter((version) => version > pinned && !rejected.includes(version)));
  // What was passed over, or outdone by what was rolled back since, is not proposed again by itself.
  const isSettled = newest === 0 || open !== undefined || rejected.length > 0 || world.rolledBack;
  return {
    pull: open?.number ?? null,
    present: world.pins('sandbox'),
    head: open?.head.sha ?? null,
    proposes:
      open === undefined ? (isSettled ? null : `v${newest}.0.0`) : (/(v\d+\.0\.0)/.exec(open.title)?.[1] ?? null),
  };
}
