/**
 * Wall-clock time in a named zone, right across daylight-saving changes. Workers have no Temporal, but `Intl`
 * knows the zones.
 */
import { type Instant, later } from './instant.ts';

/** What a clock on the wall shows: `2026-11-25T09:30`. Compared as text. */
export type WallClock = string;

const DAY = 86_400_000;
const STEP = 15 * 60_000;
// Making one costs more than using it a hundred times.
const clocks = new Map<string, Intl.DateTimeFormat>();

export function isZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

export function wallClock(at: Instant, zone: string): WallClock {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** When the clock first shows this or, where it skips it, the first that it shows after. */
export function instantAt(shown: WallClock, zone: string, near: Instant): Instant {
  const asUtc = Date.parse(
    `${addDays(shown.slice(0, 10), shown.endsWith('T24:00') ? 1 : 0)}${shown.slice(10).replace('T24', 'T00')}Z`,
  );
  const offsetAt = (milliseconds: number) => {
    const at = later(near, milliseconds - near);
    return Date.parse(`${wallClock(at, zone)}Z`) - milliseconds;
  };
  // No zone changes twice within two days, so one of the two offsets around it holds; offsets are whole quarters of hours.
  let at = later(near, Math.min(asUtc - offsetAt(asUtc - DAY), asUtc - offsetAt(asUtc + DAY)) - near);
  while (wallClock(at, zone) < wallClockOf(asUtc)) at = later(at, STEP);
  return at;
}

/** Monday is 0. */
export function weekdayOf(shown: WallClock): number {
  return (new Date(`${shown.slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7;
}

/** `2026-11-30` and a day is `2026-12-01`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function wallClockOf(asUtc: number): WallClock {
  return new Date(asUtc).toISOString().slice(0, 16);
}

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(zone, clock);
  return clock;
}
