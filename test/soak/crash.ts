/** The crash harness with a real process: one scenario, killed with SIGKILL once at every step, several at a time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../local/bundle.ts';
import { CrashPoint } from '../crash/crash-point.ts';
import { run } from '../crash/run.ts';
import type { Scenario } from '../crash/scenario.ts';
import { scenarios } from '../crash/scenarios.ts';
import type { Figures, Part } from './part.ts';
import { openBench } from './process-site.ts';

/** Most of a run is waiting until a row that is found begun may be looked up. */
const BENCHES = 6;
/** `STEP=<number>` kills at that step alone. */
const { STEP } = process.env;

export const crash: Part = { name: 'crash', run: killAtEveryStep };

async function killAtEveryStep(seed: number, signal: AbortSignal): Promise<Figures> {
  const scenario = scenarioFor(seed);
  const directory = await mkdtemp(join(tmpdir(), 'hawser-crash-'));
  const built = join(directory, 'bundle');
  await bundle(built);
  const failures: string[] = [];
  let next = STEP === undefined ? 1 : Number(STEP);
  let last = STEP === undefined ? Number.POSITIVE_INFINITY : next;
  let kills = 0;
  await Promise.all(Array.from({ length: STEP === undefined ? BENCHES : 1 }, (_, index) => work(index)));
  await rm(directory, { recursive: true, force: true });
  if (failures.length > 0) throw new Error(`${scenario.name}\n${failures.join('\n')}`);
  return { kills, scenarios: signal.aborted ? 0 : 1 };

  async function work(index: number): Promise<void> {
    const bench = await openBench(built, join(directory, `state-${index}`));
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    while (next <= last && !signal.aborted) {
      const at = next++;
      await Promise.race([stopped, tryStep(at)]);
    }
    await bench.close();

    async function tryStep(at: number): Promise<void> {
      const point = new CrashPoint(at);
      try {
        const faults = await run(scenario, await bench.begin(point), point);
        if (!point.isReached) last = Math.min(last, at);
        else kills += 1;
        if (faults.length > 0) throw new Error(faults.join('\n'));
      } catch (error) {
        if (signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        failures.push(`STEP=${at} (${point.steps.at(-1)}): ${message}`);
      }
    }
  }
}

function scenarioFor(seed: number): Scenario {
  const scenario = scenarios[seed % scenarios.length];
  if (scenario === undefined) throw new Error('there is no scenario');
  return scenario;
}
