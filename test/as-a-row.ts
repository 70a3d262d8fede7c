/** Knowledge as an isolate keeps it, beside the texts of its rows: each value is what its text says, and no later plan may change it. */
import assert from 'node:assert/strict';

export function requireAsARow(schema: { parse(value: unknown): unknown }, value: object): void {
  if (Object.isFrozen(value)) return;
  const row: unknown = JSON.parse(JSON.stringify(value));
  assert.deepEqual(schema.parse(row), row);
  freeze(value);
}

/** On its way it finds what a text could not say: all else is in the row as it is in the value. */
function freeze(value: object): void {
  if (Object.isFrozen(value)) return;
  if (!Array.isArray(value)) assert.equal(Object.getPrototypeOf(value), Object.prototype);
  Object.freeze(value);
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) freeze(part);
    else if (typeof part === 'number') assert.ok(Number.isFinite(part));
  }
}
