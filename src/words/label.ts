/** RFC 1123 labels, of which a host is made, and how long the parts of a preview's may be: `SLUG--APP` is one label. */

export const LONGEST_LABEL = 63;
/** argo-cd `applicationset/generators/pull_request.go` cuts `branch_slug` there. */
export const LONGEST_SLUG = 50;
/** With the longest slug and two dashes before it, it is a label still. */
export const LONGEST_APP = LONGEST_LABEL - LONGEST_SLUG - '--'.length;

export function isLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}
