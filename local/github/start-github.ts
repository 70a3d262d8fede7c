/** Starts the emulated GitHub: the front that is GitHub to the bridge, and emulate behind it. */
import { Calls, type GitHubCall } from './calls.ts';
import { Clock } from './clock.ts';
import { answerControl } from './control-routes.ts';
import { type DeploymentView, plainView } from './deployment-view.ts';
import { deploymentsOf } from './deployments.ts';
import type { Fault } from './faults.ts';
import { Inner } from './inner.ts';
import { loadRepositories } from './pass-through.ts';
import { callAs, type CommitOrder, commit, readRepository, type TagOrder, tag } from './people.ts';
import { buildRoutes } from './routes.ts';
import { GitHubSeed } from './seed.ts';
import { type Answer, listen } from './server.ts';
import { innerSeed, sow, withOwners } from './sow.ts';
import { type Delivery, parseState, seededState } from './state.ts';
import { findState, fingerprint, StateFile } from './state-file.ts';
import { Webhooks } from './webhooks.ts';
import type { Limits, World } from './world.ts';

export type GitHubOptions = {
  /** 0 or absent: a free one. */
  port?: number;
  /** Epoch milliseconds. */
  now?: () => number;
  /** A file that keeps the state over restarts; absent: memory only. */
  state?: string;
  seed: GitHubSeed;
  limits?: Partial<Limits>;
  /** Milliseconds before each call is answered. */
  latency?: number;
};

export interface GitHub {
  readonly url: string;
  /** Oldest first; what people do through `as`, `commit` and `tag` is not among them. */
  readonly calls: readonly GitHubCall[];
  /** Oldest first. */
  deployments(repository: string): readonly DeploymentView[];
  /** Oldest first. */
  deliveries(): readonly Delivery[];
  commit(order: CommitOrder): Promise<string>;
  tag(order: TagOrder): Promise<string>;
  /** Any call of the REST API in a person's name. */
  as(login: string): (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
  /** Where the App's webhook goes from now on; without a URL, nowhere. */
  webhook(hook: { url?: string; secret?: string }): void;
  /** Suspends an installation, or changes what it may do. */
  installation(
    id: number,
    change: { suspended?: boolean; permissions?: Record<string, 'read' | 'write' | 'admin'> },
  ): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  advance(ms: number): void;
  /** Until every webhook delivery under way has ended. */
  settled(): Promise<void>;
  /** Forgets calls and faults, and keeps the rest. */
  clear(): void;
  /** Back to the seed; the clock stays. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export type { DeploymentView, Fault, GitHubCall, GitHubSeed };

/** The seed's history is always of this time, so that its SHAs are the same at every start. */
const sownAt = Date.UTC(2026, 0, 1);

export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const seed = withOwners(GitHubSeed.parse(options.seed));
  const saved = options.state === undefined ? undefined : findState(options.state, seed);
  const clock = new Clock(options.now ?? Date.now);
  if (saved) clock.advance(saved.ahead);
  let answer: (request: Request) => Promise<Answer> = async () => new Response('Starting', { status: 503 });
  // Listens first: emulate needs the front's address, and a taken port is told before anything else is begun.
  const server = await listen(options.port ?? 0, (request) => answer(request));
  const url = `http://127.0.0.1:${server.port}`;
  let sowing = true;
  const inner = new Inner({ baseUrl: url, now: sownAt, seed: innerSeed(seed) }, () => (sowing ? sownAt : clock.now()));
  let file: StateFile | undefined;
  const world: World = {
    url,
    seed,
    clock,
    inner,
    limits: { primary: 5000, statusesPerDeployment: 100, ...options.limits },
    state: saved ? parseState(saved.front) : seededState(seed),
    repositories: new Map(),
    commits: new Set(),
    users: new Map(),
    announce: (announcement) => webhooks.announce(announcement),
    redeliver: (id) => webhooks.redeliver(id),
    changed: () => file?.touch(),
  };
  const webhooks = new Webhooks(world);
  const routes = buildRoutes(world);
  const calls = new Calls(world, routes, options.latency ?? 0);

  await inner.ready();
  await loadRepositories(world);
  const hook = world.state.hook;
  // Nothing of the seed is news.
  world.state.hook = {};
  await sow(world);
  world.state.hook = hook;
  const sown = await inner.snapshot();
  sowing = false;
  if (saved) await inner.restore(saved.inner);
  await loadRepositories(world);
  if (saved && (seed.app.webhookUrl || seed.app.webhookSecret)) {
    world.state.hook = { url: seed.app.webhookUrl, secret: seed.app.webhookSecret };
  }
  if (options.state !== undefined) {
    file = new StateFile(options.state, async () => ({
      version: 1,
      seed: fingerprint(seed),
      ahead: clock.ahead,
      inner: await inner.snapshot(),
      front: world.state,
    }));
    file.touch();
  }

  const github: GitHub = {
    url,
    calls: calls.made,
    deployments: (repository) => deploymentsOf(world, readRepository(world, repository)).map(plainView),
    deliveries: () => world.state.deliveries,
    commit: (order) => commit(world, order),
    tag: (order) => tag(world, order),
    as: (login) => (method, path, body) => callAs(world, routes, login, method, path, body),
    webhook(hook) {
      world.state.hook = hook;
      world.changed();
    },
    installation(id, change) {
      const installation = world.state.installations.find((candidate) => candidate.id === id);
      if (!installation) throw new Error(`no installation ${id}`);
      if (change.suspended !== undefined)
        installation.suspendedAt = change.suspended ? new Date(clock.now()).toISOString() : null;
      if (change.permissions) installation.permissions = { metadata: 'read', ...change.permissions };
      world.changed();
    },
    fault: (fault) => calls.faults.add(fault),
    clearFaults: () => calls.faults.clear(),
    advance(ms) {
      clock.advance(ms);
      world.changed();
    },
    settled: () => webhooks.settled(),
    clear: () => calls.clear(),
    async reset() {
      webhooks.abandon();
      world.state = seededState(seed);
      world.commits.clear();
      world.users.clear();
      await inner.restore(sown);
      await loadRepositories(world);
      calls.clear();
      world.changed();
    },
    async close() {
      answer = async () => 'gone';
      webhooks.abandon();
      await file?.flush();
      await server.close();
      await inner.close();
    },
  };
  answer = (request) =>
    new URL(request.url).pathname.startsWith('/_emulator/') ? answerControl(github, request) : calls.answer(request);
  return github;
}
