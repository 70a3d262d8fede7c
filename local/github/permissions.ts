/** Decides whether a caller may do what it asks of a repository, and refuses as GitHub does if not. */
import type { MiddlewareHandler } from 'hono';
import type { InnerRepository } from './inner-protocol.ts';
import { notFound, Refusal } from './refusal.ts';
import { type Caller, type Env, findRepository, reaches, type World } from './world.ts';

type Need = { any: readonly string[]; level: 'read' | 'write' };
type Rule = readonly [method: RegExp, path: RegExp, any: readonly string[]];

// GitHub Docs, "Permissions required for GitHub Apps". The first that matches decides; the level is `read` for GET, else `write`.
const rules: readonly Rule[] = [
  [/./, /^\/deployments(\/|$)/, ['deployments']],
  [/GET/, /^\/environments(\/|$)/, ['actions', 'environments']],
  // "Environments" is for their secrets and variables alone.
  [/./, /^\/environments(\/|$)/, ['administration']],
  [/./, /^\/statuses\//, ['statuses']],
  [/GET/, /^\/commits\/.+\/status(es)?$/, ['statuses']],
  [/./, /^\/(check-runs|check-suites)(\/|$)/, ['checks']],
  [/GET/, /^\/commits\/.+\/check-(runs|suites)$/, ['checks']],
  [/./, /^\/branches\/.+\/protection/, ['administration']],
  [/PUT/, /^\/pulls\/\d+\/(merge|update-branch)$/, ['contents']],
  [/./, /^\/pulls(\/|$)/, ['pull_requests']],
  [/./, /^\/(issues|labels|milestones)(\/|$)/, ['issues', 'pull_requests']],
  [/GET/, /^\/collaborators(\/|$)/, ['metadata']],
  [/./, /^\/collaborators(\/|$)/, ['administration']],
  [/./, /^\/hooks(\/|$)/, ['repository_hooks']],
  [/./, /^\/actions(\/|$)/, ['actions']],
  [
    /./,
    /^\/(git|contents|commits|compare|branches|merges|tags|readme|releases|dispatches|comments)(\/|$)/,
    ['contents'],
  ],
  [/GET/, /^$/, ['metadata']],
  [/./, /^$/, ['administration']],
];

function needOf(method: string, path: string): Need {
  const level = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
  const rule = rules.find(([methods, paths]) => methods.test(method) && paths.test(path));
  return { any: rule?.[2] ?? ['metadata'], level };
}

function grants(permissions: Record<string, string>, { any, level }: Need): boolean {
  return any.some((name) =>
    level === 'read' ? permissions[name] !== undefined : ['write', 'admin'].includes(permissions[name] ?? ''),
  );
}

export function guardRepository(world: World): MiddlewareHandler<Env> {
  return async function guardRepository(c, next) {
    const [owner = '', name = '', ...rest] = c.req.path.split('/').slice(2);
    const repository = findRepository(world, decodeURIComponent(owner), decodeURIComponent(name));
    if (!repository) throw notFound();
    const path = rest.length === 0 ? '' : `/${rest.join('/')}`;
    if (path !== '/installation') permit(c.env.caller, repository, needOf(c.req.method, path));
    c.set('repository', repository);
    await next();
  };
}

/** Of an organisation an App sees teams and members with `members` alone, and only where it is installed. */
export function guardOrganization(): MiddlewareHandler<Env> {
  return async function guardOrganization(c, next) {
    const { caller } = c.env;
    if (caller.role === 'installation') {
      if (c.req.param('org')?.toLowerCase() !== caller.installation.account.toLowerCase()) throw notFound();
      const need = { any: ['members'], level: c.req.method === 'GET' ? 'read' : 'write' } as const;
      if (!grants(granted(caller), need)) throw inaccessible(need);
    }
    await next();
  };
}

function inaccessible({ any, level }: Need): Refusal {
  const accepted = any.map((name) => `${name}=${level}`).join('; ');
  return new Refusal(403, 'Resource not accessible by integration', undefined, {
    'x-accepted-github-permissions': accepted,
  });
}

function permit(caller: Caller, repository: InnerRepository, need: Need): void {
  const publicRead = need.level === 'read' && !repository.private;
  switch (caller.role) {
    case 'person':
      return;
    case 'app':
      throw new Refusal(403, 'Resource not accessible by integration');
    case 'anonymous':
      if (publicRead) return;
      // GitHub does not say whether a private repository is there.
      throw repository.private ? notFound() : new Refusal(401, 'Requires authentication');
    case 'installation': {
      const { installation, token } = caller;
      const inside =
        reaches(installation, repository) && (!token.repositories || token.repositories.includes(repository.id));
      if (!inside && repository.private) throw notFound();
      if ((inside && grants(granted(caller), need)) || publicRead) return;
      throw inaccessible(need);
    }
  }
}

/** Whether a caller may write all of these: what GraphQL asks of one mutation. */
export function grantsWriting(caller: Caller, repository: InnerRepository, names: readonly string[]): boolean {
  if (caller.role === 'person') return true;
  if (caller.role !== 'installation' || !reaches(caller.installation, repository)) return false;
  const within = caller.token.repositories?.includes(repository.id) ?? true;
  return within && names.every((name) => grants(granted(caller), { any: [name], level: 'write' }));
}

/** What is left of a token once its installation has lost a permission. */
function granted({ installation, token }: Extract<Caller, { role: 'installation' }>): Record<string, string> {
  const kept = Object.entries(token.permissions).filter(([name]) => installation.permissions[name] !== undefined);
  return Object.fromEntries(
    kept.map(([name, level]) => [name, installation.permissions[name] === 'read' ? 'read' : level]),
  );
}
