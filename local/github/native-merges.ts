/**
 * Merges what was left to GitHub: armed auto-merges and the merge queue, whenever something has happened that may let them.
 * Speaks the mutations of GraphQL that leave a merge to it or take that back, one question, and no other GraphQL.
 */
import type { Context } from 'hono';
import * as z from 'zod';
import { readBody } from './body.ts';
import { contextsOf } from './commit-statuses.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { grantsWriting } from './permissions.ts';
import { mergePull, Pull, requireMergeable } from './pulls.ts';
import { Refusal } from './refusal.ts';
import { readInner } from './resolve.ts';
import type { Armed } from './state.ts';
import { type Caller, type Env, loginOf, type Routes, type World } from './world.ts';

const Call = z.object({
  query: z.string(),
  variables: z.object({ id: z.string(), head: z.string().optional(), method: z.string().optional() }),
});
const Settings = z.object({ allow_auto_merge: z.boolean() });
const Ruleset = z.object({ rules: z.array(z.object({ type: z.string() })) });

/** A refusal of GraphQL's: the answer is 200 all the same. */
class Unprocessable extends Error {
  readonly type: string;
  constructor(message: string, type = 'UNPROCESSABLE') {
    super(message);
    this.type = type;
  }
}

export function routeNativeMerges(routes: Routes, world: World): void {
  routes.use(async (c, next) => {
    await next();
    if (c.req.method !== 'GET' && c.res.status < 400) await mergeWhatMay(world);
  });
  routes.post('/graphql', async (c) => {
    const { query, variables } = Call.parse(await readBody(c));
    if (/\bisInMergeQueue\b/.test(query)) {
      const found = await findPull(world, variables.id);
      if (found === undefined) return c.json({ data: { node: null } });
      const armed = armedOf(world, found.repository, found.pull.number);
      return c.json({ data: { node: { isInMergeQueue: armed?.isQueue === true } } });
    }
    const [name] = KNOWN.exec(query) ?? [];
    if (name === undefined) throw new Refusal(501, 'the emulator knows no such query');
    const isQueue = /queue/.test(name);
    try {
      await (/^(en|enable)/.test(name) ? leave : takeBack)(world, c, isQueue, variables);
    } catch (error) {
      if (!(error instanceof Unprocessable)) throw error;
      const { type, message } = error;
      return c.json({ data: { [name]: null }, errors: [{ type, path: [name], message }] });
    }
    return c.json({ data: { [name]: { clientMutationId: null } } });
  });
  routes.post('/repos/:owner/:repo/rulesets', async (c) => {
    const { rules } = Ruleset.parse(await readBody(c));
    // A simplification: every ruleset is for the default branch.
    if (rules.some(({ type }) => type === 'merge_queue')) world.state.queues.push(c.get('repository').id);
    world.changed();
    return c.json({ id: world.state.id(), rules }, 201);
  });
}

const KNOWN = /\b(enablePullRequestAutoMerge|enqueuePullRequest|disablePullRequestAutoMerge|dequeuePullRequest)\b/;

async function leave(
  world: World,
  c: Context<Env>,
  isQueue: boolean,
  { id, head, method }: z.infer<typeof Call>['variables'],
): Promise<void> {
  const { pull, repository } = await writable(world, c, id);
  const { caller } = c.env;
  // Our assumption: GitHub documents the argument, and not what it says where the head is another.
  if (head !== undefined && head !== pull.head.sha) {
    throw new Unprocessable('Head branch was modified. Review and try the merge again.');
  }
  if (pull.state !== 'open') throw new Unprocessable('Pull request is closed');
  const blocked = await reasonAgainst(world, repository, pull);
  if (isQueue) requireQueue(world, repository, pull, blocked);
  else await requireWaiting(world, repository, pull, blocked);
  const by = caller.role === 'installation' ? { installation: caller.installation.id } : {};
  const entry = { repository: repository.id, number: pull.number, login: loginOf(world, caller), ...by };
  world.state.armed.push({ ...entry, method: method?.toLowerCase() ?? 'merge', isQueue });
  world.changed();
}

