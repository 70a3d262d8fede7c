/** `npm run bench`: measures everything that `docs/performance.md` says, prints it, and writes it there. `-- size storm`: these parts alone, on the screen; `-- --quick`: little of each, to see that it works. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAcknowledgement } from '../bench/acknowledgement.ts';
import type { Part } from '../bench/figure.ts';
import { measureGrowth } from '../bench/growth.ts';
import { describeMachine, measureNoise, noisePart } from '../bench/machine.ts';
import { inMarkdown, onScreen } from '../bench/report.ts';
import { measureRouter } from '../bench/router.ts';
import { measureSize } from '../bench/size.ts';
import { bundles } from '../bench/stage.ts';
import { measureStorm } from '../bench/storm.ts';
import { measureToPreview } from '../bench/to-preview.ts';
import { measureToStatus } from '../bench/to-status.ts';

const PARTS = ['acknowledgement', 'status', 'previews', 'growth', 'storm', 'size', 'router'] as const;
type Name = (typeof PARTS)[number];
/** Where the pace of the storm is not measured in the same run. */
const STORM_ALONE = 400;

const effort = process.argv.includes('--quick') ? 'quick' : 'full';
const chosen = process.argv.slice(2).filter((word) => word !== '--quick');
const unknown = chosen.find((name) => !PARTS.some((part) => part === name));
if (unknown === undefined) await bench();
else {
  console.error(`${unknown}: no such part; there are ${PARTS.join(', ')}`);
  process.exitCode = 1;
}

async function bench(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hawser-bench-'));
  try {
    const beganAt = performance.now();
    console.log(describeMachine());
    const before = measureNoise(directory);
    const parts = await measure(directory);
    const noise = noisePart(before, measureNoise(directory));
    console.log(onScreen(noise));
    const seconds = Math.round((performance.now() - beganAt) / 1000);
    console.log(`\nThe whole took ${seconds} s.`);
    if (chosen.length > 0 || effort === 'quick') return;
    await writeFile(
      'docs/performance.md',
      inMarkdown({
        machine: describeMachine(),
        seconds,
        parts: [...parts, noise],
        findings: await readFile('bench/findings.md', 'utf8'),
      }),
    );
    console.log('docs/performance.md is written anew.');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(directory: string): Promise<readonly Part[]> {
  const built = await bundles(join(directory, 'bundles'));
  const parts: Part[] = [];
  let perSecond = STORM_ALONE;
  for (const name of PARTS.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    const part = { ...(await one(name)), command: `npm run bench -- ${name}` };
    console.log(onScreen(part));
    parts.push(part);
  }
  return parts;

  async function one(name: Name): Promise<Part> {
    switch (name) {
      case 'acknowledgement': {
        const acknowledged = await measureAcknowledgement(built, directory, effort);
        perSecond = acknowledged.perSecond;
        return acknowledged;
      }
      case 'status':
        return measureToStatus(built, directory, effort);
      case 'previews':
        return measureToPreview(built, directory, effort);
      case 'growth':
        return measureGrowth(built, directory, effort);
      case 'storm':
        return measureStorm(built, directory, perSecond, effort);
      case 'size':
        return measureSize(built, directory, effort);
      case 'router':
        return measureRouter(directory, effort);
    }
  }
}
