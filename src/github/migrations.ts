/** Brings the tables of an object to the newest version: what it lacks is applied, in the caller's transaction. */
import * as z from 'zod';

export function applyMigrations(sql: SqlStorage, migrations: readonly string[]): void {
  sql.exec('CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)');
  const [row] = sql.exec('SELECT number FROM version').toArray();
  const version = row === undefined ? 0 : z.number().parse(row['number']);
  for (const migration of migrations.slice(version)) sql.exec(migration);
  // A later version was here before a rollback: its migrations are not to be applied again when it comes back.
  if (version >= migrations.length) return;
  sql.exec('DELETE FROM version');
  sql.exec('INSERT INTO version (number) VALUES (?)', migrations.length);
}
