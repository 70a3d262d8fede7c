/** What a header filter of an HTTPRoute makes of headers, as Node has them: name, value, name, value. */
import type { HeaderChanges } from '../../schemas/http-route.ts';

export function changed(raw: readonly string[], changes: HeaderChanges | undefined): string[] {
  if (changes === undefined) return [...raw];
  const { set, add, remove } = changes;
  const gone = new Set([...remove, ...set.map(({ name }) => name)].map((name) => name.toLowerCase()));
  const kept = raw.filter((_, index) => !gone.has((raw[index - (index % 2)] ?? '').toLowerCase()));
  return [...kept, ...[...set, ...add].flatMap(({ name, value }) => [name, value])];
}
