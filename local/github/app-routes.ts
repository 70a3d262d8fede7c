/** Answers what a GitHub App asks about itself: its installations and their access tokens. */
import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { type Fields, readBody } from './body.ts';
import { timestamp } from './clock.ts';
import { requireApp } from './credentials.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { pageOf } from './pages.ts';
import { notFound, Refusal } from './refusal.ts';
import type { Permissions } from './seed.ts';
import type { Installation } from './state.ts';
import { type Caller, installationOf, type Routes, reaches, userOf, type World } from './world.ts';

const Account = z.looseObject({ id: z.number() });

export function routeApp(routes: Routes, world: World): void {
  routes.get('/app', async (c) => {
    requireApp(c.env.caller);
    return c.json(await appView(world));
  });
  routes.get('/app/installations', async (c) => {
    requireApp(c.env.caller);
    const page = pageOf(c, world.state.installations);
    return c.json(await Promise.all(page.map((installation) => installationView(world, installation))));
  });
  routes.get('/app/installations/:id', async (c) => {
    requireApp(c.env.caller);
    return c.json(await installationView(world, readInstallation(world, c.req.param('id'))));
  });
  routes.post('/app/installations/:id/access_tokens', async (c) => {
    requireApp(c.env.caller);
    const installation = readInstallation(world, c.req.param('id'));
    if (installation.suspendedAt) throw new Refusal(403, 'This installation has been suspended');
    return c.json(await mint(world, installation, await readBody(c)), 201);
  });
  routes.get('/repos/:owner/:repo/installation', async (c) => {
    requireApp(c.env.caller);
    const installation = installationOf(world, c.get('repository'));
    if (!installation) throw notFound();
    return c.json(await installationView(world, installation));
  });
  for (const path of ['/orgs/:account/installation', '/users/:account/installation'] as const) {
    routes.get(path, async (c) => {
      requireApp(c.env.caller);
      const account = c.req.param('account').toLowerCase();
      const installation = world.state.installations.find((candidate) => candidate.account.toLowerCase() === account);
      if (!installation) throw notFound();
      return c.json(await installationView(world, installation));
    });
  }
  routes.get('/installation/repositories', async (c) => {
    const { installation, token, reached } = reachedBy(world, c.env.caller);
    const repositories = await Promise.all(
      pageOf(c, reached).map((repository) => full(world, installation, repository)),
    );
    return c.json({
      total_count: reached.length,
      repository_selection: selection(token.repositories ?? installation.repositories),
      repositories,
    });
  });
  routes.get('/orgs/:org/repos', async (c) => {
    const { installation, reached } = reachedBy(world, c.env.caller);
    // Others' public repositories would be shown as well; there is nobody here to ask for them.
    if (installation.account.toLowerCase() !== c.req.param('org').toLowerCase()) throw notFound();
    return c.json(await Promise.all(pageOf(c, reached).map((repository) => full(world, installation, repository))));
  });
  routes.delete('/installation/token', (c) => {
    if (c.env.caller.role !== 'installation') throw new Refusal(401, 'Requires authentication');
    world.state.tokens.delete(c.env.caller.token.token);
    return c.body(null, 204);
  });
}

function reachedBy(world: World, caller: Caller) {
  if (caller.role !== 'installation') throw new Refusal(401, 'Requires authentication');
  const { installation, token } = caller;
  const reached = repositoriesOf(world, installation).filter(
    ({ id }) => !token.repositories || token.repositories.includes(id),
  );
  return { installation, token, reached };
}

async function full(world: World, installation: Installation, repository: InnerRepository): Promise<unknown> {
  const actor = { kind: 'installation', account: installation.account } as const;
  const response = await world.inner.call({ method: 'GET', path: `/repos/${repository.full_name}`, actor });
  return JSON.parse(new TextDecoder().decode(response.body));
}