/** Our assumption: GitHub documents the two mutations, and not what it says where there is nothing to take back. */
async function takeBack(
  world: World,
  c: Context<Env>,
  isQueue: boolean,
  { id }: z.infer<typeof Call>['variables'],
): Promise<void> {
  const { pull, repository } = await writable(world, c, id);
  const armed = armedOf(world, repository, pull.number);
  if (armed?.isQueue !== isQueue) {
    throw new Unprocessable(isQueue ? 'Pull request is not in the queue' : 'Pull request Auto merge is not enabled');
  }
  disarm(world, armed);
}

async function writable(world: World, c: Context<Env>, id: string) {
  const found = await findPull(world, id);
  if (found === undefined)
    throw new Unprocessable(`Could not resolve to a node with the global id of '${id}'`, 'NOT_FOUND');
  if (!grantsWriting(c.env.caller, found.repository, ['contents', 'pull_requests'])) {
    throw new Unprocessable('Resource not accessible by integration', 'FORBIDDEN');
  }
  return found;
}

/** A queue takes what could be merged, and nothing twice. */
function requireQueue(world: World, repository: InnerRepository, pull: Pull, blocked: string | undefined): void {
  if (!world.state.queues.includes(repository.id)) {
    throw new Unprocessable('Pull request The merge queue is not enabled for this branch');
  }
  if (armedOf(world, repository, pull.number) !== undefined) {
    throw new Unprocessable('Pull request is already in the queue');
  }
  if (blocked !== undefined) throw new Unprocessable(`Pull request ${blocked}`);
}

/** The texts are those that users have met: see https://github.com/peter-evans/enable-pull-request-automerge/issues/343 */
async function requireWaiting(
  world: World,
  repository: InnerRepository,
  pull: Pull,
  blocked: string | undefined,
): Promise<void> {
  const settings = Settings.parse(await readInner(world, repository, ''));
  if (!settings.allow_auto_merge) {
    throw new Unprocessable('Pull request Auto merge is not allowed for this repository');
  }
  if (blocked !== undefined) return;
  const contexts = await contextsOf(world, repository, pull.head.sha);
  const isClean = [...contexts.values()].every((state) => state === 'success');
  throw new Unprocessable(`Pull request Pull request is in ${isClean ? 'clean' : 'unstable'} status`);
}

async function findPull(world: World, id: string) {
  for (const repository of world.repositories.values()) {
    const pulls = z.array(Pull).parse((await readInner(world, repository, '/pulls?state=all&per_page=100')) ?? []);
    const pull = pulls.find(({ node_id }) => node_id === id);
    if (pull !== undefined) return { repository, pull };
  }
  return undefined;
}

function armedOf(world: World, repository: InnerRepository, number: number): Armed | undefined {
  return world.state.armed.find((armed) => armed.repository === repository.id && armed.number === number);
}

async function reasonAgainst(world: World, repository: InnerRepository, pull: Pull): Promise<string | undefined> {
  try {
    await requireMergeable(world, repository, pull, undefined);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

async function mergeWhatMay(world: World): Promise<void> {
  for (const armed of world.state.armed.slice()) {
    const repository = [...world.repositories.values()].find(({ id }) => id === armed.repository);
    const read = repository && Pull.safeParse(await readInner(world, repository, `/pulls/${armed.number}`));
    const pull = read?.success === true ? read.data : undefined;
    if (repository === undefined || pull?.state !== 'open') {
      disarm(world, armed);
    } else if ((await reasonAgainst(world, repository, pull)) === undefined) {
      disarm(world, armed);
      await mergePull(world, callerOf(world, armed), repository, pull, { merge_method: armed.method });
    }
  }
}

function disarm(world: World, armed: Armed): void {
  world.state.armed.splice(world.state.armed.indexOf(armed), 1);
  world.changed();
}

function callerOf(world: World, { installation: id, login }: Armed): Caller {
  const installation = world.state.installations.find((candidate) => candidate.id === id);
  if (installation === undefined) return { role: 'person', login };
  const token = { token: '', installation: installation.id, expiresAt: 0, permissions: installation.permissions };
  return { role: 'installation', installation, token };
}
