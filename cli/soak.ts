/**
 * `npm run soak`: the long forms of the tests, with ever new seeds, until Ctrl-C or for `--minutes`; fails if anything failed.
 *
 * `--part <name>` runs only that part, and may be given several times; `--seed <number>` runs each part once, with it.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Figures, Part } from '../test/soak/part.ts';
import { parts } from '../test/soak/parts.ts';

const LARGEST_SEED = 2 ** 31;

type Run = { readonly part: string; readonly seed: number; readonly failed: boolean; readonly figures: Figures };

const options = readOptions();
if (typeof options === 'string') {
  console.error(options);
  process.exitCode = 2;
} else {
  process.exitCode = await soak(options);
}

async function soak({ chosen, seed, minutes }: Exclude<ReturnType<typeof readOptions>, string>): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const limit = minutes === undefined ? undefined : setTimeout(() => stop.abort(), minutes * 60_000);
  const runs: Run[] = [];
  const rounds = seed === undefined ? Number.POSITIVE_INFINITY : 1;
  for (let round = 0; round < rounds && !stop.signal.aborted; round += 1) {
    for (const part of chosen) {
      if (!stop.signal.aborted) runs.push(await run(part, seed ?? randomInt(LARGEST_SEED), stop.signal));
    }
  }
  clearTimeout(limit);
  return conclude(runs);
}

async function run(part: Part, seed: number, signal: AbortSignal): Promise<Run> {
  const began = Date.now();
  const tell = (end: string) =>
    console.log(
      `${part.name.padEnd(8)} seed ${String(seed).padEnd(10)} ${((Date.now() - began) / 1000).toFixed(1)} s  ${end}`,
    );
  try {
    const figures = await part.run(seed, signal);
    tell(`${signal.aborted ? 'stopped' : 'ok'}  ${inWords(figures)}`.trimEnd());
    return { part: part.name, seed, failed: false, figures };
  } catch (error) {
    tell(`FAILED\n${error instanceof Error ? error.message : String(error)}\n${replay(part.name, seed)}`);
    return { part: part.name, seed, failed: true, figures: {} };
  }
}

function conclude(runs: readonly Run[]): number {
  console.log();
  for (const [part, its] of Object.entries(Object.groupBy(runs, (each) => each.part))) {
    const total = (its ?? []).map(({ figures }) => figures).reduce(sum, {});
    const failures = (its ?? []).filter(({ failed }) => failed).length;
    console.log(`${part.padEnd(8)} ${inWords({ runs: its?.length ?? 0, ...total, failures })}`);
  }
  const failed = runs.filter((each) => each.failed);
  for (const { part, seed } of failed) console.log(replay(part, seed));
  return failed.length === 0 ? 0 : 1;
}

function sum(one: Figures, other: Figures): Figures {
  const names = Object.keys({ ...one, ...other });
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

function inWords(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function replay(part: string, seed: number): string {
  return `again: npm run soak -- --part ${part} --seed ${seed}`;
}

function readOptions() {
  const { values } = parseArgs({
    options: { part: { type: 'string', multiple: true }, seed: { type: 'string' }, minutes: { type: 'string' } },
  });
  const unknown = values.part?.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) return `${unknown}: no such part; there is ${parts.map(({ name }) => name).join(', ')}`;
  for (const name of ['seed', 'minutes'] as const) {
    if (values[name] !== undefined && !/^\d+(\.\d+)?$/.test(values[name]))
      return `--${name} ${values[name]}: not a number`;
  }
  return {
    chosen: parts.filter(({ name }) => values.part?.includes(name) ?? true),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
  };
}
