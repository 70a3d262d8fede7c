/**
 * Runs emulate's GitHub in a thread of its own, where the time of day is ours: emulate reads the global Date for every
 * created_at, updated_at and commit. Only the front (inner.ts) talks to it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createEmulator } from 'emulate';
import type * as z from 'zod';
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
  if (method === 'POST' && path.endsWith('/forks') && response.ok) fillFork();
  if (method !== 'GET' && response.ok) followHeads();
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !/^(access-control|x-ratelimit|vary)/.test(name)),
    body: new Uint8Array(await response.arrayBuffer()),
    events: events.splice(0),
  };
}

/** emulate gives a fork a history of its own; GitHub gives it the parent's. */
function fillFork(): void {
  const fork = github.repos.all().at(-1);
  if (!fork || fork.forked_from_id === null) return;
  const { id } = fork;
  for (const table of [github.refs, github.branches]) {
    for (const row of table.findBy('repo_id', id)) table.delete(row.id);
    for (const { id: _id, ...row } of table.findBy('repo_id', fork.forked_from_id))
      table.insert({ ...row, repo_id: id });
  }
  fetchObjects(fork.forked_from_id, id);
}

/** Objects belong to one repository in emulate; GitHub shares them in a network of forks. */
function fetchObjects(from: number, into: number): void {
  for (const table of [github.commits, github.trees, github.blobs, github.tags]) {
    const present = new Set(table.findBy('repo_id', into).map(({ sha }) => sha));
    for (const { id: _id, ...row } of table.findBy('repo_id', from)) {
      if (!present.has(row.sha)) table.insert({ ...row, repo_id: into });
    }
  }
}

/** emulate leaves an open pull request at the commits it was opened with; GitHub's follow their branches. */
function followHeads(): void {
  for (const pull of github.pullRequests.all()) {
    if (pull.state !== 'open') continue;
    const head = github.refs
      .findBy('repo_id', pull.head_repo_id)
      .find((ref) => ref.ref === `refs/heads/${pull.head_ref}`);
    const base = github.refs
      .findBy('repo_id', pull.base_repo_id)
      .find((ref) => ref.ref === `refs/heads/${pull.base_ref}`);
    const repository = github.repos.get(pull.base_repo_id)?.full_name ?? '';
    // In place: an update would move updated_at, which a push to the base does not.
    if (base) pull.base_sha = base.sha;
    if (pull.head_repo_id !== pull.base_repo_id) fetchObjects(pull.head_repo_id, pull.base_repo_id);
    if (!head) {
      close(pull);
      events.push({ event: 'pull_request', action: 'closed', payload: { number: pull.number }, repository });
      continue;
    }
    if (head.sha === pull.head_sha) continue;
    github.pullRequests.update(pull.id, { head_sha: head.sha });
    const payload = { number: pull.number, before: pull.head_sha, after: head.sha };
    events.push({ event: 'pull_request', action: 'synchronize', payload, repository });
  }
}

function close(pull: { id: number; repo_id: number; number: number }, more: Record<string, unknown> = {}): void {
  const closed = { state: 'closed', closed_at: new Date().toISOString() };
  github.pullRequests.update(pull.id, { ...closed, ...more });
  const issue = github.issues.findBy('repo_id', pull.repo_id).find((candidate) => candidate.number === pull.number);
  if (issue) github.issues.update(issue.id, closed);
}

function merged(repository: string, number: number, sha: string, by: string): void {
  const repo = github.repos.findOneBy('full_name', repository);
  const pull = github.pullRequests.findBy('repo_id', repo?.id ?? 0).find((candidate) => candidate.number === number);
  if (!pull) throw new Error(`no pull request ${repository}#${number}`);
  move(pull.base_repo_id, pull.base_ref, sha);
  close(pull, {
    merged: true,
    merged_at: new Date().toISOString(),
    merged_by_id: github.users.findOneBy('login', by)?.id ?? null,
    merge_commit_sha: sha,
    mergeable: null,
    mergeable_state: 'unknown',
  });
}

/** Straight to the ref: the front has looked at the branch's protection. */
function move(repository: number, branch: string, sha: string): void {
  const ref = github.refs.findBy('repo_id', repository).find((candidate) => candidate.ref === `refs/heads/${branch}`);
  const tip = github.branches.findBy('repo_id', repository).find((candidate) => candidate.name === branch);
  if (ref) github.refs.update(ref.id, { sha });
  if (tip) github.branches.update(tip.id, { sha });
}

/** The role that GitHub would show; emulate makes every member of an organisation an admin. */
function roleOf(repository: string, login: string): string | undefined {
  const user = github.users.all().find((candidate) => candidate.login.toLowerCase() === login.toLowerCase());
  const repo = github.repos.findOneBy('full_name', repository);
  if (!user || !repo) return undefined;
  if (repo.owner_type === 'User' && repo.owner_id === user.id) return 'admin';
  const team = github.teams
    .findBy('org_id', repo.owner_type === 'Organization' ? repo.owner_id : 0)
    .find((team) => team.slug === 'members');
  const member =
    team && github.teamMembers.findBy('team_id', team.id).find((candidate) => candidate.user_id === user.id);
  if (member?.role === 'maintainer') return 'admin';
  const granted = github.collaborators
    .findBy('repo_id', repo.id)
    .find((candidate) => candidate.user_id === user.id)?.permission;
  if (granted) return { pull: 'read', push: 'write' }[granted] ?? granted;
  return member || !repo.private ? 'read' : 'none';
}

/** Written past emulate's own route, which only an organisation's member may use and which knows no `read`. */
function collaborate(repository: string, login: string, role: string): void {
  const repo = github.repos.findOneBy('full_name', repository);
  const user = github.users.findOneBy('login', login);
  if (!repo || !user) throw new Error(`no ${repository} or no ${login}`);
  const permission = { read: 'pull', write: 'push' }[role] ?? role;
  const present = github.collaborators.findBy('repo_id', repo.id).find((candidate) => candidate.user_id === user.id);
  if (present) github.collaborators.update(present.id, { permission });
  else github.collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
}

async function answer(request: z.infer<typeof InnerRequest>): Promise<unknown> {
  now = Math.floor(request.now / 1000) * 1000;
  switch (request.op) {
    case 'call':
      return call(request);
    case 'merged':
      return merged(request.repository, request.number, request.sha, request.by);
    case 'role':
      return roleOf(request.repository, request.login);
    case 'collaborate':
      return collaborate(request.repository, request.login, request.role);
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