function readInstallation(world: World, id: string): Installation {
  const installation = world.state.installations.find((candidate) => String(candidate.id) === id);
  if (!installation) throw notFound();
  return installation;
}

function repositoriesOf(world: World, installation: Installation): InnerRepository[] {
  return [...world.repositories.values()].filter((repository) => reaches(installation, repository));
}

async function mint(world: World, installation: Installation, body: Fields) {
  const repositories = chosen(world, installation, body);
  const permissions = narrowed(installation, body['permissions']);
  const expiresAt = world.clock.now() + 60 * 60 * 1000;
  // Looks random and is not: a secret of its own for every number, so that a test's run can be repeated.
  const token = `ghs_${createHmac('sha256', world.seed.app.privateKey).update(`token ${world.state.id()}`).digest('hex').slice(0, 36)}`;
  world.state.tokens.set(token, {
    token,
    installation: installation.id,
    expiresAt,
    ...(repositories ? { repositories: repositories.map(({ id }) => id) } : {}),
    permissions,
  });
  for (const old of world.state.tokens.values())
    if (old.expiresAt < world.clock.now()) world.state.tokens.delete(old.token);
  return {
    token,
    expires_at: timestamp(expiresAt),
    permissions,
    repository_selection: selection(repositories ?? installation.repositories),
    ...(repositories
      ? { repositories: await Promise.all(repositories.map((each) => full(world, installation, each))) }
      : {}),
  };
}

function selection(repositories: readonly unknown[] | undefined): 'all' | 'selected' {
  return repositories ? 'selected' : 'all';
}

/** GitHub Docs, "Create an installation access token for an app": names or ids, at most 500, all within the installation. */
function chosen(world: World, installation: Installation, body: Fields): InnerRepository[] | undefined {
  const wish = body['repositories'] ?? body['repository_ids'];
  if (wish === undefined) return undefined;
  if (!Array.isArray(wish) || wish.length > 500)
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  const reached = repositoriesOf(world, installation);
  return wish.map((one: unknown) => {
    const found = reached.find(
      ({ id, full_name }) => id === one || full_name.split('/')[1]?.toLowerCase() === String(one).toLowerCase(),
    );
    if (found) return found;
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  });
}

const rank: Record<string, number> = { read: 1, write: 2, admin: 3 };

function narrowed(installation: Installation, wish: unknown): Permissions {
  if (wish === undefined || wish === null) return installation.permissions;
  const permissions: Permissions = { metadata: 'read' };
  for (const [name, level] of Object.entries(wish)) {
    const asked = rank[String(level)] ?? Number.POSITIVE_INFINITY;
    if (asked > (rank[installation.permissions[name] ?? ''] ?? 0)) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
    permissions[name] = level === 'read' || level === 'write' ? level : 'admin';
  }
  return permissions;
}

/** The App belongs to the seed's first account. */
export async function appView(world: World) {
  const { app, accounts } = world.seed;
  return {
    owner: await userOf(world, accounts[0]?.login ?? ''),
    id: app.id,
    client_id: app.clientId ?? `Iv1.${app.id}`,
    slug: app.slug,
    node_id: Buffer.from(`A_${app.id}`).toString('base64'),
    name: app.name,
    description: null,
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions: { metadata: 'read', ...app.permissions },
    events: app.events ?? [],
    installations_count: world.state.installations.length,
  };
}

export async function installationView(world: World, installation: Installation) {
  // As it is now, however long the account takes.
  const shown = structuredClone(viewOf(world, installation));
  const account = Account.parse(await userOf(world, installation.account));
  return { ...shown, account, target_id: account.id };
}

function viewOf(world: World, installation: Installation) {
  const { app } = world.seed;
  const type = world.seed.accounts.find(({ login }) => login === installation.account)?.type ?? 'User';
  return {
    id: installation.id,
    repository_selection: selection(installation.repositories),
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_type: type,
    permissions: installation.permissions,
    events: app.events ?? [],
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}
