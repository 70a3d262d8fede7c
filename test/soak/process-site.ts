/** Where crashes are real: Hawser in a process of its own, killed with SIGKILL at a call to GitHub, a commit or an answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { control } from '../../local/github/control.ts';
import { type Answer, listen } from '../../local/github/server.ts';
import type { CrashPoint } from '../crash/crash-point.ts';
import type { Api } from '../crash/invariants.ts';
import type { Sending, Site } from '../crash/run.ts';
import { startObservedGitHub } from '../openapi/observer.ts';

const REPOSITORY = 'acme/shop';
/** Argo CD's times lie behind: nothing that a story says is still to come. */
const AGO = 600_000;
/** Longer than a row that is found begun waits, and its retries after it. */
const PATIENCE = 90_000;
const SCRIPT = join(import.meta.dirname, '../stack/hawser-process.ts');
const TOKEN = 'main-token-0123456789abcdef';
const OPERATOR = 'operator-token-0123456789abcdef';
const WEBHOOK_SECRET = 'webhook-secret-0123456789abcdef';
const PUBLISHER = 'publisher-token-0123456789abcdef';
const PERMISSIONS = {
  deployments: 'write',
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
} as const;
/** What the Worker logs right after a commit that follows a call. */
const COMMITTED = /"message":"(effect [a-z ]+)"/;

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** A GitHub, and a Hawser that starts anew for each run and always speaks to it through a gate that counts. */
export type Bench = {
  readonly begin: (crash: CrashPoint) => Promise<Site>;
  readonly close: () => Promise<void>;
};

/** `bundle` holds the built Worker; `directory` is for the state of one run after the other. */
export async function openBench(bundle: string, directory: string): Promise<Bench> {
  const github = await startObservedGitHub('hawser', {
    limits: { primary: 1_000_000 },
    seed: {
      app: { id: 4711, privateKey, permissions: PERMISSIONS },
      accounts: [{ login: 'acme', type: 'Organization', members: [{ login: 'octo', role: 'admin' }] }],
      repositories: [{ owner: 'acme', name: 'shop' }],
      installations: [{ id: 1, account: 'acme' }],
    },
  });
  let crash: CrashPoint | undefined;
  let child: ChildProcess | undefined;
  let url = '';
  const gate = await listen(0, pass);
  return { begin, close };

  async function begin(next: CrashPoint): Promise<Site> {
    await kill();
    await rm(directory, { recursive: true, force: true });
    crash = next;
    await start();
    return {
      github: control(github.url),
      repository: REPOSITORY,
      startsAt: Math.floor((Date.now() - AGO) / 1000) * 1000,
      async send(sending) {
        const body = JSON.stringify(sending.body);
        const headers = { 'content-type': 'application/json', ...credentials(sending, body) };
        const answer = await fetch(`${url}${sending.door}`, { method: 'POST', headers, body });
        return { status: answer.status, text: await answer.text() };
      },
      until: quiet,
      end: quiet,
      api,
      kill,
      start,
    };
  }

  async function close(): Promise<void> {
    await kill();
    await gate.close();
    const complaints = github.complaints();
    await github.close();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }

  async function pass(request: Request): Promise<Answer> {
    const { pathname, search } = new URL(request.url);
    const what = `${request.method} ${pathname}`;
    if (isGone(`before ${what}`)) return 'gone';
    const body = ['GET', 'HEAD'].includes(request.method) ? {} : { body: await request.text() };
    const answer = await fetch(`${github.url}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...body,
    });
    const text = await answer.text();
    if (isGone(`after ${what}`)) return 'gone';
    return new Response(text, { status: answer.status, headers: answer.headers });
  }

  function isGone(step: string): boolean {
    const gone = crash?.step(step) === true;
    if (gone) void kill();
    return gone;
  }

  async function start(): Promise<void> {
    const variables = {
      GITHUB_API_URL: `http://127.0.0.1:${gate.port}`,
      GITHUB_APP_ID: '4711',
      GITHUB_APP_PRIVATE_KEY: privateKey,
      GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
      ARGOCD_MAIN_TOKEN: TOKEN,
      HAWSER_OPERATOR_TOKEN: OPERATOR,
      PUBLISHER_CI_TOKEN: PUBLISHER,
      HAWSER: JSON.stringify({
        argocd: [{ name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['*'] }],
        publishers: [{ name: 'ci', repositories: ['acme/*'] }],
      }),
    };
    const options = JSON.stringify({ bundle, state: directory, variables, logs: true });
    // A group of its own, so that workerd dies with it.
    child = spawn(process.execPath, [SCRIPT, options], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.once('exit', () => reject(new Error('Hawser does not start')));
    if (child.stdout === null || child.stderr === null) throw new Error('Hawser has no output');
    createInterface({ input: child.stdout }).once('line', resolve);
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, commit] = COMMITTED.exec(line) ?? [];
      if (commit !== undefined) isGone(`commit: ${commit}`);
    });
    url = await promise;
  }

  async function kill(): Promise<void> {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await exited;
  }

  /** Nothing is owed any more. */
  async function quiet(): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      const { pending } = (await api()).outbox;
      if (pending.length === 0) return;
      await wait(50);
    }
    throw new Error(`still owed after ${PATIENCE} ms`);
  }

  async function api(): Promise<Api> {
    const answer = await fetch(`${url}/api/repositories/${REPOSITORY}`, {
      headers: { authorization: `Bearer ${OPERATOR}` },
    });
    if (answer.status !== 200) throw new Error(`/api answers ${answer.status}`);
    return JSON.parse(await answer.text());
  }
}

/** What opens the door. */
function credentials(sending: Sending, body: string): Readonly<Record<string, string>> {
  if (sending.door === '/argocd/notifications') return { authorization: `Bearer ${TOKEN}` };
  if (sending.door === '/images') return { authorization: `Bearer ${PUBLISHER}` };
  return {
    'x-github-event': sending.event,
    'x-github-delivery': sending.delivery,
    'x-hub-signature-256': `sha256=${createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex')}`,
  };
}
