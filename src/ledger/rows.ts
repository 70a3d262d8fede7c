/** Rows whose `body` holds a value as JSON: parsed when they leave SQLite. */
import type { Bodies } from './bodies.ts';

/** Any number of values in one bound parameter, as `list` makes it: in a Durable Object SQLite takes at most 100 of these. */
export const LIST = '(SELECT value FROM json_each(?))';

export function list(values: readonly (string | number)[]): string {
  return JSON.stringify(values);
}

export function parsed<Value>(
  sql: SqlStorage,
  bodies: Bodies<Value>,
  query: string,
  ...bindings: SqlStorageValue[]
): Value[] {
  return sql
    .exec<{ body: string }>(query, ...bindings)
    .toArray()
    .map((row) => bodies.read(row.body));
}
