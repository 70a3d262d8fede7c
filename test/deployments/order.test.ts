/**
 * Whatever the order in which Argo CD's words arrive, however often, and whichever of them never do, GitHub shows the
 * same in the end.
 *
 * A failure prints a seed and a path, and logs the words as they arrived. To run that very one again, and alone:
 * `SEED=<seed> REPLAY=<path> npx vitest run --project node test/deployments/order.test.ts -t '<its name>'`
 * `RUNS=100000` looks longer: two minutes for that many.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Arrival, arranged, arrival, inShort, withLosses } from './arrival.ts';
import { newest, unended } from './ends.ts';
import { type History, history } from './history.ts';
import { World } from './world.ts';

const { RUNS, SEED, REPLAY } = process.env;

const LONG = { timeout: 3_600_000 };
const PARAMETERS = {
  numRuns: Number(RUNS ?? 300),
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
};

it('shows the same in the end, whatever the order in which words arrive', LONG, () => {
  fc.assert(
    fc.property(history, arrival, fc.context(), (told, arrival, context) => {
      const ordered = inOrder(told);
      const shuffled = as(arrival, told, context);

      for (const world of [ordered, shuffled]) assertEnded(world, told);
      expect(ends(shuffled, told)).toEqual(ends(ordered, told));
    }),
    PARAMETERS,
  );
});

it('shows the same in the end, where words are lost, but for the last of each application', LONG, () => {
  fc.assert(
    fc.property(history, arrival, fc.context(), (told, arrival, context) => {
      const ordered = inOrder(told);
      const rest = withLosses(told, arrival);
      const shuffled = as({ ...arrival, late: fitted(arrival.late, told, rest) }, rest, context);

      assertEnded(shuffled, rest);
      expect(ends(shuffled, rest)).toEqual(ends(ordered, rest));
    }),
    PARAMETERS,
  );
});

function inOrder(told: History): World {
  const world = new World([]);
  for (const { event, at } of told.said) world.hear(event, at);
  world.end();
  return world;
}

function as(arrival: Arrival, told: History, context: fc.ContextValue): World {
  const world = new World(arrival.answers);
  for (const [index, word] of arranged(told, arrival).entries()) {
    context.log(inShort(word));
    world.hear(word.event, world.now + (arrival.gaps[index] ?? 1));
  }
  world.end();
  return world;
}

function assertEnded(world: World, told: History): void {
  world.assertSound(told);
  expect(told.slots.map((slot) => unended(slot, world.shown()))).toEqual(told.slots.map(() => []));
}

function ends(world: World, { slots }: History): readonly unknown[] {
  return slots.filter(({ end }) => end === 'newest').map((slot) => newest(slot, world.shown()));
}

/** Each word keeps its own delay, whatever is lost before it. */
function fitted(late: readonly number[], told: History, rest: History): readonly number[] {
  return rest.said.map((word) => late[told.said.indexOf(word)] ?? 0);
}
