/** What an event of GitHub's is to the bridge, once it is understood. */
import type { DoorEvent } from '../schemas/event.ts';
import type { InstallationChange } from '../schemas/installation.ts';
import type { DeploymentRepository } from '../src/words/deployment-repository.ts';
import type { Instant } from '../src/words/instant.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

/** Where it belongs is told with a refusal too: the log has to say what was refused. */
export type Understood =
  | { readonly kind: 'refused'; readonly answer: Answer; readonly repository?: Repository }
  | {
      readonly kind: 'event';
      readonly repository: Repository;
      readonly event: DoorEvent;
      /** No ledger is made for it. */
      readonly onlyKnown?: true;
    }
  /** It is about the App on an account, and not about what a ledger keeps. */
  | {
      readonly kind: 'installation';
      readonly owner: string;
      readonly change: InstallationChange;
      readonly id: string;
      readonly repository?: Repository;
    }
  | {
      readonly kind: 'renamed';
      readonly repository: Repository;
      readonly to: Repository;
      readonly id: string;
      readonly number: number;
    };

/** What an event is understood by, beside its own words. */
export type Around = {
  readonly now: Instant;
  readonly appId: string;
  readonly deploymentOf: (source: Repository) => DeploymentRepository | undefined;
  /** Whether Image Updaters are to be told of new images. */
  readonly hasUpdaters: boolean;
};

/** What is no business of the bridge's, and why. */
export function ignored(why: string, repository?: Repository): Understood {
  const answer = { kind: 'ignored', why } as const;
  return { kind: 'refused', answer, ...(repository === undefined ? {} : { repository }) };
}
