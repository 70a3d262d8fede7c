/** What GitHub tells of the App's installations: which accounts and repositories it loses, and gets back. */
import * as z from 'zod';
import type { Repository } from '../src/words/repository.ts';

/** Why nothing can be written to an account, or to a repository. */
export const ClosingCode = z.enum([
  'app-uninstalled',
  'app-suspended',
  'repository-removed',
  'repository-deleted',
  'repository-archived',
  'repository-transferred',
  'repository-renamed',
]);
export type ClosingCode = z.infer<typeof ClosingCode>;

/** `repositories`: null means the whole account. */
export type InstallationChange =
  | { readonly kind: 'close'; readonly code: ClosingCode; readonly repositories: readonly Repository[] | null }
  | {
      readonly kind: 'open';
      readonly repositories: readonly Repository[] | null;
      /** A new installation: which repositories the former one had lost does not matter any more. */
      readonly isNew?: true;
    };
