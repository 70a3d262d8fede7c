/** `npm run demo:mesh`: who answers at which host, on this machine; each request's way is a line, and is checked. `--stay`: until Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { bundle } from '../local/bundle.ts';
import { ZONE } from '../local/mesh/chart.ts';
import { type Chart, playChart } from '../local/mesh/play-chart.ts';
import { refuseTakenPort } from '../local/stack.ts';
import { readFlag, readPort } from './arguments.ts';

type Colour = Parameters<typeof styleText>[0];
const colour = (style: Colour, text: string): string => styleText(style, text, { stream: process.stdout });

type Asked = { readonly host: string; readonly baggage?: string; readonly way: string; readonly why: string };

const SHARED_WAY = 'a > b > c > d';
const FOO_WAY = 'a(foo) > b > c(foo) > d';

const CHART: readonly Asked[] = [
  { host: 'sandbox', way: SHARED_WAY, why: 'the shared environment' },
  { host: 'foo', way: FOO_WAY, why: 'preview foo: of a and c' },
  { host: 'bar', way: 'a > b(bar) > c > d', why: 'preview bar: of b' },
];

const MORE: readonly Asked[] = [
  { host: 'pr-1-a', way: 'a(foo) > b > c > d', why: "the name of a's preview alone, by its number" },
  { host: 'gone', way: SHARED_WAY, why: 'a preview that nobody has' },
  { host: 'foobar', way: SHARED_WAY, why: 'one whose name begins like another' },
  { host: 'foo', baggage: 'preview=bar', way: FOO_WAY, why: 'baggage from outside chooses nothing' },
  { host: 'sandbox', baggage: 'preview=foo', way: SHARED_WAY, why: 'nor does it here' },
  { host: 'foo', baggage: 'user=7;p=1, pre%76iew=bar', way: FOO_WAY, why: 'however it is written' },
];

const BROKEN: readonly Asked[] = [
  { host: 'foo', way: 'a(foo) > b > c > d', why: 'c(foo) is not reached, and the answer looks right' },
  { host: 'bar', way: 'a > b(bar) > c > d', why: 'of bar nothing is to be seen' },
];

const directory = await mkdtemp(join(tmpdir(), 'hawser-mesh-'));
// Miniflare ends the process itself at a signal, and nothing that is awaited comes after that.
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
try {
  process.exitCode = await demo();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function demo(): Promise<number> {
  const stays = readFlag(process.argv.slice(2), '--stay');
  const port = readPort('HAWSER_PORT', process.env, 8787);
  await refuseTakenPort('HAWSER_PORT', port);
  const chart = await playChart({ modules: await bundle(directory, 'router'), port });
  try {
    console.log(`router  ${chart.url}, for any host of ${ZONE}`);
    const differences = [
      ...(await tell(chart, 'Four services ask one another; a preview is wherever it has a service', CHART)),
      ...(await smoke(chart, true)),
      ...(await tell(chart, 'Who may choose', MORE)),
    ];
    await chart.restart('b', false);
    differences.push(
      ...(await tell(chart, 'Now b carries no baggage on: its OpenTelemetry is switched off', BROKEN)),
      ...(await smoke(chart, false)),
    );
    for (const difference of differences) console.log(difference);
    console.log(differences.length === 0 ? colour('green', '\nok') : colour('red', '\nnot ok'));
    if (stays) await stay(chart);
    return differences.length === 0 ? 0 : 1;
  } finally {
    await chart.close();
  }
}

/** For whoever wants to ask for himself; Ctrl-C ends it. */
async function stay(chart: Chart): Promise<void> {
  await chart.restart('b', true);
  console.log(`\nb is well again. Ctrl-C ends it; until then: curl -H 'Host: foo.${ZONE}' ${chart.url}`);
  await once(process, 'SIGINT');
}

async function tell(chart: Chart, title: string, asked: readonly Asked[]): Promise<readonly string[]> {
  console.log(`\n${colour('bold', title)}`);
  const differences: string[] = [];
  for (const { host, baggage, way, why } of asked) {
    const actual = await chart.ask(`${host}.${ZONE}`, baggage);
    const isRight = actual === way;
    if (!isRight) differences.push(`${host}.${ZONE} differs: expected ${way}, got ${actual}`);
    const sent = baggage === undefined ? '' : `  baggage: ${baggage}`;
    const shown = colour(isRight ? 'cyan' : 'red', actual.padEnd(26));
    console.log(`  ${`${host}.${ZONE}`.padEnd(28)} ${shown} ${colour('gray', why + sent)}`);
  }
  return differences;
}

/** The reference set's own smoke check, as people run it. */
async function smoke(chart: Chart, isWell: boolean): Promise<readonly string[]> {
  const script = join(import.meta.dirname, '../gitops/example-app/src/smoke.ts');
  const command = [script, `http://foo.${ZONE}`, '--at', chart.url.replace('http://', '')];
  const running = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout, [code]] = await Promise.all([text(running.stdout), once(running, 'exit')]);
  console.log(`\n${colour('bold', `npm run smoke -- ${command.slice(1).join(' ')}`)}`);
  for (const line of stdout.trimEnd().split('\n')) console.log(`  ${line}`);
  const isFound = /^b knows of none/m.test(stdout);
  if (isWell ? code === 0 : code === 1 && isFound) return [];
  return [`the smoke check differs: expected ${isWell ? 'ok' : 'b to be found'}, got exit code ${code}`];
}
