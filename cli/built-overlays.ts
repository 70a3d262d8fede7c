/** The reference set's overlays as kustomize builds them, by the version of it that Argo CD ships: `go tool` in conformance/. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Overlay = {
  readonly file: string;
  readonly overlay: string;
  /** The line of its kustomization that is written otherwise. */
  readonly instead?: readonly [string, string];
};

export const OVERLAYS: readonly Overlay[] = [
  { file: 'local/mesh/built/production.yaml', overlay: 'production' },
  { file: 'local/mesh/built/sandbox.yaml', overlay: 'sandbox' },
  { file: 'local/mesh/built/preview.yaml', overlay: 'preview' },
  {
    file: 'local/mesh/built/preview-exact.yaml',
    overlay: 'preview',
    instead: ['  - ../../components/routes-preview\n', '  - ../../components/routes-preview-exact\n'],
  },
];

const ROOT = join(import.meta.dirname, '..');

/** Undefined: there is no Go that could be asked. */
export function builtOverlay({ overlay, instead }: Overlay): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-overlay-'));
  try {
    cpSync(join(ROOT, 'gitops/example-app-deployment'), directory, { recursive: true });
    if (instead !== undefined) edit(join(directory, 'overlays', overlay, 'kustomization.yaml'), ...instead);
    return kustomize(join(directory, 'overlays', overlay));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function edit(file: string, old: string, text: string): void {
  const before = readFileSync(file, 'utf8');
  if (!before.includes(old)) throw new Error(`${file} has no line ${old.trim()}`);
  writeFileSync(file, before.replace(old, text));
}

function kustomize(folder: string): string | undefined {
  try {
    return execFileSync('go', ['tool', 'sigs.k8s.io/kustomize/kustomize/v5', 'build', folder], {
      cwd: join(ROOT, 'conformance'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
