/** The process is killed in the middle and started again on the same state: nothing acknowledged is lost, nothing is made twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applicationSaying, s1, type Word } from '../../local/application.ts';
import { bundle } from '../../local/bundle.ts';
import type { GitHub } from '../../local/github/start-github.ts';
import { startObservedGitHub } from '../openapi/observer.ts';

const REPOSITORIES = ['shop', 'api', 'web'];
const ENVIRONMENTS = ['sandbox', 'production'];
const TOKEN = 'main-token-0123456789abcdef';

let directory: string;
let github: GitHub;
let hawser: { readonly url: string; readonly process: ChildProcess };
const commits = new Map<string, string>();

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hawser-restart-'));
  github = await startObservedGitHub('hawser', {
    seed: {
      app: {
        id: 4711,
        privateKey,
        permissions: { deployments: 'write', contents: 'read', pull_requests: 'write', metadata: 'read' },
      },
      accounts: [{ login: 'acme', type: 'Organization', members: [{ login: 'octo', role: 'admin' }] }],
      repositories: REPOSITORIES.map((name) => ({ owner: 'acme', name })),
      installations: [{ id: 1, account: 'acme' }],
    },
  });
  for (const name of REPOSITORIES) {
    commits.set(name, await github.commit({ repository: `acme/${name}`, message: 'A release' }));
  }
  await bundle(join(directory, 'bundle'));
  hawser = await start();
}, 60_000);

afterAll(async () => {
  await kill();
  await github.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

it('ends as if nothing had happened, with calls under way when it was killed', async () => {
  // GitHub acts on these, but nobody is there any more to hear of it.
  github.fault({ kind: 'slow', ms: 700, method: 'POST', path: '/deployments$', times: REPOSITORIES.length });
  for (const name of REPOSITORIES) {
    for (const environment of ENVIRONMENTS) {
      await say(name, { op: 0, phase: 'Running', environment }, 1);
      await say(name, { op: 0, phase: 'Succeeded', health: 'Healthy', environment }, 2);
    }
  }
  await expect.poll(() => github.calls.filter(({ path }) => path.endsWith('/deployments')).length).toBeGreaterThan(0);

  await kill();
  hawser = await start();

  await expect
    .poll(() => REPOSITORIES.map(shown), { timeout: 120_000, interval: 100 })
    .toEqual(REPOSITORIES.map(() => ENVIRONMENTS.map((environment) => `${environment} success`)));
  // What it knew it still knows: the same words again are duplicates.
  expect(await say('shop', { op: 0, phase: 'Running', environment: 'sandbox' }, 1)).toBe(200);
}, 180_000);

/** Each deployment's environment and newest state; statuses of doubles would show as further rows. */
function shown(name: string): readonly string[] {
  return github
    .deployments(`acme/${name}`)
    .map(({ environment, statuses }) => `${environment} ${statuses.at(-1)?.state ?? 'pending'}`)
    .sort(
      (one, other) => ENVIRONMENTS.indexOf(one.split(' ')[0] ?? '') - ENVIRONMENTS.indexOf(other.split(' ')[0] ?? ''),
    );
}

async function say(name: string, word: Word, generation: number): Promise<number> {
  const annotations = { 'github.com/repo': name, 'github.com/image': '*' };
  const uid = `${name}-${word.environment}`;
  const app = applicationSaying(uid, { ...word, uid, annotations, sha: s1 }, generation);
  const response = await fetch(`${hawser.url}/argocd/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ v: 1, instance: 'main', app }).replaceAll(s1, commits.get(name) ?? ''),
  });
  expect([200, 202]).toContain(response.status);
  return response.status;
}

async function start() {
  const variables = {
    GITHUB_API_URL: github.url,
    GITHUB_APP_ID: '4711',
    GITHUB_APP_PRIVATE_KEY: privateKey,
    ARGOCD_MAIN_TOKEN: TOKEN,
    HAWSER: JSON.stringify({ argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }] }),
  };
  const options = JSON.stringify({ bundle: join(directory, 'bundle'), state: join(directory, 'state'), variables });
  const script = join(import.meta.dirname, 'hawser-process.ts');
  // A group of its own, so that workerd dies with it.
  const child = spawn(process.execPath, [script, options], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(createInterface(child.stdout), 'line');
  return { url: String(url), process: child };
}

async function kill(): Promise<void> {
  const { pid } = hawser.process;
  if (pid === undefined) return;
  const exited = once(hawser.process, 'exit');
  process.kill(-pid, 'SIGKILL');
  await exited;
}
