/** How large the Worker is, and how much longer than an empty one it takes to answer for the first time. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Module } from '../local/bundle.ts';
import type { Effort } from './effort.ts';
import { figure, type Part } from './figure.ts';
import { median, spread } from './series.ts';
import { type Bundles, runHawser } from './stage.ts';
import { run } from './workerd.ts';

const ROUNDS = { full: 7, quick: 3 } as const;

export async function measureSize({ hawser, empty }: Bundles, directory: string, effort: Effort): Promise<Part> {
  const rounds = ROUNDS[effort];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const state = (name: string) => join(directory, `${name}-${round}`);
    ours.push(
      await untilAnswered(() => runHawser({ modules: hawser, github: 'http://127.0.0.1:9', state: state('start') })),
    );
    theirs.push(await untilAnswered(() => run({ modules: empty, objects: {}, variables: {}, state: state('empty') })));
  }
  return {
    title: 'Size and start',
    how: `Minified and gzipped as \`npm run build\` counts it. From the start of workerd until the first answer (\`/healthz\`; the empty Worker, \`bench/empty-worker.ts\`,
answers anything), ${rounds} times in turn. Both hold what workerd itself and the program that starts it need; the difference is Hawser's.`,
    figures: [
      figure('size', `${(sizeOf(hawser) / 1024).toFixed(1)} KiB`),
      figure('milliseconds until the first answer: Hawser', spread(ours)),
      figure('milliseconds until the first answer: an empty Worker', spread(theirs)),
      figure('difference of the medians', `${(median(ours) - median(theirs)).toFixed(0)} ms`),
    ],
  };
}

async function untilAnswered(start: () => ReturnType<typeof run>): Promise<number> {
  const beganAt = performance.now();
  const running = await start();
  try {
    const response = await fetch(`${running.url}/healthz`);
    await response.text();
    return performance.now() - beganAt;
  } finally {
    await running.close();
  }
}

function sizeOf(modules: readonly Module[]): number {
  return modules.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}
