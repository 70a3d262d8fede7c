/** Starts the emulated GitHub: the front that is GitHub to the bridge, and emulate behind it. */
import { Calls } from './calls.ts';
import { Clock } from './clock.ts';
import { answerControl } from './control-routes.ts';
import type { Observer } from './exchange.ts';
import { type GitHub, handlesOf } from './handles.ts';
import { Inner } from './inner.ts';
import { loadRepositories } from './pass-through.ts';
import { buildRoutes } from './routes.ts';
import { GitHubSeed, type Seed } from './seed.ts';
import { type Answer, listen } from './server.ts';
import { innerSeed, sow, withOwners } from './sow.ts';
import { parseState, seededState } from './state.ts';
import { findState, fingerprint, type SavedState, StateFile } from './state-file.ts';
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
  /** Sees every call of the API with its answer, and whether both are as GitHub's is for it to say. */
  observer?: Observer;
};

export type { GitHubCall } from './github-call.ts';
export type { GitHub };

/** The seed's history is always of this time, so that its SHAs are the same at every start. */
const sownAt = Date.UTC(2026, 0, 1);

export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const seed = withOwners(GitHubSeed.parse(options.seed));
  const saved = options.state === undefined ? undefined : findState(options.state, seed);
  let answer: (request: Request) => Promise<Answer> = async () => new Response('Starting', { status: 503 });
  // Listens first: emulate needs the front's address, and a taken port is told before anything else is begun.
  const server = await listen(options.port ?? 0, (request) => answer(request));
  const { world, webhooks, sown } = await settle(options, seed, saved, `http://127.0.0.1:${server.port}`);
  const { inner, clock } = world;
  const routes = buildRoutes(world);
  const calls = new Calls(world, routes, options.latency ?? 0, options.observer);
  const file = options.state === undefined ? undefined : new StateFile(options.state, collect);
  world.changed = () => file?.touch();
  world.changed();

  async function collect(): Promise<SavedState> {
    const front = world.state;
    return { version: 1, seed: fingerprint(seed), ahead: clock.ahead, inner: await inner.snapshot(), front };
  }

  const github: GitHub = {
    ...handlesOf({ world, routes, calls, webhooks }),
    complaints: () => options.observer?.complaints() ?? [],
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
  answer = (request) => {
    const forUs = new URL(request.url).pathname.startsWith('/_emulator/');
    return forUs ? answerControl(github, request) : calls.answer(request);
  };
  return github;
}

/** Starts emulate, gives it the seed's history, and then what was saved. */
async function settle(options: GitHubOptions, seed: Seed, saved: SavedState | undefined, url: string) {
  const clock = new Clock(options.now ?? Date.now);
  if (saved) clock.advance(saved.ahead);
  let sowing = true;
  const inner = new Inner({ baseUrl: url, now: sownAt, seed: innerSeed(seed) }, () => (sowing ? sownAt : clock.now()));
  const world: World = {
    url,
    seed,
    clock,
    inner,
    limits: { primary: 5000, statusesPerDeployment: 100, ...options.limits },
    state: seededState(seed),
    repositories: new Map(),
    commits: new Set(),
    users: new Map(),
    // Nothing of the seed is news.
    announce: () => {},
    redeliver: (id) => webhooks.redeliver(id),
    changed: () => {},
  };
  const webhooks = new Webhooks(world);
  await inner.ready();
  await loadRepositories(world);
  await sow(world);
  const sown = await inner.snapshot();
  sowing = false;
  world.announce = (announcement) => webhooks.announce(announcement);
  if (saved) await restore(world, saved);
  return { world, webhooks, sown };
}

async function restore(world: World, saved: SavedState): Promise<void> {
  await world.inner.restore(saved.inner);
  await loadRepositories(world);
  world.commits.clear();
  world.state = parseState(saved.front);
  // The webhook's address is another at each start where ports are free ones.
  const { webhookUrl: url, webhookSecret: secret } = world.seed.app;
  if (url) world.state.hook = { url, secret };
}
