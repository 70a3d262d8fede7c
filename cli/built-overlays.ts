/** The reference set's overlays as kustomize builds them, by the version of it that Argo CD ships: `go tool` in conformance/. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const OVERLAYS = ['production', 'sandbox', 'preview'].map((name) => ({
  file: `local/mesh/built/${name}.yaml`,
  overlay: `gitops/example-app-deployment/overlays/${name}`,
}));

/** Undefined: there is no Go that could be asked. */
export function builtOverlay(overlay: string): string | undefined {
  const root = join(import.meta.dirname, '..');
  const command = ['tool', 'sigs.k8s.io/kustomize/kustomize/v5', 'build', join(root, overlay)];
  try {
    return execFileSync('go', command, {
      cwd: join(root, 'conformance'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
