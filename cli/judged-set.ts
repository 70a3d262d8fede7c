/**
 * Which reference set is judged: the shipped one or, by `REFERENCE_SET` and `REFERENCE_NAMES`, one that `init` has written. The same
 * for Go stands in `conformance/reference/set_test.go`.
 */
import { join } from 'node:path';
import * as z from 'zod';

export const SET = process.env['REFERENCE_SET'] || join(import.meta.dirname, '../gitops');

const names = new Map(
  Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(process.env['REFERENCE_NAMES'] || '{}'))),
);
// The longest first: one may be a part of another.
const shipped = [...names.keys()].toSorted((one, other) => other.length - one.length);

/** What a text that speaks of the shipped set says of this one. */
export function here(text: string): string {
  if (shipped.length === 0) return text;
  const pattern = new RegExp(shipped.map((name) => name.replaceAll('.', '\\.')).join('|'), 'g');
  return text.replace(pattern, (name) => names.get(name) ?? name);
}

/** A file of a repository of the set, as the shipped one names it. */
export function fileOf(path: string): string {
  return join(SET, here(path));
}
