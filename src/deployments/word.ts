/** What an application says in one notification, read once: its event, the operation it speaks of, and that one's commit. */
import type { Why } from '../../schemas/effect.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Instant } from '../words/instant.ts';
import type { AppSha, TagLookup } from './app-sha.ts';
import type { Operation } from './operation.ts';

export type Word = {
  readonly event: NotificationEvent;
  readonly operation: Operation;
  readonly found: AppSha;
  readonly now: Instant;
};

/** What the word teaches, with the tags that Git must be asked for; or why it teaches nothing. */
export type Learned =
  | { readonly known: Known; readonly lookups: readonly TagLookup[] }
  | { readonly ignored: Why; readonly known?: Known };
