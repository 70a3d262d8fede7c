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
import { type Bench, openBench } from './process-site.ts';

/** Most of a run is waiting: until a row that is found begun may be looked up, and until a comment's edits are gathered. */
const BENCHES = 8;
const NEVER = Number.POSITIVE_INFINITY;
/** `STEP=<number>` kills at that step alone. */
const { STEP } = process.env;

export const crash: Part = { name: 'crash', run: killAtEveryStep };

async function killAtEveryStep(seed: number, signal: AbortSignal): Promise<Figures> {
  const scenario = scenarioFor(seed);
  const directory = await mkdtemp(join(tmpdir(), 'hawser-crash-'));
  const built = join(directory, 'bundle');
  await bundle(built);
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const failures: string[] = [];
  let kills = 0;

  const first = await openBench(built, join(directory, 'state-0'));
  const whole = STEP === undefined ? await tryStep(NEVER, first) : undefined;
  const steps = STEP === undefined ? scattered(whole?.steps.length ?? 0, seed) : [Number(STEP)];
  const left = [...steps];
  await Promise.all(Array.from({ length: Math.min(BENCHES, steps.length) }, (_, index) => work(index)));
  await first.close();
  await rm(directory, { recursive: true, force: true });
  if (failures.length > 0) throw new Error(`${scenario.name}\n${failures.join('\n')}`);
  return { kills, steps: steps.length, scenarios: signal.aborted ? 0 : 1 };

  async function work(index: number): Promise<void> {
    const bench = index === 0 ? first : await openBench(built, join(directory, `state-${index}`));
    for (let at = left.shift(); at !== undefined && !signal.aborted; at = left.shift()) await tryStep(at, bench);
    if (bench !== first) await bench.close();
  }

  /** Undefined: told to stop. */
  async function tryStep(at: number, bench: Bench): Promise<CrashPoint | undefined> {
    const point = new CrashPoint(at);
    const faults = await Promise.race([stopped, faultsOf(point, bench)]);
    if (faults === undefined || signal.aborted) return undefined;
    if (faults.length > 0) failures.push(`STEP=${at} (${point.steps.at(-1)}): ${faults.join('\n')}`);
    if (point.isReached) kills += 1;
    return point;
  }

  async function faultsOf(point: CrashPoint, bench: Bench): Promise<readonly string[]> {
    try {
      return await run(scenario, await bench.begin(point), point);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }
}

/** Each of so many steps once, so that those of any first part lie all over the scenario: most soaks are stopped before the end. */
function scattered(count: number, seed: number): readonly number[] {
  let stride = Math.max(1, Math.round(count * 0.618));
  while (greatestDivisor(stride, count) > 1) stride += 1;
  return Array.from({ length: count }, (_, index) => ((index * stride + seed) % count) + 1);
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

function scenarioFor(seed: number): Scenario {
  const scenario = scenarios[seed % scenarios.length];
  if (scenario === undefined) throw new Error('there is no scenario');
  return scenario;
}
