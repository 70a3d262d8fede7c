/** Does what people do to repositories, in their name: commits, tags, and any call of the API. */
import * as z from 'zod';
import type { InnerResponse } from './inner-protocol.ts';
import { CommitOrder, TagOrder } from './orders.ts';
import { bodyOf, callInner } from './pass-through.ts';
import { escaped, findCommit, readInner } from './resolve.ts';
import { type Caller, findRepository, leaderOf, type Routes, type World } from './world.ts';

const Made = z.object({ sha: z.string() });
const Committed = z.object({ tree: z.object({ sha: z.string() }) });

export async function commit(world: World, order: CommitOrder): Promise<string> {
  const { repository: name, message, files, ...rest } = CommitOrder.parse(order);
  const repository = readRepository(world, name);
  const branch = rest.branch ?? repository.default_branch;
  const tip = await findCommit(world, repository, `heads/${branch}`);
  const parent = tip ?? (await findCommit(world, repository, rest.from ?? repository.default_branch));
  const git = `/repos/${repository.full_name}/git`;
  const person = personOf(world, repository.full_name, rest.as);
  const entries = Object.entries(Object.keys(files).length > 0 ? files : unique(world, message));
  const tree = entries.map(([path, content]) => ({
    path,
    mode: '100644',
    type: 'blob',
    ...(content === null ? { sha: null } : { content }),
  }));
  const base = parent
    ? Committed.parse(await readInner(world, repository, `/git/commits/${parent}`)).tree.sha
    : undefined;
  const made = await ask(world, person, 'POST', `${git}/trees`, { ...(base ? { base_tree: base } : {}), tree });
  const parents = parent ? [parent] : [];
  const sha = Made.parse(
    await ask(world, person, 'POST', `${git}/commits`, { message, tree: Made.parse(made).sha, parents }),
  ).sha;
  if (tip) await ask(world, person, 'PATCH', `${git}/refs/heads/${escaped(branch)}`, { sha });
  else await ask(world, person, 'POST', `${git}/refs`, { ref: `refs/heads/${branch}`, sha });
  return sha;
}

/** Two commits without a file of their own, made in one second, must not be the same one. */
function unique(world: World, message: string): Record<string, string> {
  const name = message
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  return { [`changes/${name}.md`]: `${message} (${world.state.id()})\n` };
}

/** The tagged commit's SHA. */
export async function tag(world: World, order: TagOrder): Promise<string> {
  const { repository: name, name: tagName, ref, message, as } = TagOrder.parse(order);
  const repository = readRepository(world, name);
  const commit = await findCommit(world, repository, ref ?? repository.default_branch);
  if (!commit) throw new Error(`no ${ref} in ${name}`);
  const git = `/repos/${repository.full_name}/git`;
  const person = personOf(world, repository.full_name, as);
  const object =
    message === undefined
      ? commit
      : Made.parse(
          await ask(world, person, 'POST', `${git}/tags`, { tag: tagName, message, object: commit, type: 'commit' }),
        ).sha;
  await ask(world, person, 'POST', `${git}/refs`, { ref: `refs/tags/${tagName}`, sha: object });
  return commit;
}

export async function branch(world: World, name: string, branch: string, from: string): Promise<void> {
  const repository = readRepository(world, name);
  const sha = await findCommit(world, repository, from);
  await ask(world, personOf(world, name, undefined), 'POST', `/repos/${repository.full_name}/git/refs`, {
    ref: `refs/heads/${branch}`,
    sha,
  });
}

export function readRepository(world: World, name: string) {
  const [owner = '', repo = ''] = name.split('/');
  const repository = findRepository(world, owner, repo);
  if (!repository) throw new Error(`no repository ${name}`);
  return repository;
}

function personOf(world: World, repository: string, login: string | undefined): Caller {
  return { role: 'person', login: login ?? leaderOf(world, repository.split('/')[0] ?? '') };
}

async function ask(world: World, caller: Caller, method: string, path: string, body: unknown): Promise<unknown> {
  const response: InnerResponse = await callInner(world, caller, { method, path, body: JSON.stringify(body) });
  const answer = bodyOf(response);
  if (response.status >= 400) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Any call of GitHub's API in a person's name; faults, limits and records do not touch it. */
export async function callAs(
  world: World,
  routes: Routes,
  login: string,
  method: string,
  path: string,
  body?: unknown,
) {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const request = new Request(new URL(path, world.url), { method, ...init });
  const response = await routes.fetch(request, { caller: { role: 'person', login } });
  const text = await response.text();
  return { status: response.status, body: parsed(text) };
}
