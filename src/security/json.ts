/** JSON from outside, as a value that is safe to walk: UTF-8 alone, and not nested deeper than any honest sender would. */
import { failed, ok, type Result } from '../words/result.ts';

export type JsonFault = 'not UTF-8' | 'not JSON' | 'too deep';

// Helm values lie deepest in an Application, some 20 levels. Comparing, hashing and handing over recurse: they need a bound.
const DEEPEST = 100;

export function parseJson(bytes: Uint8Array): Result<unknown, JsonFault> {
  const text = decoded(bytes);
  if (text === undefined) return failed('not UTF-8');
  const value = parsed(text);
  if (!value.ok) return value;
  return nestsDeeper(value.value, DEEPEST) ? failed('too deep') : value;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): Result<unknown, 'not JSON'> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return failed('not JSON');
  }
}

/** Level by level, since recursion is what deep nesting breaks. */
function nestsDeeper(value: unknown, most: number): boolean {
  let level = nests(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((nest) => Object.values(nest).filter(nests));
  }
  return false;
}

function nests(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
