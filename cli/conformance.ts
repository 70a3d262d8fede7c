/**
 * `npm run conformance`: Argo CD's own code, with the shipped configuration, against the Worker in workerd; then the set's own
 * judges once more, on what `hawser init` writes for another organisation. What comes after `--` goes to `go test`, and nothing
 * else is done then; `-- stories` tells the stories alone, `-- set` the one of the set, `-- translation` compares the
 * demo's mesh with Envoy Gateway, `-- elsewhere` judges the other organisation's set.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { startStack } from '../local/stack.ts';
import { chain } from './conformance-chain.ts';
import { stories } from './conformance-story.ts';
import { translation } from './conformance-translation.ts';
import { writeBacks } from './conformance-updater.ts';
import { editedKustomizations } from './edited-kustomizations.ts';
import { elsewhere } from './elsewhere.ts';
import { namedBranches } from './named-branches.ts';
import { tellGoTests } from './tell-go-tests.ts';

/** One account for each part of the tests: an installation's write budget would hold one part up for another. */
const OWNERS = ['mapping', 'shapes', 'nulls', 'captured', 'rollouts', 'doors'];

/** The same ones each time. */
const KUSTOMIZATIONS = 6;

// Without -count=1 Go would answer from its cache where the ports happen to be the same.
const GO_TEST = ['test', '-json', '-count=1', '-vet=all', '-timeout=10m'];

type Counted = { readonly passed: number; readonly failed: number; readonly code: 0 | 1 };
const NOTHING: Counted = { passed: 0, failed: 0, code: 0 };

process.exitCode = await conform();

async function conform(): Promise<number> {
  const go = await promisify(execFile)('go', ['version']).catch(() => undefined);
  if (go === undefined) {
    console.error('conformance needs Go (https://go.dev/dl/), and there is no `go` on the PATH that runs');
    return 1;
  }
  console.log(go.stdout.trim());

  const directory = await mkdtemp(join(tmpdir(), 'hawser-conformance-'));
  // Miniflare ends the process itself at a signal, and nothing that is awaited comes after that.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  const asked = process.argv.slice(2);
  const [only] = asked;
  const told = only === undefined || only === 'stories' ? await tellStories(directory) : 0;
  const chained = only === 'set' ? await tellOf(directory, chain) : 0;
  const translated = only === undefined || only === 'translation' ? await tellOf(directory, translation) : 0;
  const there = only === undefined || only === 'elsewhere' ? await judgeElsewhere(directory) : NOTHING;
  const here = ['stories', 'set', 'translation', 'elsewhere'].includes(only ?? '')
    ? NOTHING
    : await test(directory, asked);
  const [passed, failed] = [here.passed + there.passed, here.failed + there.failed];
  if (passed + failed > 0) console.log(`\n${passed} passed, ${failed} failed`);
  return Math.max(told, chained, translated, there.code, here.code);
}

/** Argo CD's ApplicationSet webhook at the end of Hawser's refresh calls, Image Updater's branches at its beginning, and the shipped set. */
async function tellStories(directory: string): Promise<number> {
  let code = 0;
  for (const [name, play] of Object.entries(stories)) {
    const failures = await play(directory).catch((error: unknown) => [String(error)]);
    code = Math.max(code, tellStory(name, failures));
  }
  for (const tell of [writeBacks, chain]) code = Math.max(code, await tellOf(directory, tell));
  return code;
}

async function tellOf(directory: string, tell: typeof chain): Promise<number> {
  let code = 0;
  for (const [name, failures] of await tell(directory)) code = Math.max(code, tellStory(name, failures));
  return code;
}

/** The set's judges once more: this command's own story of it, and the tests that need no stack, Go's and ours. */
async function judgeElsewhere(directory: string): Promise<Counted> {
  const { variables } = await elsewhere(directory);
  console.log(`\nThe set of another organisation, as hawser init writes it`);
  const node = (...args: readonly string[]) =>
    once(spawn(process.execPath, args, { env: { ...process.env, ...variables }, stdio: 'inherit' }), 'exit');
  const [story] = await node(import.meta.filename, 'set');
  const [files] = await node('node_modules/vitest/vitest.mjs', 'run', '--project', 'node', 'test/gitops');
  const counted = await goTest(['./reference'], variables);
  return { ...counted, code: story === 0 && files === 0 ? counted.code : 1 };
}

function tellStory(name: string, failures: readonly string[]): number {
  console.log(`${failures.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const failure of failures) console.log(`       ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function test(directory: string, asked: readonly string[]): Promise<Counted> {
  const slugs = join(directory, 'slugs.json');
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  console.log(`branches made up from SEED=${seed}`);
  await writeFile(slugs, JSON.stringify(namedBranches(seed)));
  const kustomizations = join(directory, 'kustomizations.json');
  await writeFile(kustomizations, JSON.stringify(editedKustomizations(KUSTOMIZATIONS)));
  const stack = await startStack({
    hawserPort: 0,
    githubPort: 0,
    directory,
    fresh: false,
    // Windows that are minutes in production are a second here.
    deployments: { settle: '1s', degradedAfter: '1s' },
    github: { writesPerMinute: 90 },
    owners: OWNERS,
    log: () => {},
  });
  try {
    return await goTest([...asked, './...'], {
      HAWSER_URL: stack.hawser.url,
      HAWSER_TOKEN: stack.argocdToken,
      HAWSER_OPERATOR_TOKEN: stack.operatorToken,
      GITHUB_URL: stack.github.url,
      HAWSER_SLUGS: slugs,
      HAWSER_KUSTOMIZATIONS: kustomizations,
    });
  } finally {
    await stack.close();
  }
}

async function goTest(what: readonly string[], variables: Readonly<Record<string, string>>): Promise<Counted> {
  const tests = spawn('go', [...GO_TEST, ...what], {
    cwd: join(import.meta.dirname, '../conformance'),
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that the tests that `go` starts end with it.
    detached: true,
  });
  process.once('exit', () => {
    if (tests.pid !== undefined && tests.exitCode === null && tests.signalCode === null)
      process.kill(-tests.pid, 'SIGINT');
  });
  const ended = once(tests, 'exit');
  const { passed, failed } = await tellGoTests(createInterface({ input: tests.stdout }), (line) => console.log(line));
  const [code] = await ended;
  // Nothing at all, where `-run` fits no test, proves nothing.
  return { passed, failed, code: code === 0 && failed === 0 && passed > 0 ? 0 : 1 };
}
