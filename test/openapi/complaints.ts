/** Ends a run in which an exchange departed from GitHub's description. Light: every test file loads it, workerd too. */
import type { Observer } from '../../local/github/exchange.ts';

const kept: Observer[] = [];

export function keep(observer: Observer): Observer {
  kept.push(observer);
  return observer;
}

/** Fails for what any observer of this process has found and nobody has asked for. */
export function requireNoComplaints(): void {
  refuse(kept.flatMap((each) => each.complaints()));
}

export function refuse(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(`not as GitHub describes it:\n${complaints.join('\n')}`);
}
