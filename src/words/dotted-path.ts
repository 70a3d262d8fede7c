/**
 * Where something stands in a document, as people write it: `argocd[0].repositories`.
 * Zod's own `z.core.toDotPath` would bring all of its languages into the bundle, 57 KiB gzipped.
 */
export function dottedPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = String(step);
    if (!/^[\w-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
