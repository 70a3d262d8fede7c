/** What GitHub answers about a deployment repository, as far as promotions are decided by it. */
import type { Instant } from '../src/words/instant.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Sha } from '../src/words/sha.ts';
import type { Proposal } from './proposal.ts';

/** The default branch at one commit. */
export type Base = {
  readonly branch: string;
  readonly sha: Sha;
  readonly tree: Sha;
  /** When it was asked for: of two answers the one that was asked for later counts. */
  readonly at: Instant;
  /** The text of `.github/image-promotion.yml`, and of the same file in the owner's repository `.github`; null: none. */
  readonly rules: string | null;
  readonly organisation: string | null;
  /** Every file that a target of the rules names and that is there; without targets, every `overlays/<environment>/kustomization.yaml`. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
};

/** A YAML file that a branch changes. `before` null: the branch adds it. What it removes is left out. */
export type ChangedFile = { readonly path: string; readonly before: string | null; readonly after: string };

export type SourceFacts = {
  readonly repository: Repository;
  readonly sha: Sha;
  /** The source commit of what is pinned now, where that is known. */
  readonly present: Sha | null;
  /** How `sha` stands to `present`. */
  readonly order: Proposal['facts']['order'];
  /** Null: GitHub could not tell, or does not let the App look. */
  readonly onDefaultBranch: boolean | null;
};

/** A pull request at the moment before it may be merged. */
export type Gates = {
  readonly number: number;
  /** The effect's: what happened since is not in it. */
  readonly at: Instant;
  readonly head: Sha;
  readonly open: boolean;
  readonly merged: boolean;
  /** The branch that it is to be merged into. */
  readonly into: string;
  /** Its auto-merge is on, or it stands in the merge queue; null: neither as far as was asked. */
  readonly armed: boolean | null;
  /** Whether a robot has closed or merged it; false while it is open. */
  readonly byRobot: boolean;
  readonly labels: readonly string[];
  /** Conclusions on `head`, of check runs and of statuses, by name: the newest of each. */
  readonly checks: Proposal['facts']['checks'];
  /** On `head` alone. */
  readonly approvals: Proposal['facts']['approvals'];
  /** The rules as they are now on the target branch. */
  readonly rules: string | null;
  readonly organisation: string | null;
};
