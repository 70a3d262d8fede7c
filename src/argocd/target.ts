/** The life of a target: wanted by an event, called, and wanted again where Argo CD did not take the call. Pure. */
import type { Reason } from '../../schemas/effect.ts';
import type { Instant } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { callDue, retryAt } from './gather.ts';

/** In mode `action` a call speaks for the whole instance. */
export const WHOLE = '*';
export type TargetName = Repository | typeof WHOLE;

export type Target = {
  readonly name: TargetName;
  /** When the first event came that no call has spoken for yet. */
  readonly wantedAt: Instant | null;
  /** When the call began that is under way. */
  readonly callingAt: Instant | null;
  /** How many calls in a row have failed, and when the next one is made at the earliest. */
  readonly attempts: number;
  readonly notBefore: Instant | null;
  /** Its last call was refused: repeating it is of no use before something changes. */
  readonly refused: boolean;
  readonly reason: Reason | null;
  readonly touchedAt: Instant;
};

/** `held`: it was not made. `refused`: repeating it would be refused again. */
export type Called =
  | { readonly kind: 'taken' }
  | { readonly kind: 'held' }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly reason: Reason };

/** What a target wants before it was ever called. */
export function newTarget(name: TargetName, now: Instant): Target {
  return {
    name,
    wantedAt: now,
    callingAt: null,
    attempts: 0,
    notBefore: null,
    refused: false,
    reason: null,
    touchedAt: now,
  };
}

export function wanted(target: Target, now: Instant): Target {
  return target.wantedAt === null ? { ...target, wantedAt: now, touchedAt: now } : target;
}

/** From here on an event wants a call of its own. */
export function begun(target: Target, now: Instant): Target {
  return { ...target, wantedAt: null, callingAt: now, touchedAt: now };
}

/** Of a call whose end nobody saw it can't be told whether Argo CD heard it, and a repeat is harmless. */
export function recovered(target: Target): Target {
  return { ...target, wantedAt: target.wantedAt ?? target.callingAt, callingAt: null };
}

/** Undefined: there is nothing left to remember of it. */
export function ended(target: Target, called: Called, random: number, now: Instant): Target | undefined {
  switch (called.kind) {
    case 'taken':
      if (target.wantedAt === null) return undefined;
      return { ...target, callingAt: null, attempts: 0, notBefore: null, refused: false, reason: null };
    case 'held':
      return recovered(target);
    case 'failed': {
      const attempts = target.attempts + 1;
      const notBefore = retryAt(attempts, random, now);
      return { ...recovered(target), attempts, notBefore, refused: false, reason: called.reason };
    }
    default:
      // What came while it was under way is still wanted: it may be the event that finds the mistake mended.
      return { ...target, callingAt: null, attempts: 0, notBefore: null, refused: true, reason: called.reason };
  }
}

/** Argo CD takes calls: what it did not take before is called again without waiting. */
export function retried(target: Target, now: Instant): Target {
  return { ...wanted(target, now), notBefore: null };
}

/** `calls`: when those of the last hour began. Null: it wants none, or one is under way. */
export function dueAt({ wantedAt, callingAt, notBefore }: Target, calls: readonly Instant[]): Instant | null {
  if (wantedAt === null || callingAt !== null) return null;
  const due = callDue(wantedAt, calls);
  return notBefore !== null && notBefore > due ? notBefore : due;
}
