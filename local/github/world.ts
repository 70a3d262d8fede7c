/** Gathers what every route needs: the clock, the state, emulate, and the ways to look things up and to tell others. */
import type { Hono } from 'hono';
import type { Clock } from './clock.ts';
import type { Inner } from './inner.ts';
import type { Actor, InnerRepository } from './inner-protocol.ts';
import type { Seed } from './seed.ts';
import type { Installation, State, Token } from './state.ts';

export type Caller =
  | { role: 'anonymous' }
  | { role: 'app' }
  | { role: 'installation'; installation: Installation; token: Token }
  | { role: 'person'; login: string };

export type Limits = {
  /** Requests an hour and installation. */
  primary: number;
  /** Not documented by GitHub; our assumption. */
  statusesPerDeployment: number;
};

export type Announcement = {
  event: string;
  action: string | null;
  payload: Record<string, unknown>;
  /** What of the payload has to be looked up first. */
  lookedUp?: Promise<Record<string, unknown>>;
  repository: InnerRepository | undefined;
  /** Who caused it; absent where the payload has its sender. */
  sender?: string;
};

export interface World {
  readonly url: string;
  readonly seed: Seed;
  readonly clock: Clock;
  readonly inner: Inner;
  readonly limits: Limits;
  state: State;
  repositories: Map<string, InnerRepository>;
  /** Commits seen to exist, as `repository id:sha`; a commit never goes. */
  readonly commits: Set<string>;
  readonly users: Map<string, unknown>;
  announce: (announcement: Announcement) => void;
  redeliver: (id: number) => boolean;
  changed: () => void;
}

export type Env = { Bindings: { caller: Caller }; Variables: { repository: InnerRepository } };
export type Routes = Hono<Env>;

export function findRepository(world: World, owner: string, name: string): InnerRepository | undefined {
  return world.repositories.get(`${owner}/${name}`.toLowerCase());
}

export function appLogin(world: World): string {
  return `${world.seed.app.slug}[bot]`;
}

export function loginOf(world: World, caller: Caller): string {
  return caller.role === 'person' ? caller.login : appLogin(world);
}

export function actorOf(caller: Caller): Actor {
  switch (caller.role) {
    case 'installation':
      return { kind: 'installation', account: caller.installation.account };
    case 'person':
      return { kind: 'person', login: caller.login };
    case 'app':
    case 'anonymous':
      return { kind: 'nobody' };
  }
}

export function reaches(installation: Installation, repository: InnerRepository): boolean {
  const [owner = '', name = ''] = repository.full_name.split('/');
  if (owner.toLowerCase() !== installation.account.toLowerCase()) return false;
  return (
    !installation.repositories || installation.repositories.some((known) => known.toLowerCase() === name.toLowerCase())
  );
}

export function installationOf(world: World, repository: InnerRepository): Installation | undefined {
  return world.state.installations.find((installation) => reaches(installation, repository));
}

/** Who acts for an account: of an organisation, its first admin, for an organisation itself acts nowhere. */
export function leaderOf(world: World, login: string): string {
  const account = world.seed.accounts.find((candidate) => candidate.login === login);
  return account?.members.find(({ role }) => role === 'admin')?.login ?? login;
}

/** A user as GitHub shows one, from emulate. */
export async function userOf(world: World, login: string): Promise<unknown> {
  if (world.users.has(login)) return world.users.get(login);
  const user = (await readAccount(world, 'users', login)) ?? (await readOrganization(world, login));
  world.users.set(login, user);
  return user;
}

async function readAccount(world: World, kind: 'users' | 'orgs', login: string): Promise<object | null> {
  const path = `/${kind}/${encodeURIComponent(login)}`;
  const response = await world.inner.call({ method: 'GET', path, actor: { kind: 'nobody' } });
  return response.status === 200 ? JSON.parse(new TextDecoder().decode(response.body)) : null;
}

/** To GitHub an organisation is a user as well; to emulate it is not. */
async function readOrganization(world: World, login: string): Promise<unknown> {
  const organization = await readAccount(world, 'orgs', login);
  const url = `${world.url}/users/${encodeURIComponent(login)}`;
  return organization && { ...organization, url, type: 'Organization', html_url: `${world.url}/${login}` };
}
