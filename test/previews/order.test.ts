/**
 * Whatever the order in which GitHub's words of pull requests and Argo CD's of their applications arrive, however often, and
 * whichever of them never do: GitHub shows in the end what the last facts imply, and nothing else.
 *
 * A failure prints a seed and a path, and logs the words as they arrived. To run that very one again, and alone:
 * `SEED=<seed> REPLAY=<path> npx vitest run --project node test/previews/order.test.ts -t '<its name>'`
 * `RUNS=10000` looks longer: a minute for that many.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { slotKey } from '../../src/deployments/rollout.ts';
import { arriving, arrivingInPart, type Life, life, NUMBERS, type Number as PullNumber } from './life.ts';
import { PreviewWorld } from './preview-world.ts';

const { RUNS, SEED, REPLAY } = process.env;

const SHARED = 'preview';
const LONG = { timeout: 3_600_000 };
const PARAMETERS = {
  numRuns: Number(RUNS ?? 300),
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  ...(REPLAY === undefined ? {} : { path: REPLAY, endOnFailure: true }),
};

it.each([
  ['a preview ends as the last facts imply, whatever the order in which they are told, and how often', arriving],
  ['a preview ends as the last facts imply, where all that came before them may be lost', arrivingInPart],
])('%s', LONG, (_, arrivals) => {
  fc.assert(
    fc.property(life, arrivals, fc.context(), (told, arrives, context) => {
      const world = new PreviewWorld(told, arrives);
      try {
        world.live(told);
        for (const number of NUMBERS) {
          expect(shown(world, told, number)).toEqual(implied(world, told, number));
          expect(world.index.get(number)?.at(-1)?.state).toBe(indexed(world, told, number));
          const instants = (world.index.get(number) ?? []).map(({ at }) => at);
          expect(instants).toEqual([...new Set(instants)].toSorted((one, other) => one - other));
        }
        expect(world.clashes()).toEqual([]);
        expect(world.isRefreshPending).toBe(false);
      } catch (error) {
        for (const line of world.log) context.log(line);
        throw error;
      }
    }),
    PARAMETERS,
  );
});

/** What a person sees of a pull request: its deployments, the comment's sign, whether its own environment is there. */
type Seen = { readonly active: readonly string[]; readonly sign: string | undefined; readonly hasOwn: boolean };

function implied(world: PreviewWorld, { forks, config }: Life, number: PullNumber): Seen {
  const sha = world.wanted(number);
  const isSaid = world.comments.has(number);
  if (sha === undefined) {
    const sign = forks[number] && world.known.previews.get(number)?.stage.kind === 'refused' ? '🔴' : '⚪';
    // Of one that was over before anybody told of it, Argo CD's word alone was shown.
    const isOurs = world.known.previews.get(number)?.head?.kind === 'closed';
    const hasOwn = !isOurs && config.environment !== SHARED && rolloutsOf(world, config, number).length > 0;
    return { active: [], sign: isSaid ? sign : undefined, hasOwn };
  }
  const states = statesOf(world, number);
  // Where Argo CD makes nothing of it, nobody can tell that from a preview which will never come.
  const worst = ['error', 'failure', 'success'].find((state) => states.some((each) => each === state)) ?? 'error';
  return {
    active: [`${sha} ${worst}`],
    sign: worst === 'success' ? '🟢' : '🔴',
    hasOwn: config.environment !== SHARED,
  };
}

function statesOf(world: PreviewWorld, number: PullNumber) {
  return (world.applications.get(number) ?? []).flatMap((each) => each.runs()?.state ?? []);
}

/** What the index was told last. */
function indexed(world: PreviewWorld, told: Life, number: PullNumber): string | undefined {
  const { sign } = implied(world, told, number);
  if (world.wanted(number) !== undefined) {
    if (statesOf(world, number).length === 0) return 'unheard';
    return sign === '🟢' ? 'ready' : 'failed';
  }
  return world.index.has(number) ? 'gone' : undefined;
}

function shown(world: PreviewWorld, { config }: Life, number: PullNumber): Seen {
  const active = rolloutsOf(world, config, number).flatMap(({ key, sha, end }) => {
    const state = world.deployments.get(key)?.statuses.at(-1)?.state;
    // A failure that was left by moving on stays to be read until the preview is closed, if that was ever told.
    const isLeft = end === 'left' && world.known.previews.get(number)?.head?.kind !== 'closed';
    return state === 'inactive' || isLeft ? [] : [`${sha} ${state}`];
  });
  const [sign] = /⚪|🔴|🟡|🟢/u.exec(world.comments.get(number)?.at(-1) ?? '') ?? [];
  const hasOwn = config.environment !== SHARED && world.environments.has(environmentOf(config, number));
  return { active, sign, hasOwn };
}

/** Those that GitHub has heard of. */
function rolloutsOf({ known, deployments }: PreviewWorld, config: Life['config'], number: PullNumber) {
  const slot = slotKey(environmentOf(config, number), number);
  return [...known.rollouts.values()].filter((rollout) => rollout.slot === slot && deployments.has(rollout.key));
}

function environmentOf({ environment }: Life['config'], number: PullNumber): string {
  return environment.replaceAll('{number}', String(number));
}
