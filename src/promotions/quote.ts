/** Writes a value as the scalar before it was written, or quoted where a plain one would be no text to somebody. */
import { isScalar, parseDocument, type Scalar } from 'yaml';

/** The values are tags, digests and references: none holds a quote or a backslash. */
export function written(value: string, type: Scalar['type']): string {
  if (type === 'QUOTE_SINGLE') return `'${value}'`;
  return type === 'QUOTE_DOUBLE' || isAmbiguous(value) ? `"${value}"` : value;
}

/**
 * Kustomize and Helm read YAML by Go, which knows both versions and is laxer than either: `0X1F` and `1e_5` are numbers
 * to it. About one in eighteen short hashes reads as a number.
 */
function isAmbiguous(value: string): boolean {
  const lower = value.toLowerCase();
  return [value, lower, lower.replaceAll('_', '')].some((text) =>
    (['1.1', '1.2'] as const).some((version) => {
      const { contents } = parseDocument(text, { version, logLevel: 'silent' });
      return !isScalar(contents) || typeof contents.value !== 'string';
    }),
  );
}
