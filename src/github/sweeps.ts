/**
 * Leads the sweeps of an account, in rounds of an hour: which ledgers look at their pull requests now, and, once all have
 * told what they found, whether that may be removed or is too much to be true.
 */
import * as z from 'zod';
import type { PreviewCount } from '../../schemas/ledger.ts';
import { type Instant, later } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { Approved, Named, Round } from './register-rows.ts';

const HOUR = 3_600_000;
/** A repository without previews may have got one while Hawser was away: it is looked at once a day. */
const RARELY = 23 * HOUR;
/** A burst of calls that GitHub takes; with a tick every 5 minutes, 1,200 repositories an hour. */
const MOST_LOOKING = 100;
const MOST_REMOVING = 500;
/** From a look to the telling of what it found: a few calls, and the minute in which ledgers tell. Ticks may overlap. */
const TELLING = 3 * 60_000;
/** More than so many at once, and more than this part of all: then rather the look is wrong than so many previews over. */
const FEW = 5;
const PART = 0.3;

export type SweepStep =
  | { readonly kind: 'look'; readonly ledgers: readonly Repository[] }
  /** Ledger to how many it may remove: so many it has told of. */
  | { readonly kind: 'remove'; readonly ledgers: ReadonlyMap<Repository, number> }
  | ({ readonly kind: 'hold' } & PreviewCount)
  | { readonly kind: 'rest' };

export type Cleanup = PreviewCount & {
  /** What was found, and was not removed, since it is too much at once; null: nothing is held back. */
  readonly held: PreviewCount | null;
};

/** What it found, it found in this round. */
const NOW = 'ledger.swept_at >= (SELECT swept_at FROM account)';

function isTooMuch({ live, doomed }: PreviewCount): boolean {
  return doomed > FEW && doomed > live * PART;
}

export class Sweeps {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  tell(ledger: Repository, { live, doomed }: PreviewCount): void {
    const changed = 'UPDATE ledger SET live = ?1, doomed = ?2 WHERE name = ?3 AND (live IS NOT ?1 OR doomed IS NOT ?2)';
    this.#sql.exec(changed, live, doomed, ledger);
  }

  /** What this tick does; it is noted as done. */
  next(now: Instant): SweepStep {
    const round = this.#round(now);
    if (round.decided) return { kind: 'rest' };
    const ledgers = this.#looking(round.begunAt, now);
    if (ledgers.length > 0) return { kind: 'look', ledgers };
    return this.#looked(later(now, -TELLING)) ? { kind: 'rest' } : this.#decide();
  }

  state(): Cleanup {
    const { held_live: live, held_doomed: doomed } = this.#account();
    return { ...this.#sums(), held: live === null || doomed === null ? null : { live, doomed } };
  }

  /** In a large account a round lasts longer than an hour; one in which nobody has looked for so long is looked anew. */
  #round(now: Instant): { readonly begunAt: Instant; readonly decided: boolean } {
    const { swept_at: begunAt, sweep_decided: decided } = this.#account();
    const isLooking = decided === 0 && this.#looked(later(now, -HOUR));
    if (begunAt !== null && (isLooking || now < later(begunAt, HOUR))) return { begunAt, decided: decided === 1 };
    this.#sql.exec('UPDATE account SET swept_at = ?, sweep_decided = 0', now);
    return { begunAt: now, decided: false };
  }

  /** What they told before no longer counts: who can't be reached, or gets no answer from GitHub, has found nothing. */
  #looking(begunAt: Instant, now: Instant): readonly Repository[] {
    return this.#named(
      `UPDATE ledger SET swept_at = ?, doomed = 0 WHERE name IN
       (SELECT name FROM ledger WHERE (swept_at IS NULL OR swept_at < iif(live > 0, ?, ?))
        AND NOT EXISTS (SELECT 1 FROM closed WHERE closed.name IN (ledger.name, '')) ORDER BY swept_at LIMIT ?)
       RETURNING name`,
      now,
      begunAt,
      later(begunAt, -RARELY),
      MOST_LOOKING,
    );
  }

  /** Whether somebody has been called to look since. */
  #looked(since: Instant): boolean {
    return this.#named('SELECT name FROM ledger WHERE swept_at > ? LIMIT 1', since).length > 0;
  }

  #decide(): SweepStep {
    const found = this.#sums();
    const held = isTooMuch(found);
    this.#sql.exec(
      'UPDATE account SET sweep_decided = 1, held_live = ?, held_doomed = ?',
      held ? found.live : null,
      held ? found.doomed : null,
    );
    if (held) return { kind: 'hold', ...found };
    const query = `SELECT name, doomed FROM ledger WHERE doomed > 0 AND ${NOW} LIMIT ?`;
    const rows = z.array(Approved).parse(this.#sql.exec(query, MOST_REMOVING).toArray());
    if (rows.length === 0) return { kind: 'rest' };
    return { kind: 'remove', ledgers: new Map(rows.map(({ name, doomed }) => [name, doomed])) };
  }

  #sums(): PreviewCount {
    const sums = `SELECT coalesce(sum(live), 0) AS live, coalesce(sum(doomed) FILTER (WHERE ${NOW}), 0) AS doomed FROM ledger`;
    return this.#sql.exec<{ live: number; doomed: number }>(sums).one();
  }

  #account(): Round {
    return Round.parse(this.#sql.exec('SELECT swept_at, sweep_decided, held_live, held_doomed FROM account').one());
  }

  #named(query: string, ...values: readonly number[]): readonly Repository[] {
    const rows = z.array(Named).parse(this.#sql.exec(query, ...values).toArray());
    return rows.map(({ name }) => name);
  }
}
