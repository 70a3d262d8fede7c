/** A TOML file as a value, and on which line each of its keys stands. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { dottedPath } from '../../src/words/dotted-path.ts';

export type Located = { readonly value: unknown; readonly lineOf: (path: readonly PropertyKey[]) => number };
export type Unparsed = { readonly line: number; readonly message: string };

export function located(text: string): Located | Unparsed {
  const parsed = parse(text);
  if (parsed instanceof ParseError) return { line: parsed.lineNumber, message: parsed.message };
  const lines = linesIn(parsed);
  return { value: getStaticTOMLValue(parsed), lineOf: (path) => lineOf(path, lines) };
}

function parse(text: string): AST.TOMLProgram | ParseError {
  try {
    return parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function linesIn({ body: [top] }: AST.TOMLProgram): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const node of top.body) note(node, [], lines);
  return lines;
}

/** Where the key stands; for one that is missing, where what lacks it begins. */
function lineOf(path: readonly PropertyKey[], lines: ReadonlyMap<string, number>): number {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(dottedPath(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

function note(node: AST.TOMLNode, above: readonly PropertyKey[], lines: Map<string, number>): void {
  const at = (path: readonly PropertyKey[]) => lines.set(dottedPath(path), node.loc.start.line);
  switch (node.type) {
    case 'TOMLTable':
      // `[vars.ROUTER]` is where `vars` begins as well.
      for (let length = 1; length < node.resolvedKey.length; length += 1) {
        const begun = dottedPath(node.resolvedKey.slice(0, length));
        if (!lines.has(begun)) lines.set(begun, node.loc.start.line);
      }
      at(node.resolvedKey);
      for (const each of node.body) note(each, node.resolvedKey, lines);
      break;
    case 'TOMLKeyValue': {
      const path = [...above, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))];
      at(path);
      note(node.value, path, lines);
      break;
    }
    case 'TOMLInlineTable':
      for (const each of node.body) note(each, above, lines);
      break;
    case 'TOMLArray':
      for (const [index, element] of node.elements.entries()) {
        lines.set(dottedPath([...above, index]), element.loc.start.line);
        note(element, [...above, index], lines);
      }
      break;
    default:
  }
}
