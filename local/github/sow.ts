/** Fills emulate from a seed: accounts and empty repositories by its own configuration, history through its git API. */
import { branch, commit, tag } from './people.ts';
import type { CommitSeed, Seed } from './seed.ts';
import type { World } from './world.ts';

/** emulate's own seed format; its webhooks and permissions are the front's affair. */
export function innerSeed(seed: Seed): Record<string, unknown> {
  const { app, accounts, repositories } = seed;
  const logins = accounts.filter(({ type }) => type === 'User').map(({ login }) => login);
  const mentioned = accounts.flatMap(({ members }) => members.map(({ login }) => login));
  const collaborators = repositories.flatMap((repository) => Object.keys(repository.collaborators));
  const people = new Set([
    ...logins,
    ...mentioned,
    ...collaborators,
    ...accounts.filter(leaderless).map(({ login }) => `${login}-owner`),
  ]);
  return {
    users: [...people, `${app.slug}[bot]`].map((login) => ({ login, name: login })),
    orgs: accounts
      .filter(({ type }) => type === 'Organization')
      .map((account) => ({ login: account.login, members: membersOf(account) })),
    repos: repositories.map(({ owner, name, private: hidden, defaultBranch }) => ({
      owner,
      name,
      private: hidden,
      default_branch: defaultBranch,
      auto_init: false,
    })),
    apps: [{ app_id: app.id, slug: app.slug, name: app.name, private_key: app.privateKey }],
  };
}

type Account = Seed['accounts'][number];

function leaderless({ type, members }: Account): boolean {
  return type === 'Organization' && !members.some(({ role }) => role === 'admin');
}

function membersOf(account: Account): Account['members'] {
  return leaderless(account)
    ? [...account.members, { login: `${account.login}-owner`, role: 'admin' }]
    : account.members;
}

/** Every organisation has somebody who can act for it. */
export function withOwners(seed: Seed): Seed {
  return { ...seed, accounts: seed.accounts.map((account) => ({ ...account, members: membersOf(account) })) };
}

const initial: CommitSeed = { message: 'Initial commit', files: { 'README.md': '# A repository\n' }, tags: [] };

export async function sow(world: World): Promise<void> {
  for (const { owner, name, commits, branches, collaborators } of world.seed.repositories) {
    const repository = `${owner}/${name}`;
    for (const { tags, ...order } of commits.length > 0 ? commits : [initial]) {
      const sha = await commit(world, { repository, ...order });
      for (const one of tags) await tag(world, { repository, ref: sha, ...one });
    }
    for (const [made, from] of Object.entries(branches)) await branch(world, repository, made, from);
    for (const [login, role] of Object.entries(collaborators)) await world.inner.collaborate(repository, login, role);
  }
}
