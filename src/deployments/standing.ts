/** What Argo CD's phase, health and the passing of time mean for an application in its rollout. */
import type { Config } from '../../schemas/config.ts';
import type { Standing } from '../../schemas/known.ts';
import type { Application } from '../../schemas/notification.ts';
import { inWords } from '../words/duration.ts';
import { type Instant, instantOf, later } from '../words/instant.ts';
import { clipped } from '../words/text.ts';
import type { Operation } from './operation.ts';

type Windows = Config['deployments'];

/** The standing after an operation's word. What it held before decides only where the word alone does not. */
export function standingAfter(
  before: Standing | null,
  app: Application,
  operation: Operation,
  windows: Windows,
  now: Instant,
): Standing {
  const held = before === null ? null : ripened(before, windows, now);
  // A deployment's result, not monitoring: what the same content does after it succeeded is no new rollout.
  if (held?.kind === 'success') return held;
  const { state } = operation;
  switch (operation.phase) {
    case 'Running':
      // Argo CD says so in the message alone (argo-cd `controller/sync.go`).
      if (state.message?.includes('blocked by sync window')) return { kind: 'queued' };
      return { kind: 'in-progress', note: retryOf(operation), seenAt: now };
    case 'Failed':
      return { kind: 'failed', state: 'failure', cause: 'operation', message: reasonOf(app, operation) };
    case 'Error':
      return { kind: 'failed', state: 'error', cause: 'operation', message: reasonOf(app, operation) };
    case 'Succeeded':
      return standingOfHealth(held, app, instantOf(state.finishedAt), windows, now);
    default:
      // Terminating ends as Failed; until then, and for a phase that we don't know, nothing is decided.
      return stay(held, now);
  }
}

/** The standing of an application whose operation has succeeded: health decides. */
export function standingOfHealth(
  before: Standing | null,
  app: Application,
  finishedAt: Instant | undefined,
  windows: Windows,
  now: Instant,
): Standing {
  const held = before === null ? null : ripened(before, windows, now);
  if (held?.kind === 'success') return held;
  const health = app.status?.health;
  switch (health?.status) {
    case 'Healthy': {
      const changedAt = instantOf(health.lastTransitionTime);
      // Both have a grain of a second, so an equal time may still be the former release's health.
      if (changedAt !== undefined && finishedAt !== undefined && changedAt > finishedAt) return { kind: 'success' };
      if (held?.kind === 'settling') return held;
      return ripened({ kind: 'settling', since: now }, windows, now);
    }
    case 'Degraded': {
      if (held?.kind === 'degraded' || (held?.kind === 'failed' && held.cause === 'health')) return held;
      const message = clipped(health.message ?? 'Degraded', MESSAGE);
      return ripened({ kind: 'degraded', since: now, message }, windows, now);
    }
    case 'Suspended':
      return { kind: 'suspended' };
    case 'Progressing':
    case 'Missing':
      return { kind: 'in-progress', note: '', seenAt: now };
    default:
      return stay(held, now);
  }
}

/** What time alone has made of a standing. */
export function ripened(standing: Standing, windows: Windows, now: Instant): Standing {
  const at = ripensAt(standing, windows);
  if (at === undefined || at > now) return standing;
  if (standing.kind === 'settling') return { kind: 'success' };
  if (standing.kind === 'degraded') {
    return { kind: 'failed', state: 'failure', cause: 'health', message: standing.message };
  }
  const message = `no result from Argo CD for ${inWords(windows.deadline)}`;
  return { kind: 'failed', state: 'error', cause: 'deadline', message };
}

/** When time alone will change it. */
export function ripensAt(standing: Standing, windows: Windows): Instant | undefined {
  switch (standing.kind) {
    case 'settling':
      return later(standing.since, windows.settle);
    case 'degraded':
      return later(standing.since, windows.degradedAfter);
    case 'in-progress':
      return later(standing.seenAt, windows.deadline);
    default:
      return undefined;
  }
}

function stay(held: Standing | null, now: Instant): Standing {
  if (held?.kind === 'in-progress') return { ...held, seenAt: now };
  // What held the deadline up is over, and nothing has come in its place.
  const waiting = held === null || held.kind === 'queued' || held.kind === 'suspended';
  return waiting ? { kind: 'in-progress', note: '', seenAt: now } : held;
}

function retryOf({ state, retryLimit }: Operation): string {
  if (state.retryCount === undefined || state.retryCount <= 0) return '';
  const limit = retryLimit !== undefined && retryLimit > 0 ? ` of ${retryLimit}` : '';
  return `retry ${state.retryCount}${limit}`;
}

/** More than GitHub shows of it, and less than a ledger should carry about. */
const MESSAGE = 500;

/** The first failing resource says more than Argo CD's summary of them. */
function reasonOf(app: Application, { state, phase }: Operation): string {
  const failing = state.syncResult?.resources?.find((resource) => resource.status === 'SyncFailed');
  if (failing?.message !== undefined) {
    return clipped(`${failing.kind ?? ''} ${failing.name ?? ''}: ${failing.message}`.trim(), MESSAGE);
  }
  const condition = app.status?.conditions?.find((each) => each.type?.endsWith('Error'));
  return clipped(state.message ?? condition?.message ?? phase, MESSAGE);
}
