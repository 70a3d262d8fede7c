/** Proves that an edited file says what the old one said, but for what was meant to change. */
import { isAlias, isCollection, isScalar, parseAllDocuments } from 'yaml';
import type { Change } from './change.ts';
import type { Path } from './source.ts';
import { walk } from './walk.ts';

/** By both versions of YAML: who reads the file may go by either. */
export function proves(before: string, after: string, changes: readonly Change[]): boolean {
  return (['1.1', '1.2'] as const).every((version) => {
    const wanted = said(before, version);
    for (const change of changes) apply(wanted, change);
    const got = said(after, version);
    return got.size === wanted.size && [...wanted].every(([path, what]) => got.get(path) === what);
  });
}

/** What stands at each path. Aliases aren't followed: that keeps it as long as the text, whatever they multiply to. */
function said(text: string, version: '1.1' | '1.2'): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [index, document] of [...parseAllDocuments(text, { version, logLevel: 'silent' })].entries()) {
    for (const { code } of document.errors) facts.set(`error ${facts.size}`, code);
    for (const { path, node } of walk(document.contents)) facts.set(nameOf(index, path), factOf(node));
  }
  return facts;
}

function apply(facts: Map<string, string>, change: Change): void {
  const at = nameOf(0, change.path);
  const tag = change.kind === 'set' ? change.scalar.tag : undefined;
  const value = 'value' in change ? textual(change.value, undefined, tag) : '';
  switch (change.kind) {
    case 'set':
    case 'add':
      facts.set(at, value);
      return;
    case 'replace':
      facts.delete(at);
      facts.set(nameOf(0, [...change.path.slice(0, -1), change.key]), value);
      return;
    case 'remove':
      facts.delete(at);
  }
}

function nameOf(document: number, path: Path): string {
  return JSON.stringify([document, ...path]);
}

function factOf(node: unknown): string {
  if (isAlias(node)) return `*${node.source}`;
  if (isScalar(node)) return textual(node.value, node.anchor, node.tag);
  return isCollection(node) ? `${node.constructor.name} &${node.anchor} !${node.tag}` : 'nothing';
}

/** A tag that was only guessed from the text differs with it; one that is written stands there still. */
function textual(value: unknown, anchor?: string, tag?: string): string {
  return `${typeof value} ${String(value)} &${anchor} !${tag}`;
}
