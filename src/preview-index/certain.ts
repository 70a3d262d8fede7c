/**
 * Decides whether the index knows all that a name leads to. It is told of previews, and never of all that there are: one
 * that is new, was lost, or was not in use for a while knows less than there is, and can't tell by its rows.
 */
import type { PreviewEntry } from '../../schemas/preview-entry.ts';
import { type Instant, later } from '../words/instant.ts';

const HOUR = 3_600_000;
/** The cron wakes it every few minutes. Where it has not, previews may have come and gone in another zone's index. */
const UNATTENDED = HOUR;
/** Until then each ledger has looked at its pull requests, and what it owed is told or given up. */
const ROUND = 26 * HOUR;
/** What is there is told again by each hourly look: nobody looks any more, and nobody would tell of its end either. */
const SILENCE = 72 * HOUR;

/** Since when it has been woken without a break, and when the last time. */
export type Kept = { readonly since: Instant; readonly wokenAt: Instant };
/** What a name leads to, and when its ledger told it last. */
export type Heard = { readonly entry: PreviewEntry; readonly heardAt: Instant };

export function isCertain(found: readonly Heard[], kept: Kept | undefined, now: Instant): boolean {
  if (kept === undefined || isUnattended(kept, now)) return false;
  if (found.length === 0) return later(kept.since, ROUND) <= now;
  return found.every(
    ({ entry, heardAt }) => heardAt >= kept.since && (entry.state === 'gone' || now < later(heardAt, SILENCE)),
  );
}

export function isUnattended({ wokenAt }: Kept, now: Instant): boolean {
  return later(wokenAt, UNATTENDED) <= now;
}
