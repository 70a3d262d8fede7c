/** When a merge may happen by itself: hours of the week, and spans of dates when nothing moves, by the clock of a named zone. */
import * as z from 'zod';
import { addDays, isZone } from '../src/words/zone.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const SPAN =
  /^(?:([A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?(?:,[A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?)*)(?: |$))?(?:([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00))?$/;

/** Minutes of the day. `to` at or before `from` is on the next day, and belongs to the day on which it began. */
export type Span = { readonly days: readonly number[]; readonly from: number; readonly to: number };

const SpanText = z
  .string()
  .min(1)
  .transform((text, context): Span => {
    const span = spanOf(text);
    if (span !== undefined) return span;
    context.addIssue({
      code: 'custom',
      message: 'hours are Mon-Thu 09:00-16:00, Sat,Sun 22:00-06:00, 09:00-16:00 or Mon-Fri',
    });
    return z.NEVER;
  });

function spanOf(text: string): Span | undefined {
  const [whole, days, fromHour = '0', fromMinute = '0', toHour = '24', toMinute = '0'] = SPAN.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const named = days === undefined ? DAYS.map((_, day) => day) : days.split(',').flatMap(daysIn);
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return named.includes(-1) || from === to ? undefined : { days: named, from, to };
}

/** `Fri-Mon` goes over the end of the week. */
function daysIn(text: string): readonly number[] {
  const [first, last = first] = text.split('-').map((day) => DAYS.indexOf(day));
  if (first === undefined || last === undefined || first < 0 || last < 0) return [-1];
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
}

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):[0-5]\d)?$/, {
  error: 'a day is 2026-12-20, or with an hour 2026-12-20T18:00',
});
const isReal = (text: string) =>
  !Number.isNaN(Date.parse(`${text.slice(0, 10)}T00:00Z`)) && addDays(text.slice(0, 10), 0) === text.slice(0, 10);
const RealDay = Day.refine(isReal, { error: 'is no day of the calendar' });

/** Without an hour, from the day's beginning to the other day's end. As wall-clock times, which compare as text. */
const Freeze = z
  .strictObject({ from: RealDay, to: RealDay, reason: z.string().max(200).default('') })
  .transform(({ from, to, reason }) => ({
    from: from.includes('T') ? from : `${from}T00:00`,
    to: to.includes('T') ? to : `${to}T24:00`,
    reason,
  }))
  .refine(({ from, to }) => from < to, { error: 'a freeze ends after it begins' });

export const Window = z.strictObject({
  timezone: z.string().refine(isZone, { error: 'is no time zone; one is Europe/Berlin' }).default('UTC'),
  allow: z.array(SpanText).min(1).optional(),
  freeze: z.array(Freeze).default([]),
});
export type Window = z.infer<typeof Window>;
