/** What an event of GitHub's is to the bridge, once it is understood. */
import type { DoorEvent } from '../schemas/event.ts';
import type { InstallationChange } from '../schemas/installation.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

/** Where it belongs is told with a refusal too: the log has to say what was refused. */
export type Understood =
  | { readonly kind: 'refused'; readonly answer: Answer; readonly repository?: Repository }
  | { readonly kind: 'event'; readonly repository: Repository; readonly event: DoorEvent }
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

/** What is no business of the bridge's, and why. */
export function ignored(why: string, repository?: Repository): Understood {
  const answer = { kind: 'ignored', why } as const;
  return { kind: 'refused', answer, ...(repository === undefined ? {} : { repository }) };
}
