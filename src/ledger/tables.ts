/**
 * The tables of a ledger; `docs/storage.md` says what each column is for. A new version is a new entry at the end. Whoever
 * writes a row names its columns: the version before this one goes on writing after a rollback, with a column too many.
 */

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE deliveries (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX deliveries_at ON deliveries (at);

   CREATE TABLE applications (
     key TEXT PRIMARY KEY, rollout TEXT, waiting INTEGER NOT NULL, troubled INTEGER NOT NULL, due_at INTEGER,
     touched_at INTEGER NOT NULL, body TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX applications_rollout ON applications (rollout);
   CREATE INDEX applications_due ON applications (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX applications_troubled ON applications (troubled) WHERE troubled = 1;
   CREATE INDEX applications_waiting ON applications (waiting) WHERE waiting = 1;

   CREATE TABLE rollouts (
     key TEXT PRIMARY KEY, slot TEXT NOT NULL, sha TEXT NOT NULL, start INTEGER NOT NULL, ended TEXT,
     touched_at INTEGER NOT NULL, body TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX rollouts_open ON rollouts (slot) WHERE ended IS NULL;
   CREATE INDEX rollouts_start ON rollouts (slot, start);
   CREATE INDEX rollouts_sha ON rollouts (slot, sha, start);
   CREATE INDEX rollouts_ended ON rollouts (touched_at) WHERE ended IS NOT NULL;

   CREATE TABLE slots (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

   CREATE TABLE tags (
     image TEXT NOT NULL, reference TEXT NOT NULL, sha TEXT, asked_at TEXT NOT NULL, touched_at INTEGER NOT NULL,
     PRIMARY KEY (image, reference)
   ) WITHOUT ROWID;

   CREATE TABLE effects (
     id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, class INTEGER NOT NULL, effect TEXT NOT NULL,
     dead INTEGER NOT NULL DEFAULT 0, begun INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
     owed_at INTEGER NOT NULL, tried_at INTEGER, due_at INTEGER NOT NULL, reason TEXT
   );
   CREATE INDEX effects_lane ON effects (lane, id);
   CREATE INDEX effects_due ON effects (due_at) WHERE dead = 0;`,

  `CREATE TABLE counts (
     subject TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, number INTEGER NOT NULL,
     PRIMARY KEY (subject, kind, outcome)
   ) WITHOUT ROWID;
   CREATE INDEX effects_dead ON effects (id) WHERE dead = 1;`,

  `ALTER TABLE applications ADD COLUMN pr INTEGER;
   CREATE INDEX applications_pr ON applications (pr) WHERE pr IS NOT NULL;
   ALTER TABLE slots ADD COLUMN pr INTEGER;
   CREATE INDEX slots_pr ON slots (pr) WHERE pr IS NOT NULL;

   CREATE TABLE previews (
     number INTEGER PRIMARY KEY, slug TEXT NOT NULL, live INTEGER NOT NULL, untrusted INTEGER NOT NULL,
     doomed INTEGER NOT NULL, due_at INTEGER, touched_at INTEGER NOT NULL, body TEXT NOT NULL
   );
   CREATE INDEX previews_live ON previews (slug) WHERE live = 1;
   CREATE INDEX previews_untrusted ON previews (untrusted) WHERE untrusted = 1;
   CREATE INDEX previews_doomed ON previews (doomed) WHERE doomed = 1;
   CREATE INDEX previews_due ON previews (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX previews_over ON previews (touched_at) WHERE live = 0;`,

  `ALTER TABLE slots ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0`,

  `CREATE TABLE desk (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL);

   CREATE TABLE promotions (
     key TEXT PRIMARY KEY, branch TEXT NOT NULL, number INTEGER, head TEXT, held INTEGER NOT NULL, due_at INTEGER,
     touched_at INTEGER NOT NULL, body TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX promotions_branch ON promotions (branch);
   CREATE INDEX promotions_number ON promotions (number) WHERE number IS NOT NULL;
   CREATE INDEX promotions_head ON promotions (head) WHERE head IS NOT NULL;
   CREATE INDEX promotions_due ON promotions (due_at) WHERE due_at IS NOT NULL;`,
];

export function migrate(storage: DurableObjectStorage): void {
  storage.sql.exec('CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID');
  storage.transactionSync(() => {
    const version = Number(readMeta(storage, 'version') ?? 0);
    for (const statements of MIGRATIONS.slice(version)) storage.sql.exec(statements);
    if (version < MIGRATIONS.length) writeMeta(storage, 'version', String(MIGRATIONS.length));
  });
}

export function readMeta(storage: DurableObjectStorage, key: string): string | undefined {
  return storage.sql.exec<{ value: string }>('SELECT value FROM meta WHERE key = ?', key).toArray()[0]?.value;
}

export function writeMeta(storage: DurableObjectStorage, key: string, value: string): void {
  const insert = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
  storage.sql.exec(insert, key, value);
}
