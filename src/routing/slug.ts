/** Argo CD's `branch_slug`: how a branch is named where only a DNS label will do. */

/** argo-cd `applicationset/generators/pull_request.go` sets the limit. */
const LONGEST = 50;

/** Always an RFC 1123 label of at most 50 characters, or empty. */
export function slugOf(branch: string): string {
  const label = branch
    .trim()
    .replaceAll('_', '-')
    .replaceAll('&', 'and')
    .replaceAll('@', 'at')
    .replace(/["'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-+|-+$/g, '');
  if (label.length <= LONGEST) return label;
  const dash = label.lastIndexOf('-', LONGEST);
  return label.slice(0, dash > 0 ? dash : LONGEST);
}
