/** Repeated measurements: the middle one, and how far the others lie from it. */

export type Series = readonly number[];

export function median(series: Series): number {
  const sorted = series.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** The lowest and the highest, after the middle: `412 (398–455)`. */
export function spread(series: Series, digits = 0): string {
  const [low, high] = [Math.min(...series), Math.max(...series)];
  return `${median(series).toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** Round by round, so that what slows the machine down for a while slows both. */
export function ratios(ours: Series, theirs: Series): Series {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

export function range(series: Series): string {
  return `${Math.min(...series).toFixed(2)}–${Math.max(...series).toFixed(2)}`;
}

/** Whoever is first in one round is second in the next. */
export async function inTurns<Measured>(
  rounds: number,
  ours: () => Promise<Measured>,
  theirs: () => Promise<Measured>,
): Promise<{ readonly ours: readonly Measured[]; readonly theirs: readonly Measured[] }> {
  const measured: { ours: Measured[]; theirs: Measured[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) measured.ours.push(await ours());
    measured.theirs.push(await theirs());
    if (round % 2 === 1) measured.ours.push(await ours());
  }
  return measured;
}
