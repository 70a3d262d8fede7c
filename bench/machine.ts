/** What the figures were measured on, and how evenly it runs: the same work and the same write to disk, again and again. */
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { figure, type Part } from './figure.ts';
import { percentile } from './load.ts';
import { spread } from './series.ts';

const WRITES = 300;
const LOOPS = 15;

export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

export function measureNoise(directory: string): {
  readonly load: string;
  readonly work: string;
  readonly disk: string;
} {
  const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
  const work = Array.from({ length: LOOPS }, loop);
  const writes = syncs(join(directory, `noise-${performance.now()}`)).toSorted((one, other) => one - other);
  const [p50, p95] = [percentile(writes, 0.5), percentile(writes, 0.95)];
  return { load, work: spread(work, 1), disk: `${p50.toFixed(2)}, and ${p95.toFixed(2)} for the slowest twentieth` };
}

type Noise = ReturnType<typeof measureNoise>;

export function noisePart(before: Noise, after: Noise): Part {
  return {
    title: "The machine's noise",
    how: 'A loop that hashes, 15 times, and 300 writes of 8 KiB that are synced to disk, before everything else and after it. Sender, Worker and GitHub share the cores.',
    figures: [
      figure('load average of the last minute, before and after', `${before.load} and ${after.load}`),
      figure('milliseconds of the loop, before and after', `${before.work} and ${after.work}`),
      figure('milliseconds of a synced write, before', before.disk),
      figure('milliseconds of a synced write, after', after.disk),
    ],
  };
}

function loop(): number {
  const beganAt = performance.now();
  const block = Buffer.alloc(8_192, 'a');
  for (let index = 0; index < 2_000; index += 1) createHash('sha256').update(block).digest();
  return performance.now() - beganAt;
}

function syncs(file: string): number[] {
  const block = Buffer.alloc(8_192, 'a');
  const handle = openSync(file, 'w');
  const times = Array.from({ length: WRITES }, () => {
    const beganAt = performance.now();
    writeSync(handle, block);
    fdatasyncSync(handle);
    return performance.now() - beganAt;
  });
  closeSync(handle);
  return times;
}
