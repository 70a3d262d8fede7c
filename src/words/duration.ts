/** A duration as people write it in `hawser.yaml`: `0s`, `90s`, `30m`, `72h`; milliseconds inside. */
import * as z from 'zod';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const PATTERN = /^(\d{1,6})([smh])$/;

export const Duration = z
  .string()
  .regex(PATTERN, { error: 'a duration is a number with s, m or h: 90s, 30m, 72h' })
  .transform((text) => {
    const [, count = '0', unit] = PATTERN.exec(text) ?? [];
    const milliseconds = unit === 'h' ? UNITS.h : unit === 'm' ? UNITS.m : UNITS.s;
    return Number(count) * milliseconds;
  });

/** How a duration is said to a person: the largest unit that it is a whole number of. */
export function inWords(milliseconds: number): string {
  if (milliseconds >= UNITS.h && milliseconds % UNITS.h === 0) return `${milliseconds / UNITS.h}h`;
  if (milliseconds >= UNITS.m && milliseconds % UNITS.m === 0) return `${milliseconds / UNITS.m}m`;
  return `${Math.round(milliseconds / UNITS.s)}s`;
}
