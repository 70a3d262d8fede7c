/** Which instance, and which project within it, may speak for which environment of which repository. */
import { expect, it } from 'vitest';
import type { ConfiguredInstance } from '../../schemas/config.ts';
import { allowed } from '../../src/security/allowed.ts';

const everywhere = instance(['*'], ['*']);
const acme = instance(['acme/*'], ['*']);
const previews = instance(['acme/*'], ['preview*', 'sandbox']);
const teams = {
  ...acme,
  projects: [
    { name: 'team-a', repositories: ['acme/a-*'], environments: ['*'] },
    { name: 'team-b', repositories: ['*'], environments: ['sandbox'] },
    { name: 'team-b', repositories: ['acme/b'], environments: ['production'] },
    { name: 'default', repositories: ['acme/shop'], environments: ['*'] },
  ],
};

it.each([
  [true, 'everything, where everything is given', everywhere, undefined, 'acme/shop', 'production'],
  [true, 'a repository that the pattern covers', acme, undefined, 'acme/shop', 'production'],
  [true, 'a name in other letters', instance(['Acme/Shop'], ['Production']), undefined, 'acme/shop', 'PRODUCTION'],
  [true, 'an environment that a pattern covers', previews, undefined, 'acme/shop', 'preview-12'],
  [true, 'an environment that is named', previews, undefined, 'acme/shop', 'sandbox'],
  [true, 'a star for nothing', instance(['acme/shop*'], ['*']), undefined, 'acme/shop', 'production'],
  [true, 'several stars', instance(['*/s*p*'], ['*']), undefined, 'acme/sheep-api', 'production'],
  [true, 'a pattern that has to look twice', instance(['acme/*-api-*-x'], ['*']), undefined, 'acme/a-api-api-x-x', 'e'],
  [true, 'a project within its own', teams, 'team-a', 'acme/a-shop', 'production'],
  [true, 'a project in either of its two lines', teams, 'team-b', 'acme/b', 'production'],
  [true, 'no project, which is the default one', teams, undefined, 'acme/shop', 'production'],
  [false, 'another owner', acme, undefined, 'evil/shop', 'production'],
  [false, 'an owner that begins alike', acme, undefined, 'acme-evil/shop', 'production'],
  [false, 'an owner that ends alike', acme, undefined, 'evilacme/shop', 'production'],
  [false, 'an environment that is not given', previews, undefined, 'acme/shop', 'production'],
  [false, 'an environment that only contains a given one', previews, undefined, 'acme/shop', 'sandbox-2'],
  [false, 'a dot as any character', instance(['acme/a.b'], ['*']), undefined, 'acme/axb', 'production'],
  [false, 'head and tail that share a letter', instance(['acme/aba*aba'], ['*']), undefined, 'acme/ababa', 'e'],
  [false, "a project outside the instance's own", teams, 'team-b', 'evil/b', 'sandbox'],
  [false, 'a project beyond its repositories', teams, 'team-a', 'acme/b', 'production'],
  [false, 'two lines of a project mixed', teams, 'team-b', 'acme/c', 'production'],
  [false, 'a project that is not named', teams, 'team-c', 'acme/a-shop', 'production'],
  [false, 'the default project beyond its repositories', teams, undefined, 'acme/a-shop', 'production'],
  [false, 'any project, where the list is empty', { ...acme, projects: [] }, 'team-a', 'acme/shop', 'production'],
])('%s: %s', (expected, _, speaker, project, repository, environment) => {
  expect(allowed(speaker, project, { repository, environment })).toBe(expected);
});

it('takes no longer for a pattern made to be slow', () => {
  const speaker = instance([`${'*a'.repeat(100)}b`], ['*']);

  expect(allowed(speaker, undefined, { repository: 'a'.repeat(200), environment: 'e' })).toBe(false);
});

function instance(repositories: string[], environments: string[]): ConfiguredInstance {
  return { name: 'main', repositories, environments, refresh: { mode: 'off' } };
}
