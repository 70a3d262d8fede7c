/** Reads a file of YAML as text and tree, or says why it can't be edited: where, by which name, and in words. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import { failed, ok, type Result } from '../words/result.ts';

export type Refusal = { readonly reason: RefusedFor; readonly line: number; readonly words: string };
type RefusedFor =
  | 'too-large'
  | 'not-yaml'
  | 'tab'
  | 'template'
  | 'duplicate-key'
  | 'several-documents'
  | 'anchor'
  | 'alias'
  | 'merge-key'
  | 'tagged'
  | 'several-lines'
  | 'comment'
  | 'shape'
  | 'not-pinned'
  | 'pins-differ'
  | 'overruled'
  | 'other-image'
  | 'pattern'
  | 'no-key'
  | 'unproven';

export type Source = {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lineAt: (offset: number) => number;
};
export type Path = readonly (string | number)[];

/** The tree is made five times: what is larger would keep the ledger from its other work for seconds. */
const MOST = 262_144;

export function readSource(text: string): Result<Source, Refusal> {
  if (text.length > MOST) return refuse('too-large', 1, 'The file is larger than 256 KiB.');
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });

  const all = [...parsed];
  const [error] = all.flatMap(({ errors }) => errors);
  if (error !== undefined) return broken(text, error, lineAt);
  // `---` at the end opens a document as well, one with nothing in it.
  const [document, another] = all.filter(
    ({ contents }) => contents !== null && (!isScalar(contents) || contents.value !== null),
  );
  if (document === undefined) return refuse('not-pinned', 1, 'The file is empty.');
  if (another !== undefined) {
    return refuse('several-documents', lineAt(another.range[0]), 'The file holds several YAML documents.');
  }
  return ok({ text, document, lineAt });
}

export function refuse(reason: RefusedFor, line: number, words: string): { ok: false; failure: Refusal } {
  return failed({ reason, line, words });
}

function broken(text: string, error: YAMLError, lineAt: Source['lineAt']): Result<Source, Refusal> {
  const line = lineAt(error.pos[0]);
  const template = text.indexOf('{{');
  if (template >= 0) return refuse('template', lineAt(template), 'The file is a template, not YAML.');
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return refuse('tab', line, 'The line is indented with a tab, which YAML forbids.');
    case 'DUPLICATE_KEY':
      return refuse('duplicate-key', line, 'The key stands here a second time: who reads it decides which one counts.');
    case 'RESOURCE_EXHAUSTION':
      return refuse('not-yaml', line, 'The file is nested too deeply.');
    default:
      return refuse('not-yaml', line, `The file is not YAML: ${error.message}.`);
  }
}

/** What else shares a node on the way to a pin would change with it, and what comes by `<<` doesn't stand here at all. */
export function refuseShared(source: Source, path: Path): { ok: false; failure: Refusal } | undefined {
  let node: unknown = source.document.contents;
  for (const step of [...path, undefined]) {
    const refused = refuseSharedNode(source, node, step);
    if (refused !== undefined) return refused;
    if (step !== undefined) node = childOf(node, step);
  }
  return undefined;
}

function refuseSharedNode(source: Source, node: unknown, step: string | number | undefined) {
  const line = lineOf(source, node);
  if (isAlias(node)) return refuse('alias', line, `The pin is the alias *${node.source}: its value stands elsewhere.`);
  if (!isScalar(node) && !isCollection(node)) return undefined;
  if (node.anchor !== undefined) {
    return refuse('anchor', line, `The pin lies under the anchor &${node.anchor}: what refers to it would change too.`);
  }
  if (node.tag !== undefined && !/^tag:yaml\.org,2002:(map|seq|str)$/.test(node.tag)) {
    return refuse('tagged', line, `The pin lies under the YAML tag ${node.tag}.`);
  }
  const merge = step === undefined ? undefined : pairOf(node, '<<');
  if (merge !== undefined) return refuse('merge-key', lineOf(source, merge.key), 'The pin may come in by this <<.');
  return undefined;
}

/** What a scalar says, or the one that an alias stands for. */
export function wordAt({ document }: Source, node: unknown): string | undefined {
  const scalar = isAlias(node) ? node.resolve(document) : node;
  return isScalar(scalar) && typeof scalar.value === 'string' ? scalar.value : undefined;
}

export function nodeAt({ document }: Source, path: Path): unknown {
  return path.reduce(childOf, document.contents);
}

export function childOf(parent: unknown, step: string | number): unknown {
  return isSeq(parent) ? parent.items[Number(step)] : pairOf(parent, String(step))?.value;
}

export function pairOf(parent: unknown, key: string): Pair | undefined {
  if (!isMap(parent)) return undefined;
  return parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

export function lineOf({ lineAt }: Source, node: unknown): number {
  return lineAt(isNode(node) ? (node.range?.[0] ?? 0) : 0);
}
