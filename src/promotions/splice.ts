/** Turns changes into cuts of the text: what they don't name stays as it is, byte for byte. */
import { isNode, type Node, type YAMLMap } from 'yaml';
import { ok, type Result } from '../words/result.ts';
import type { Change } from './change.ts';
import { written } from './quote.ts';
import { type Refusal, refuse, type Source } from './source.ts';

/** `text` stands in the place of what was from `start` to `end`. */
type Cut = { readonly start: number; readonly end: number; readonly text: string };
type Spliced = { readonly text: string; readonly lines: readonly number[] };

export function splice(source: Source, changes: readonly Change[]): Result<Spliced, Refusal> {
  const cuts: Cut[] = [];
  for (const change of changes) {
    const made = cutsFor(source, change);
    if (!made.ok) return made;
    cuts.push(...made.value);
  }
  cuts.sort((one, other) => other.start - one.start);
  const text = cuts.reduce((text, cut) => text.slice(0, cut.start) + cut.text + text.slice(cut.end), source.text);
  const lines = cuts.map(({ start }) => source.lineAt(start)).reverse();
  return ok({ text, lines: [...new Set(lines)] });
}

function cutsFor(source: Source, change: Change): Result<readonly Cut[], Refusal> {
  switch (change.kind) {
    case 'set':
      return valueCut(source, change.scalar, change.value);
    case 'replace': {
      const { key, value } = change.pair;
      if (!isNode(key) || !isNode(value)) return shapeless(source, 0);
      const made = valueCut(source, value, change.value);
      return made.ok ? ok([{ ...rangeOf(key), text: change.key }, ...made.value]) : made;
    }
    case 'remove':
      return removal(source, change);
    case 'add':
      return addition(source, change);
  }
}

function valueCut(source: Source, node: Node, value: string): Result<readonly Cut[], Refusal> {
  const { start, end } = rangeOf(node);
  if (source.text.slice(start, end).includes('\n')) {
    return refuse('several-lines', source.lineAt(start), 'The value goes over several lines.');
  }
  const type = 'type' in node ? node.type : undefined;
  const text = written(value, type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? type : 'PLAIN');
  if (start < end) return ok([{ start, end, text }]);
  // What isn't there stands at the next token, be that a comment.
  const colon = source.text.lastIndexOf(':', start);
  if (source.text.slice(colon + 1, start).trim() !== '') return shapeless(source, start);
  return ok([{ start: colon + 1, end: colon + 1, text: ` ${text}` }]);
}

/** A comment behind the value goes with its line: it spoke of nothing else. */
function removal(source: Source, { map, pair }: Extract<Change, { kind: 'remove' }>): Result<readonly Cut[], Refusal> {
  const { text } = source;
  const index = map.items.indexOf(pair);
  const [before, next] = [map.items[index - 1], map.items[index + 1]];
  const [start, end] = [startOf(pair.key), endOf(pair.value)];
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (map.flow !== true && text.slice(lineStart, start).trim() === '') {
    const lineEnd = text.indexOf('\n', end);
    if (lineEnd >= 0) return ok([{ start: lineStart, end: lineEnd + 1, text: '' }]);
    // The last line of a text that ends without a line break stays the last one without.
    return ok([
      { start: text.charAt(lineStart - 2) === '\r' ? lineStart - 2 : lineStart - 1, end: text.length, text: '' },
    ]);
  }
  const cut =
    next === undefined || (map.flow === true && before !== undefined)
      ? { start: endOf(before?.value), end, text: '' }
      : { start, end: startOf(next.key), text: '' };
  if (text.slice(cut.start, cut.end).includes('#')) {
    return refuse('comment', source.lineAt(start), 'What has to go shares its line with a comment.');
  }
  return ok([cut]);
}

function addition(source: Source, change: Extract<Change, { kind: 'add' }>): Result<readonly Cut[], Refusal> {
  const { text } = source;
  const end = endOf(change.after.value);
  const entry = `${change.key}: ${written(change.value, 'PLAIN')}`;
  if (change.map.flow === true) return ok([{ start: end, end, text: `, ${entry}` }]);

  const lineEnd = text.indexOf('\n', end) >= 0 ? text.indexOf('\n', end) : text.length;
  const at = text.charAt(lineEnd - 1) === '\r' ? lineEnd - 1 : lineEnd;
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  return ok([{ start: at, end: at, text: `${lineBreak}${' '.repeat(columnOf(source, change.map))}${entry}` }]);
}

function columnOf({ text }: Source, { items }: YAMLMap): number {
  const start = startOf(items[0]?.key);
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

function shapeless(source: Source, offset: number): Result<never, Refusal> {
  return refuse('shape', source.lineAt(offset), 'The pin is written in a way that Hawser does not edit.');
}

function rangeOf(node: unknown): { readonly start: number; readonly end: number } {
  const [start = 0, end = 0] = isNode(node) ? (node.range ?? []) : [];
  return { start, end };
}

function startOf(node: unknown): number {
  return rangeOf(node).start;
}

function endOf(node: unknown): number {
  return rangeOf(node).end;
}
