/** Image Updater's branch and commit, made on a git repository, and the promotions that Hawser makes of them. */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Stack, startStack } from '../local/stack.ts';
import { candidatesOf } from '../src/promotions/updater.ts';
import { Instant } from '../src/words/instant.ts';
import { diff } from '../test/promotions/edit/diff.ts';
import { differing, type Failures } from './failures.ts';
import { type Case, cases, FILES, OVERLAY } from './write-backs.ts';
import { changed, git, lay, writeBack } from './written-back.ts';

const run = promisify(execFile);
const CONFORMANCE = join(import.meta.dirname, '../conformance');
const PATIENCE = 20_000;

const Pulls = z.array(z.object({ head: z.object({ ref: z.string() }) }));
const Content = z.object({ content: z.string() });
const Owes = z.object({
  outbox: z.object({ pending: z.array(z.object({ dueAt: z.string().nullable() })), dead: z.array(z.unknown()) }),
});

/** Each in an organisation of its own, beside the others. */
export async function writeBacks(directory: string): Promise<ReadonlyMap<string, Failures>> {
  const program = join(directory, 'image-updater');
  await run('go', ['build', '-o', program, './image-updater'], { cwd: CONFORMANCE });
  const owners = Object.keys(cases).map((_, index) => `acme-${index + 1}`);
  const place = await mkdtemp(join(directory, 'write-backs-'));
  const stack = await startStack({
    hawserPort: 0,
    githubPort: 0,
    directory: place,
    fresh: false,
    owners,
    log: () => {},
  });
  try {
    const told = new Map<string, Failures>();
    for (const [index, [name, each]] of Object.entries(cases).entries()) {
      const repository = join(place, `${index + 1}.git`);
      const failures = await play(each, program, repository, `acme-${index + 1}/shop-deployment`, stack).catch(
        (error: unknown) => [String(error)],
      );
      told.set(`Image Updater writes back: ${name}`, failures);
    }
    return told;
  } finally {
    await stack.close();
  }
}

async function play(
  { candidates, promotions, ...each }: Case,
  program: string,
  directory: string,
  repository: string,
  stack: Stack,
): Promise<Failures> {
  await lay(directory);
  await stack.github.commit({ repository, files: FILES, message: 'What runs' });
  const { branch, sha } = await writeBack(each, program, directory);
  const files = await changed(directory, sha);
  const found = candidatesOf(files, Instant.parse(0)).map(
    ({ environment = 'all', image, tag, digest }) =>
      `${environment} ${image}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
  );

  const message = (await git(directory, 'log', '-1', '--format=%B', sha)).trim();
  const pushed = Object.fromEntries(files.map(({ path, after }) => [path, after]));
  await stack.github.commit({ repository, branch, files: pushed, message });
  await stack.github.settled();
  const made = await promoted(repository, stack, Object.keys(promotions).length);
  return [
    ...differing('the branch', branch.startsWith('image-updater-'), true),
    ...differing('the author', (await git(directory, 'log', '-1', '--format=%an', sha)).trim(), 'argocd-image-updater'),
    ...differing('the candidates', found, candidates),
    ...differing('the promotions', made, promotions),
  ];
}

/** What the open pull requests change, once nothing more is owed within the second. */
async function promoted(repository: string, { github, hawser, operatorToken }: Stack, wanted: number) {
  const ask = github.as('octo');
  const open = async () =>
    Pulls.parse((await ask('GET', `/repos/${repository}/pulls`)).body).map(({ head }) => head.ref);
  const isOwed = async () => {
    const headers = { authorization: `Bearer ${operatorToken}` };
    const response = await fetch(`${hawser.url}/api/repositories/${repository}`, { headers });
    const { pending, dead } = Owes.parse(await response.json()).outbox;
    if (dead.length > 0) throw new Error(`a dead letter: ${JSON.stringify(dead[0])}`);
    return pending.some(({ dueAt }) => dueAt === null || Date.parse(dueAt) < Date.now() + 1000);
  };
  const began = Date.now();
  while (((await open()).length < wanted || (await isOwed())) && Date.now() - began < PATIENCE) await wait(50);
  const made: [string, readonly string[]][] = [];
  for (const ref of (await open()).sort()) {
    const path = `overlays/${ref.split('/')[1]}/kustomization.yaml`;
    const { body } = await ask('GET', `/repos/${repository}/contents/${path}?ref=${encodeURIComponent(ref)}`);
    const text = Buffer.from(Content.parse(body).content, 'base64').toString();
    made.push([ref, diff(OVERLAY, text)]);
  }
  return Object.fromEntries(made);
}
