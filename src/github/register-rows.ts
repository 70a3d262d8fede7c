/** What an installation's rows look like in SQLite, and as values. */
import * as z from 'zod';
import { WriteClass } from '../../schemas/effect.ts';
import { Instant } from '../words/instant.ts';
import { Repository } from '../words/repository.ts';

/** One entry a version, never changed once released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE account (
     one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT, installation INTEGER, used_until INTEGER NOT NULL,
     paused_until INTEGER, pause_code TEXT, pause_message TEXT);
   INSERT INTO account (one, used_until) VALUES (1, 0);
   CREATE TABLE ledger (name TEXT PRIMARY KEY, due_at INTEGER, served_at INTEGER) WITHOUT ROWID;
   CREATE TABLE waiting (
     ledger TEXT PRIMARY KEY, class INTEGER NOT NULL, since INTEGER NOT NULL, called_at INTEGER) WITHOUT ROWID;
   CREATE TABLE flight (id INTEGER PRIMARY KEY, ledger TEXT NOT NULL, begun_at INTEGER NOT NULL);`,
  `ALTER TABLE ledger ADD COLUMN trouble_code TEXT;
   ALTER TABLE ledger ADD COLUMN trouble_message TEXT;
   ALTER TABLE ledger ADD COLUMN trouble_at INTEGER;`,
  'CREATE TABLE tally (ledger TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID',
  `ALTER TABLE account ADD COLUMN content_used_until INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE ledger ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE ledger ADD COLUMN doomed INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE ledger ADD COLUMN swept_at INTEGER;`,
  `ALTER TABLE ledger ADD COLUMN unanswered INTEGER;
   ALTER TABLE account ADD COLUMN probe_at INTEGER;`,
  `CREATE TABLE closed (
     name TEXT PRIMARY KEY, code TEXT NOT NULL, since INTEGER NOT NULL, check_at INTEGER NOT NULL) WITHOUT ROWID`,
  `ALTER TABLE account ADD COLUMN swept_at INTEGER;
   ALTER TABLE account ADD COLUMN sweep_decided INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE account ADD COLUMN held_live INTEGER;
   ALTER TABLE account ADD COLUMN held_doomed INTEGER;`,
  `ALTER TABLE waiting ADD COLUMN served_at INTEGER;
   CREATE INDEX waiting_turn ON waiting (class, served_at, since, ledger);
   CREATE INDEX waiting_called ON waiting (called_at) WHERE called_at IS NOT NULL;`,
  'ALTER TABLE account ADD COLUMN no_administration_at INTEGER',
];

export const Account = z.object({
  owner: z.string().nullable(),
  installation: z.number().nullable(),
  used_until: Instant,
  content_used_until: Instant,
  paused_until: Instant.nullable(),
  pause_code: z.string().nullable(),
  pause_message: z.string().nullable(),
  probe_at: Instant.nullable(),
  no_administration_at: Instant.nullable(),
});
export type Account = z.infer<typeof Account>;

/** A round of sweeps: when it began, whether it was decided, and what was held back in the end. */
export const Round = z.object({
  swept_at: Instant.nullable(),
  sweep_decided: z.number(),
  held_live: z.number().nullable(),
  held_doomed: z.number().nullable(),
});
export type Round = z.infer<typeof Round>;

export const Registered = z
  .object({ name: Repository, due_at: Instant.nullable(), live: z.number(), doomed: z.number() })
  .transform(({ name, due_at, live, doomed }) => ({ ledger: name, dueAt: due_at, previews: { live, doomed } }));
export type Registered = z.infer<typeof Registered>;

export const Waiting = z
  .object({
    ledger: Repository,
    class: WriteClass,
    since: Instant,
    served_at: Instant.nullable(),
    called_at: Instant.nullable(),
  })
  .transform(({ served_at, called_at, ...rest }) => ({ ...rest, servedAt: served_at, calledAt: called_at }));
export type Waiting = z.infer<typeof Waiting>;

export const Trouble = z
  .object({ name: Repository, trouble_code: z.string(), trouble_message: z.string() })
  .transform(({ name, trouble_code: code, trouble_message: message }) => ({ ledger: name, code, message }));
export type Trouble = z.infer<typeof Trouble>;

export const Moment = z.object({ at: Instant.nullable() });

export const Named = z.object({ name: Repository });
export const Approved = Named.extend({ doomed: z.number() });
