/** Mends emulate's git where GitHub answers otherwise: commits that are not there, refs that go, and who may do what. */
import * as z from 'zod';
import type { InnerRepository } from './inner-protocol.ts';
import { pageOf } from './pages.ts';
import { answerOf, callInner, passThrough } from './pass-through.ts';
import { pushOf } from './push.ts';
import { notFound, Refusal } from './refusal.ts';
import { escaped, findCommit, readInner } from './resolve.ts';
import { loginOf, type Routes, userOf, type World } from './world.ts';

const Person = z.looseObject({ login: z.string() });
const Branch = z.looseObject({ name: z.string(), protected: z.boolean(), commit: z.object({ sha: z.string() }) });
const Ref = z.object({ ref: z.string(), object: z.object({ sha: z.string() }) });

export function routeGit(routes: Routes, world: World): void {
  routes.get('/repos/:owner/:repo/commits/:ref{.+}', async (c) => {
    if (/\/(check-runs|check-suites|comments)$/.test(c.req.path)) return passThrough(world, c);
    return passThrough(world, c).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      throw new Refusal(422, `No commit found for SHA: ${c.req.param('ref')}`);
    });
  });
  // emulate shows of a branch's commit its SHA alone.
  routes.get('/repos/:owner/:repo/branches/:branch{.+}', async (c) => {
    if (/\/protection(\/|$)/.test(c.req.path)) return passThrough(world, c);
    const repository = c.get('repository');
    const branch = Branch.parse(await (await passThrough(world, c)).json());
    const url = `${world.url}/repos/${repository.full_name}/branches/${escaped(branch.name)}`;
    return c.json({
      protection: { enabled: branch.protected },
      protection_url: `${url}/protection`,
      _links: { self: url, html: `${world.url}/${repository.full_name}/tree/${escaped(branch.name)}` },
      ...branch,
      commit: await readInner(world, repository, `/commits/${branch.commit.sha}`),
    });
  });
  routes.post('/repos/:owner/:repo/git/refs', (c) =>
    reworded(passThrough(world, c), { 'Invalid sha': 'Object does not exist' }),
  );
  routes.patch('/repos/:owner/:repo/git/refs/:ref{.+}', (c) =>
    reworded(passThrough(world, c), { 'Invalid sha': 'Object does not exist' }),
  );
  routes.delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const repository = c.get('repository');
    const ref = c.req.param('ref');
    const found = Ref.safeParse(await readInner(world, repository, `/git/ref/${ref}`));
    if (!found.success) throw new Refusal(422, 'Reference does not exist');
    const path = `/repos/${repository.full_name}/git/refs/${ref}`;
    const response = answerOf(await callInner(world, c.env.caller, { method: 'DELETE', path }));
    await announceDeletion(world, repository, ref, found.data.object.sha, loginOf(world, c.env.caller));
    return response;
  });
  routes.get('/repos/:owner/:repo/tags', async (c) => {
    const repository = c.get('repository');
    const refs = z.array(Ref).parse((await readInner(world, repository, '/git/matching-refs/tags/')) ?? []);
    return c.json(await Promise.all(pageOf(c, refs.reverse()).map(({ ref }) => tagView(world, repository, ref))));
  });
  routes.get('/repos/:owner/:repo/collaborators/:user/permission', async (c) => {
    const role = await world.inner.role(c.get('repository').full_name, c.req.param('user'));
    if (role === undefined) throw notFound();
    // GitHub Docs, "Get repository permissions for a user": maintain shows as write, triage as read.
    const permission = { maintain: 'write', triage: 'read' }[role] ?? role;
    return c.json({
      permission,
      role_name: role === 'none' ? '' : role,
      user: { ...Person.parse(await userOf(world, c.req.param('user'))), role_name: role === 'none' ? '' : role },
    });
  });
  routes.post('/repos/:owner/:repo/dispatches', (c) => c.body(null, 204));
}

/** emulate lists annotated tags alone, each with its own SHA for the commit's. */
async function tagView(world: World, repository: InnerRepository, ref: string) {
  const sha = await findCommit(world, repository, ref);
  const url = `${world.url}/repos/${repository.full_name}/commits/${sha}`;
  const name = ref.replace('refs/tags/', '');
  return {
    name,
    commit: { sha, url },
    zipball_url: `${world.url}/repos/${repository.full_name}/zipball/${ref}`,
    tarball_url: `${world.url}/repos/${repository.full_name}/tarball/${ref}`,
    node_id: Buffer.from(`REF_${repository.id}:${ref}`).toString('base64'),
  };
}

async function reworded(answer: Promise<Response>, words: Record<string, string>): Promise<Response> {
  return answer.catch((error: unknown) => {
    const better = error instanceof Refusal ? words[error.message] : undefined;
    if (!better) throw error;
    throw new Refusal(422, better);
  });
}

async function announceDeletion(
  world: World,
  repository: InnerRepository,
  ref: string,
  before: string,
  sender: string,
): Promise<void> {
  world.announce(await pushOf(world, repository, { ref: `refs/${ref}`, before, after: '0'.repeat(40) }, sender));
  const payload = {
    ref: ref.replace(/^(heads|tags)\//, ''),
    ref_type: ref.startsWith('tags/') ? 'tag' : 'branch',
    pusher_type: 'user',
  };
  world.announce({ event: 'delete', action: null, payload, repository, sender });
}
