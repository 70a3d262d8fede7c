/** Decides what becomes of one file: what was written last, what stands there now, and what the set has. */

/** Identities; undefined where there is no file. `beside`: of `FILE.hawser-new`. */
export type Sides = {
  readonly written: string | undefined;
  readonly present: string | undefined;
  readonly wanted: string | undefined;
  readonly beside: string | undefined;
};

/**
 * `new`, `replaced`, `removed` and `conflict` (into FILE.hawser-new) are done. Of `left` the set knows no more, and it was
 * edited; `edited`, `deleted` and `same` stay as they are.
 */
export type Verdict = 'new' | 'replaced' | 'removed' | 'conflict' | 'left' | 'edited' | 'deleted' | 'same';

/** `remember` is what the next run takes as written. `open`: a FILE.hawser-new waits for somebody to settle it. */
export type Decision = { readonly verdict: Verdict; readonly remember: string | undefined; readonly open: boolean };

export function decide(sides: Sides): Decision {
  const decision = decided(sides);
  const waits = sides.beside !== undefined && sides.wanted !== undefined;
  return { ...decision, open: waits || decision.verdict === 'conflict' };
}

function decided({ written, present, wanted, beside }: Sides): Omit<Decision, 'open'> {
  if (wanted === undefined) {
    if (present === undefined) return { verdict: 'deleted', remember: undefined };
    return { verdict: present === written ? 'removed' : 'left', remember: undefined };
  }
  if (present === undefined) {
    return written === undefined ? { verdict: 'new', remember: wanted } : { verdict: 'deleted', remember: written };
  }
  if (present === wanted) return { verdict: 'same', remember: wanted };
  if (wanted === written) return { verdict: 'edited', remember: written };
  if (present === written) return { verdict: 'replaced', remember: wanted };
  // Both changed. What lies beside is only replaced if it is what was put there, and then the next run must still know.
  if (beside === wanted) return { verdict: 'edited', remember: wanted };
  if (beside === undefined || beside === written) return { verdict: 'conflict', remember: wanted };
  return { verdict: 'edited', remember: written };
}
