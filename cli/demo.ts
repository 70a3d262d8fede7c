/** `npm run demo`: plays the story through the real Worker, prints its timeline, and checks what GitHub shows at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type Line, Player } from '../local/play.ts';
import { REPOSITORY, type Stack, StackRefused, startStack } from '../local/stack.ts';
import { ending, scenes } from '../local/story.ts';
import { clipped } from '../src/words/text.ts';
import { readApplicationSets, readPorts } from './arguments.ts';

type Colour = Parameters<typeof styleText>[0];
const colour = (style: Colour, text: string): string => styleText(style, text, { stream: process.stdout });

const COLOURS: Readonly<Record<string, Colour>> = {
  success: 'green',
  failure: 'red',
  error: 'red',
  in_progress: 'yellow',
  queued: 'yellow',
  inactive: 'gray',
  created: 'cyan',
  written: 'cyan',
  edited: 'cyan',
  asked: 'cyan',
  opened: 'cyan',
  merged: 'green',
  waits: 'yellow',
};
const WHOSE: Readonly<Record<Line['who'], Colour>> = { people: 'magenta', 'Argo CD': 'blue', Hawser: 'cyan' };

/** A story of its own each time: its state is not the one that `npm start` keeps. */
const directory = await mkdtemp(join(tmpdir(), 'hawser-demo-'));
try {
  process.exitCode = await demo();
} catch (error) {
  console.error(error instanceof StackRefused || error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function demo(): Promise<number> {
  // Windows that are minutes in production are seconds here.
  const deployments = { settle: '2s', degradedAfter: '2s' };
  const stack = await startStack({
    ...readPorts(process.env),
    applicationSets: readApplicationSets(process.env),
    directory,
    fresh: false,
    deployments,
    log: () => {},
  });
  try {
    console.log(`Hawser  ${stack.hawser.url}\nGitHub  ${stack.github.url} (emulated)`);
    const player = new Player(stack, tell);
    for (const scene of scenes) {
      console.log(`\n${colour('bold', scene.title)}`);
      await player.scene(scene);
    }
    return conclude(stack, player.commits);
  } finally {
    await stack.close();
  }
}

function tell({ at, who, what, result }: Line): void {
  const time = `${(at / 1000).toFixed(2)}s`.padStart(8);
  const line = `${colour('gray', time)}  ${colour(WHOSE[who], who.padEnd(8))} ${clipped(what, 70).padEnd(70)}`;
  console.log(`${line} ${colour(COLOURS[result] ?? 'reset', result)}`.trimEnd());
}

function conclude({ github, refreshed }: Stack, commits: ReadonlyMap<string, string>): number {
  const shown = github.deployments(REPOSITORY).map((deployment) => {
    const status = deployment.statuses.at(-1);
    return {
      environment: deployment.environment,
      sha: deployment.sha,
      state: status?.state ?? 'pending',
      url: status?.environment_url,
    };
  });
  console.log(`\n${colour('bold', 'GitHub now shows')}`);
  for (const [index, { environment, sha, state, url }] of shown.entries()) {
    const row = `  #${index + 1}  ${environment.padEnd(12)} ${sha.slice(0, 7)}  ${colour(COLOURS[state] ?? 'reset', state.padEnd(12))} ${url ?? ''}`;
    console.log(row.trimEnd());
  }

  const expected = ending.map(
    ([environment, letter, state]) => `${environment} ${commits.get(letter)?.slice(0, 7)} ${state}`,
  );
  const actual = shown.map(({ environment, sha, state }) => `${environment} ${sha.slice(0, 7)} ${state}`);
  const differences = Array.from({ length: Math.max(expected.length, actual.length) }, (_, index) => index).filter(
    (index) => expected[index] !== actual[index],
  );
  for (const index of differences) {
    console.log(`#${index + 1} differs: expected ${expected[index] ?? 'nothing'}, got ${actual[index] ?? 'nothing'}`);
  }
  const isRefreshed = refreshed.length > 0 || readApplicationSets(process.env) !== undefined;
  if (!isRefreshed) console.log('differs: expected a refresh of the ApplicationSets, got none');
  const writes = github.calls.filter(({ method, path }) => method === 'POST' && path.includes('/deployments')).length;
  console.log(`\n${writes} writes to GitHub, ${github.calls.length - writes} other calls`);
  const isRight = differences.length === 0 && isRefreshed;
  console.log(isRight ? colour('green', 'ok') : colour('red', 'not ok'));
  return isRight ? 0 : 1;
}
