/** Says what the token of each role may do, and where: no more than its effects need, so that one that leaks can do little. */
import type { Reason, Role } from '../../schemas/effect.ts';
import type { Repository } from '../words/repository.ts';
import { named } from './attempt.ts';

export type Granted = Readonly<Record<string, string>>;

type Grant = {
  readonly needs: Granted;
  /** It does what it can without. */
  readonly likes: Granted;
  /** A repository of the same owner that it reads as well. */
  readonly beside: readonly string[];
};

export type Wish = { readonly repositories: readonly [string, ...string[]]; readonly permissions: Granted };

/** The owner's own rules: https://docs.github.com/communities/setting-up-your-project-for-healthy-contributions */
export const OWNERS_REPOSITORY = '.github';

const GRANTS: Readonly<Record<Role, Grant>> = {
  application: { needs: { deployments: 'write', contents: 'read' }, likes: { pull_requests: 'write' }, beside: [] },
  /** https://docs.github.com/rest/authentication/permissions-required-for-github-apps#repository-permissions-for-administration */
  administrator: { needs: { administration: 'write' }, likes: {}, beside: [] },
  reader: {
    needs: { contents: 'read' },
    likes: { pull_requests: 'read', checks: 'read', statuses: 'read', members: 'read' },
    beside: [OWNERS_REPOSITORY],
  },
  promoter: {
    // Merging is a write to contents: with pull requests alone GitHub refuses it.
    needs: { contents: 'write', pull_requests: 'write', checks: 'write' },
    likes: {},
    beside: [],
  },
};

/** Without `granted`, all that the role may have. */
export function wishOf(role: Role, repository: Repository, granted?: Granted): Wish {
  const { needs, likes, beside } = GRANTS[role];
  const wished = Object.entries({ ...needs, ...likes }).filter(([name, level]) => isGranted(name, level, granted));
  const { repo } = named(repository);
  return { repositories: [repo, ...beside.filter((name) => name !== repo)], permissions: Object.fromEntries(wished) };
}

/** Undefined: nothing that it can't do without. */
export function lacking(role: Role, granted: Granted | undefined): Reason | undefined {
  const lacks = Object.entries(GRANTS[role].needs).filter(([name, level]) => !isGranted(name, level, granted));
  if (lacks.length === 0) return undefined;
  const names = lacks.map(([name, level]) => `${name.replace('_', ' ')}: ${level}`).join(', ');
  const message = `The installation lacks ${names}: grant it to the App, then accept the App's new permissions in the account's settings, under GitHub Apps`;
  return { code: role === 'reader' || role === 'promoter' ? 'promotions-not-granted' : 'not-granted', message };
}

function isGranted(name: string, level: string, granted: Granted | undefined): boolean {
  const given = granted?.[name];
  return granted === undefined || given === level || given === 'admin' || (level === 'read' && given === 'write');
}
