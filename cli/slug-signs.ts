/**
 * What Argo CD's slug makes of each character, as a source file: asked of the Go library itself, by the program in
 * `conformance/signs`. Where there is no Go, the digest in the file still tells an edit by hand.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LACKING } from '../src/routing/lacking.ts';

/** Undefined: there is no Go that could be asked. */
export function askedSigns(): string | undefined {
  try {
    const cwd = join(import.meta.dirname, '../conformance');
    const lines = execFileSync('go', ['run', './signs'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return sourceOf(lines.trimEnd().split('\n').filter(isKept).join(';'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function isUntouched(source: string): boolean {
  const signs = /'(.*)'/.exec(source)?.[1];
  return signs !== undefined && source === sourceOf(signs);
}

function isKept(line: string): boolean {
  const block = Number.parseInt(line.slice(0, 2), 16);
  return !LACKING.some(([first, last]) => first <= block && block <= last);
}

function sourceOf(signs: string): string {
  return `/**
 * What Argo CD's \`branch_slug\` makes of each character, by its first two hexadecimal digits. Made by \`npm run generate\`
 * (cli/slug-signs.ts) with github.com/gosimple/slug, whose texts are those of github.com/gosimple/unidecode: Copyright 2014
 * Rainy Cape S.L., Apache License 2.0; lowercased, and anything but letters, digits and _ as a dash.
 * SHA-256 ${createHash('sha256').update(signs).digest('hex')}
 */
// biome-ignore format: one line
export const SIGNS = '${signs}';
`;
}
