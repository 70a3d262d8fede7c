/** A point in time: milliseconds since 1970 in UTC, so that instants can be compared and added to. */
import * as z from 'zod';

export const Instant = z.number().int().brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;

/** Kubernetes writes RFC 3339 with seconds; anything else is no instant. */
export function instantOf(text: string | undefined): Instant | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : Instant.parse(milliseconds);
}

/** An instant as others write it. */
export const Moment = z.string().transform((text, context) => {
  const instant = instantOf(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'is no time' });
  return z.NEVER;
});

export function later(instant: Instant, milliseconds: number): Instant {
  return Instant.parse(instant + milliseconds);
}

/** The earliest of what is there; undefined where nothing is. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.reduce((first, instant) => {
    if (instant === undefined) return first;
    return first === undefined || instant < first ? instant : first;
  }, undefined);
}

/** As it is said to a person: `2026-11-28 09:00 UTC`. */
export function inMinutes(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
