/** The set that `hawser init` writes for another organisation, for the judges of the shipped one. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Longer and shorter than the names in their place, and in another order. */
const NAMES = {
  'example-org': ['--org', 'zebra-crossing-works'],
  'example-app': ['--app', 'till'],
  'example.com': ['--domain', 'shops.zebra.co.uk'],
  'example-preview.dev': ['--preview-domain', 'zebra-preview.net'],
} as const;

/** `variables` is what the judges take from their environment. */
export async function elsewhere(
  directory: string,
): Promise<{ readonly variables: Readonly<Record<string, string>>; readonly app: string }> {
  const set = join(directory, 'elsewhere');
  const flags = Object.values(NAMES).flat();
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'hawser.ts'), 'init', set, ...flags]);
  const names = Object.fromEntries(Object.entries(NAMES).map(([shipped, [, name]]) => [shipped, name]));
  return {
    variables: { REFERENCE_SET: set, REFERENCE_NAMES: JSON.stringify(names) },
    app: join(set, NAMES['example-app'][1]),
  };
}
