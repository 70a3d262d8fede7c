/** A repository's name as GitHub knows it, `owner/repo`; lower case, since GitHub compares names without case. */
import * as z from 'zod';

// An owner may hold `_` where the enterprise manages its users (`octocat_acme`).
export const Owner = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, { error: 'not the name of a GitHub account' });
export const RepositoryName = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, { error: 'not the name of a GitHub repository' });

export const Repository = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,99}\/(?!\.{1,2}$)[a-z0-9._-]{1,100}$/, { error: 'a repository is owner/repo' })
      .brand<'Repository'>(),
  );
export type Repository = z.infer<typeof Repository>;

export function ownerOf(repository: Repository): string {
  return repository.slice(0, repository.indexOf('/'));
}
