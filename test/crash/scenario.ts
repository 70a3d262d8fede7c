/** A scenario to crash in: what is sent to Hawser's doors, and what GitHub and `/api` must show in the end all the same. */
import type { Step } from '../deployments/story.ts';

export type Scenario = {
  readonly name: string;
  /**
   * In the words of the cases. A step with a second of its own (`at`) comes when everything before it has been done;
   * one without follows at once, whatever is still owed.
   */
  readonly story: readonly Step[];
  /**
   * What GitHub shows in the end, in any order, as `shown-on-github.ts` puts it: `production s1 success shop: healthy`,
   * `comment 7 <its whole text>`.
   */
  readonly github: readonly string[];
  /** It is crashed by SIGKILL alone: the doors that it needs are open there. */
  readonly byKillAlone?: true;
  /** What `/api` lists as unresolved or failed in the end: `shop: <why>`. */
  readonly listed?: readonly string[];
};
