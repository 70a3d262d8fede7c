/**
 * Runs emulate's GitHub in a thread of its own, where the time of day is ours: emulate reads the global Date for every
 * created_at, updated_at and commit. Only the front (inner.ts) talks to it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createEmulator } from 'emulate';
import type * as z from 'zod';
import { collaborate, fillFork, followHeads, merged, roleOf } from './inner-mends.ts';
import { Emulate, type InnerCall, type InnerEvent, InnerOptions, InnerRequest } from './inner-protocol.ts';

const options = InnerOptions.parse(workerData);
let now = options.now;

/** GitHub's instants have no fraction of a second; emulate's have. */
class WholeSeconds extends Date {
  override toISOString(): string {
    return super.toISOString().replace(/\.\d{3}Z$/, 'Z');
  }
}
globalThis.Date = new Proxy(Date, {
  construct: (_target, args) => Reflect.construct(WholeSeconds, args.length === 0 ? [now] : args),
  get: (target, key) => (key === 'now' ? () => now : Reflect.get(target, key)),
});

/** emulate 0.12.2 exports no way to its store, and pull requests cannot be mended without: its own chunk has one. */
async function loadEmulate(): Promise<Emulate> {
  const folder = new URL('.', import.meta.resolve('emulate'));
  const chunk = readdirSync(folder).find(
    (file) => /^dist-.*\.js$/.test(file) && readFileSync(new URL(file, folder), 'utf8').includes('getGitHubStore,'),
  );
  if (!chunk) throw new Error(`no GitHub in ${fileURLToPath(folder)}: this needs emulate 0.12.2`);
  return Emulate.parse(await import(new URL(chunk, folder).href));
}

const emulate = await loadEmulate();
const events: InnerEvent[] = [];
const { github, raw } = await start();

async function start() {
  let captured: Parameters<Emulate['githubPlugin']['register']> | undefined;
  const register = emulate.githubPlugin.register;
  emulate.githubPlugin.register = (...parts) => {
    captured = parts;
    register(...parts);
    // After register, so that emulate's own delivery to App webhooks never runs.
    parts[2].dispatch = async (event, action, payload, owner, repo) => {
      events.push({ event, action: action ?? null, payload, repository: `${owner}/${repo ?? ''}` });
    };
  };
  // emulate insists on a port of its own; nobody calls it there.
  await createEmulator({
    service: 'github',
    port: 0,
    baseUrl: options.baseUrl,
    seed: { tokens: {}, github: options.seed },
  });
  if (!captured) throw new Error('emulate did not register its GitHub');
  const [app, store, , , tokens] = captured;
  const github = emulate.getGitHubStore(store);
  for (const user of github.users.all())
    if (user.login.endsWith('[bot]')) github.users.update(user.id, { type: 'Bot' });
  return { github, raw: { app, store, tokens } };
}

let calls = 0;

/** A token of the actor, a new one every thousand calls: emulate refuses an hour's 5,000th, and the front keeps that count. */
function tokenOf(actor: InnerCall['actor']): string | undefined {
  if (actor.kind === 'nobody') return undefined;
  const login = actor.kind === 'person' ? actor.login : actor.account;
  const token = `${actor.kind}-${login}-${Math.floor(calls++ / 1000)}`;
  if (raw.tokens.has(token)) return token;
  const user = github.users.findOneBy('login', login);
  const id = user?.id ?? github.orgs.findOneBy('login', login)?.id ?? 0;
  const scopes = ['repo', 'user', 'admin:org', 'admin:repo_hook'];
  const installation = {
    installationId: 0,
    appId: github.apps.all()[0]?.app_id ?? 0,
    accountId: id,
    accountType: user ? 'User' : 'Organization',
    permissions: new Proxy({}, { get: () => 'write' }),
    repositoryIds: [],
    repositorySelection: 'all',
  };
  raw.tokens.set(token, { login, id, scopes, ...(actor.kind === 'installation' ? { installation } : {}) });
  return token;
}

async function call({ method, path, body, accept, actor }: InnerCall) {
  const token = tokenOf(actor);
  const request = new Request(new URL(path, options.baseUrl), {
    method,
    headers: {
      ...(token ? { authorization: `token ${token}` } : {}),
      ...(accept ? { accept } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const response = await raw.app.fetch(request);
  if (method === 'POST' && path.endsWith('/forks') && response.ok) fillFork(github);
  if (method !== 'GET' && response.ok) followHeads(github, events);
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !/^(access-control|x-ratelimit|vary)/.test(name)),
    body: new Uint8Array(await response.arrayBuffer()),
    events: events.splice(0),
  };
}

async function answer(request: z.infer<typeof InnerRequest>): Promise<unknown> {
  now = Math.floor(request.now / 1000) * 1000;
  switch (request.op) {
    case 'call':
      return call(request);
    case 'merged':
      return merged(github, request.repository, request.number, request.sha, request.by);
    case 'role':
      return roleOf(github, request.repository, request.login);
    case 'collaborate':
      return collaborate(github, request.repository, request.login, request.role);
    case 'snapshot':
      return JSON.stringify(raw.store.snapshot());
    case 'restore':
      return raw.store.restore(JSON.parse(request.snapshot));
    case 'repositories':
      return github.repos.all().map((repo) => ({
        id: repo.id,
        full_name: repo.full_name,
        private: repo.private,
        node_id: repo.node_id,
        default_branch: repo.default_branch,
      }));
  }
}

// One after the other: emulate's handlers await their body, and a commit is several steps.
let turn: Promise<void> = Promise.resolve();
parentPort?.on('message', (message) => {
  turn = turn.then(async () => {
    const request = InnerRequest.parse(message);
    try {
      send({ id: request.id, value: await answer(request) });
    } catch (error) {
      send({ id: request.id, error: String(error) });
    }
  });
});
send({ id: 0, value: 'ready' });

function send(reply: { id: number; value?: unknown; error?: string }): void {
  parentPort?.postMessage(reply, []);
}
