/** Whether a window is open at an instant, and when it next is. */
import type { Span, Window } from '../../schemas/window.ts';
import type { Instant } from '../words/instant.ts';
import { addDays, instantAt, type WallClock, wallClock, weekdayOf } from '../words/zone.ts';

/** A bound only for windows that lie in a freeze, or in an hour that a clock skips, again and again. */
const LOOKS = 100;

export function freezeAt(window: Window, at: Instant): Window['freeze'][number] | undefined {
  const shown = wallClock(at, window.timezone);
  return window.freeze.find(({ from, to }) => from <= shown && shown < to);
}

export function isAllowedAt({ timezone, allow }: Window, at: Instant): boolean {
  const shown = wallClock(at, timezone);
  return allow === undefined || allow.some((span) => isIn(span, shown));
}

/** Undefined: it never opens. */
export function nextOpening(window: Window, from: Instant): Instant | undefined {
  let at: Instant | undefined = from;
  for (let look = 0; at !== undefined && look < LOOKS; look += 1) {
    const freeze = freezeAt(window, at);
    if (freeze === undefined && isAllowedAt(window, at)) return at;
    at = freeze === undefined ? nextStart(window, at) : instantAt(freeze.to, window.timezone, at);
  }
  return undefined;
}

function isIn({ days, from, to }: Span, shown: WallClock): boolean {
  const minute = Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16));
  const day = weekdayOf(shown);
  if (from < to) return days.includes(day) && from <= minute && minute < to;
  return (days.includes(day) && from <= minute) || (days.includes((day + 6) % 7) && minute < to);
}

function nextStart({ timezone, allow = [] }: Window, after: Instant): Instant | undefined {
  const today = wallClock(after, timezone).slice(0, 10);
  const starts = Array.from({ length: 9 }, (_, days) => addDays(today, days)).flatMap((date) =>
    allow
      .filter(({ days }) => days.includes(weekdayOf(date)))
      .map(({ from }) => instantAt(`${date}T${twoDigits(from / 60)}:${twoDigits(from % 60)}`, timezone, after)),
  );
  return starts.filter((start) => start > after).sort((one, other) => one - other)[0];
}

function twoDigits(number: number): string {
  return String(Math.floor(number)).padStart(2, '0');
}

/** The day after, by the same clock. */
export function nextDay(timezone: string, at: Instant): Instant {
  return instantAt(`${addDays(wallClock(at, timezone).slice(0, 10), 1)}T00:00`, timezone, at);
}
