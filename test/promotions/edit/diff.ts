/** The lines that differ between two texts, each with its number in its own text. */
export function diff(before: string, after: string): readonly string[] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  const same = commonLines(one, other);
  const found: string[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      i += 1;
      j += 1;
    } else if (j >= other.length || (i < one.length && (same[i + 1]?.[j] ?? 0) >= (same[i]?.[j + 1] ?? 0))) {
      i += 1;
      found.push(`-${i} ${one[i - 1]}`);
    } else {
      j += 1;
      found.push(`+${j} ${other[j - 1]}`);
    }
  }
  return found;
}

/** `[i][j]`: how many lines the rests from i and from j have in common. */
function commonLines(one: readonly string[], other: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: one.length + 1 }, () => Array.from({ length: other.length + 1 }, () => 0));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const [right, below, diagonal] = [table[i]?.[j + 1] ?? 0, table[i + 1]?.[j] ?? 0, table[i + 1]?.[j + 1] ?? 0];
      const row = table[i];
      if (row !== undefined) row[j] = one[i] === other[j] ? diagonal + 1 : Math.max(right, below);
    }
  }
  return table;
}
