/** Which sync operation a notification speaks of, as far as it has been told. */
import type { Application, OperationState } from '../../schemas/notification.ts';
import { type Instant, instantOf } from '../words/instant.ts';

export type Operation = {
  readonly state: OperationState;
  readonly startedAt: string;
  readonly start: Instant;
  readonly phase: string;
  /** One revision a source, as resolved; undefined while Argo CD has not said. */
  readonly revisions: readonly string[] | undefined;
  /** What it was asked to apply, where it overrides images by Kustomize. */
  readonly requestedImages: readonly string[];
  /** The images of the resources that it applied (Argo CD 3.1 and later). */
  readonly appliedImages: readonly string[];
  readonly retryLimit: number | undefined;
  /** Neither counts as a deployment, and Argo CD leaves both out of its history (argo-cd `controller/sync.go`). */
  readonly lesser: 'dry-run' | 'partial' | undefined;
};

export function operationOf(app: Application): Operation | undefined {
  const state = app.status?.operationState;
  const start = instantOf(state?.startedAt);
  if (state?.startedAt === undefined || start === undefined || state.phase === undefined) return undefined;

  // The first Running has no copy of the operation yet in some versions, but the request still stands on the application.
  const operation = state.operation ?? (state.phase === 'Running' ? app.operation : undefined);
  const { sync } = operation ?? {};
  const result = state.syncResult;
  const sources = [...(sync?.sources ?? result?.sources ?? []), sync?.source ?? result?.source];
  return {
    state,
    startedAt: state.startedAt,
    start,
    phase: state.phase,
    revisions: revisionsOf(result) ?? resolved(revisionsOf(sync)),
    requestedImages: sources.flatMap((source) => source?.kustomize?.images ?? []),
    appliedImages: (result?.resources ?? []).flatMap((resource) => resource.images ?? []),
    retryLimit: operation?.retry?.limit,
    lesser: sync?.dryRun === true ? 'dry-run' : (sync?.resources?.length ?? 0) > 0 ? 'partial' : undefined,
  };
}

type Revisions = { revision?: string | undefined; revisions?: string[] | undefined };

function revisionsOf(said: Revisions | undefined): readonly string[] | undefined {
  if (said?.revisions !== undefined && said.revisions.length > 0) return said.revisions;
  return said?.revision === undefined ? undefined : [said.revision];
}

/** A request may name a branch, which tells nothing about content: only commits, digests and chart versions do. */
function resolved(revisions: readonly string[] | undefined): readonly string[] | undefined {
  const exact = /^([0-9a-f]{40}|sha256:[0-9a-f]{64}|v?\d+\.\d+\.\d+\S*)$/;
  return revisions?.every((revision) => exact.test(revision)) ? revisions : undefined;
}
