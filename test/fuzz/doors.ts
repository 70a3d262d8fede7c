/** Hawser in workerd under hostile requests: what it answered, what it stored and logged, and the memory it took. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { applicationSaying, s1 } from '../../local/application.ts';
import { bundle } from '../../local/bundle.ts';
import { startObservedGitHub } from '../openapi/observer.ts';
import { exchange } from './exchange.ts';
import { type Hostile, hostile, ISSUER } from './requests.ts';

/** At a time. */
const SENDERS = 24;
const BATCH = 500;
/** So many requests it takes until workerd's heap has its size: what is loaded once, and first growth, is no leak. */
const WARM = 25_000;

/** MiB that workerd's memory may grow by afterwards, and that it may take at all. */
const MOST_GROWTH = 64;
const MOST_MEMORY = 640;

export type Endured = {
  readonly requests: number;
  /** How often each status came; 0: no answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** MiB of workerd's resident memory, after a warm-up and in the end; undefined where the system does not tell. */
  readonly memory: { readonly before: number; readonly after: number } | undefined;
};

export async function endure(requests: number, seed: number, isStopped: () => boolean = () => false): Promise<Endured> {
  const secrets = { argocd: token(), webhook: token(), operator: token(), publisher: token() };
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const directory = await mkdtemp(join(tmpdir(), 'hawser-fuzz-'));
  const github = await startObservedGitHub('hawser', {
    seed: {
      app: { id: 4711, privateKey, permissions: { deployments: 'write', contents: 'read', metadata: 'read' } },
      accounts: [{ login: 'acme', type: 'Organization', members: [{ login: 'octo', role: 'admin' }] }],
      repositories: [{ owner: 'acme', name: 'shop' }],
      installations: [{ id: 1, account: 'acme' }],
    },
  });
  await bundle(join(directory, 'bundle'));
  const hawser = await start({
    bundle: join(directory, 'bundle'),
    state: join(directory, 'state'),
    logs: true,
    variables: {
      GITHUB_API_URL: github.url,
      GITHUB_APP_ID: '4711',
      GITHUB_APP_PRIVATE_KEY: privateKey,
      ARGOCD_MAIN_TOKEN: secrets.argocd,
      GITHUB_WEBHOOK_SECRET: secrets.webhook,
      HAWSER_OPERATOR_TOKEN: secrets.operator,
      PUBLISHER_CI_TOKEN: secrets.publisher,
      HAWSER: JSON.stringify({
        argocd: [{ name: 'main', repositories: ['acme/*'], environments: ['*'] }],
        publishers: [{ name: 'ci', repositories: ['acme/*'] }],
        oidc: { issuer: ISSUER },
      }),
    },
  });
  const leaks = leaksOf([...Object.values(secrets), ...keyLines(privateKey)]);
  try {
    const sha = await github.commit({ repository: 'acme/shop', message: 'A release' });
    await commitOne(hawser.url, secrets.argocd, sha);
    const settled = async () => {
      const api = await repositories(hawser.url, secrets.operator);
      return JSON.stringify({ api, rows: await rowsIn(join(directory, 'state')) });
    };
    await until(async () => (await settled()).includes('success') && !/"effects":\[\{/.test(await settled()));
    const before = await settled();

    const statuses: Record<string, number> = {};
    const round = async (count: number, batch: number) => {
      const waiting = fc.sample(hostile(secrets), { numRuns: count, seed: seed + batch });
      const sender = async () => {
        for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
          const { status, text } = await exchange(Number(new URL(hawser.url).port), each);
          assert.ok(status !== undefined || each.mute, `no answer to: ${shortened(each.chunks)}`);
          assert.ok(isAllowed(status, text, each), `${text.slice(0, 400)}\nto: ${shortened(each.chunks)}`);
          assert.deepEqual(leaks(text), [], 'a secret in an answer');
          statuses[status ?? 0] = (statuses[status ?? 0] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, sender));
    };
    let done = 0;
    let memoryBefore: number | undefined;
    for (let batch = 0; done < requests && !isStopped(); batch += 1) {
      const count = Math.min(BATCH, requests - done);
      await round(count, batch);
      done += count;
      if (done >= Math.min(requests, WARM)) memoryBefore ??= await memoryOf(hawser.process);
    }
    const memoryAfter = await memoryOf(hawser.process);

    assert.equal(await settled(), before, 'a row was written');
    for (const path of ['/healthz', '/']) assert.deepEqual(leaks(await (await fetch(hawser.url + path)).text()), []);
    assert.ok(hawser.logged().length > done / 10, 'what is logged was read');
    assert.deepEqual(leaks(hawser.logged()), [], 'a secret in a log');
    if (memoryBefore !== undefined && memoryAfter !== undefined) {
      assert.ok(memoryAfter < MOST_MEMORY, `workerd takes ${memoryAfter} MiB`);
      assert.ok(memoryAfter - memoryBefore < MOST_GROWTH, `workerd grew from ${memoryBefore} to ${memoryAfter} MiB`);
    }
    return {
      requests: done,
      statuses,
      memory:
        memoryBefore === undefined || memoryAfter === undefined
          ? undefined
          : { before: memoryBefore, after: memoryAfter },
    };
  } finally {
    await kill(hawser.process);
    await github.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** 503 with `Retry-After` is documented. What is no HTTP, or names no URL, workerd refuses before any Worker is asked. */
function isAllowed(status: number | undefined, text: string, { unparsed }: Hostile): boolean {
  if (status === undefined || status < 500) return true;
  return status === 503 ? /^retry-after: 2\r$/im.test(text) : unparsed === true && !text.includes('{"error"');
}

/** The secrets, and the halves of each, that a text holds. */
function leaksOf(secrets: readonly string[]): (text: string) => readonly string[] {
  const parts = secrets.flatMap((secret) => {
    const half = Math.floor(secret.length / 2);
    return [secret.slice(0, half), secret.slice(half)];
  });
  return (text) => parts.filter((part) => text.includes(part));
}

function keyLines(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));
}

function token(): string {
  return randomBytes(32).toString('base64url');
}

async function commitOne(url: string, token: string, sha: string): Promise<void> {
  const annotations = { 'github.com/image': '*' };
  const app = applicationSaying('shop', { sha: s1, phase: 'Succeeded', health: 'Healthy', annotations }, 1);
  const answer = await fetch(`${url}/argocd/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ v: 1, app }).replaceAll(s1, sha),
  });
  assert.equal(answer.status, 202, await answer.text());
}

async function repositories(url: string, token: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/repositories`, { headers: { authorization: `Bearer ${token}` } });
  const { repositories } = (await answer.json()) as { repositories: { repository: string }[] };
  return repositories.map(({ repository }) => repository);
}

/** Every table of every object, but for SQLite's and the platform's own. */
async function rowsIn(state: string): Promise<unknown> {
  const files = (await readdir(state, { recursive: true })).filter((file) => file.endsWith('.sqlite')).sort();
  return files.map((file) => {
    const database = new DatabaseSync(join(state, file), { readOnly: true });
    const tables = database
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
      )
      .all()
      .map(({ name }) => String(name));
    const rows = Object.fromEntries(tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
    database.close();
    return { file, rows };
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 200; times += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the ledger did not come to rest');
}

/** Resident memory of the workerd that the process has started. */
async function memoryOf({ pid }: ChildProcess): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const sizes = await Promise.all(
    children
      .trim()
      .split(' ')
      .map(async (child) => {
        const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
        return /^Name:\s*workerd/m.test(status) ? Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024 : 0;
      }),
  );
  const largest = Math.max(0, ...sizes);
  return largest === 0 ? undefined : Math.round(largest);
}

async function start(options: object) {
  const script = join(import.meta.dirname, '../stack/hawser-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logged: string[] = [];
  child.stderr.on('data', (chunk) => logged.push(String(chunk)));
  const lines = createInterface(child.stdout);
  const [url] = await once(lines, 'line');
  lines.on('line', (line) => logged.push(line));
  return { url: String(url), process: child as ChildProcess, logged: () => logged.join('') };
}

/** A group of its own, so that workerd dies with it. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

function shortened(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('latin1').slice(0, 1500);
}
