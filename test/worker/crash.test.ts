/**
 * The objects are gone at a step of a scenario, one run a step: nothing is lost, nothing is made twice.
 *
 * `EVERY=1` takes every single step, as the soak does; by default it is every fifth, beginning with `SEED`.
 */
import { afterEach, describe, expect, inject, it } from 'vitest';
import { CrashPoint } from '../crash/crash-point.ts';
import { run } from '../crash/run.ts';
import { scenarios } from '../crash/scenarios.ts';
import { crashSite, leaveCrashSite } from './crash-site.ts';

/** A scenario that takes more is one that does not end. */
const MOST_STEPS = 500;
/** Every step of the longest scenario, on a machine that has other things to do. */
const PATIENCE = 900_000;

const every = inject('crashEvery');
const seed = inject('crashSeed');

afterEach(leaveCrashSite);

describe('whatever step the objects were gone at', () => {
  it.each(scenarios.filter(({ byKillAlone }) => byKillAlone !== true).map((each) => [each.name, each] as const))(
    '%s',
    { timeout: PATIENCE },
    async (_, scenario) => {
      let crash: CrashPoint;
      let at = (seed % every) + 1 - every;
      do {
        at += every;
        crash = new CrashPoint(at);
        const faults = await run(scenario, await crashSite(crash), crash);
        expect(faults, `gone at step ${at}, ${crash.steps.at(-1)}`).toEqual([]);
        await leaveCrashSite();
      } while (crash.isReached);

      expect(at).toBeGreaterThan(40);
      expect(at).toBeLessThan(MOST_STEPS);
    },
  );
});
