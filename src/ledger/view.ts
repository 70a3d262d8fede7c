/** What an operator gets to see of a ledger. */
import type { Config } from '../../schemas/config.ts';
import type { KnownApplication, Rollout } from '../../schemas/known.ts';
import type { LedgerView } from '../../schemas/ledger.ts';
import type { Preview } from '../../schemas/preview.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { staleAt } from '../previews/expiry.ts';
import type { Outbox } from './outbox.ts';

/** Enough to see what is going on; a repository with more than that is looked at on GitHub. */
export const MOST_SHOWN = 200;

type Shown = {
  readonly rollouts: readonly Rollout[];
  readonly applications: readonly KnownApplication[];
  readonly previews: readonly Preview[];
  readonly promotions: readonly Promotion[];
};

export function viewOf(
  { rollouts, applications, previews, promotions }: Shown,
  outbox: Outbox,
  config: Config,
): LedgerView {
  return {
    deployments: rollouts.map((rollout) => ({
      environment: rollout.environment,
      ...(rollout.pr === undefined ? {} : { pr: rollout.pr }),
      sha: rollout.sha,
      startedAt: rollout.start,
      id: rollout.deployment?.id ?? null,
      wanted: rollout.wanted,
      written: rollout.written,
      applications: applications
        .filter((application) => application.rollout === rollout.key)
        .map(({ instance, namespace, name, standing }) => ({
          instance,
          namespace,
          name,
          standing: standing?.kind ?? 'unknown',
        })),
    })),
    previews: previews.map((preview) => previewIn(preview, config)),
    promotions: promotions.map((promotion) => ({
      environment: promotion.environment,
      image: promotion.image,
      present: promotion.present,
      candidate: promotion.draft?.pin ?? null,
      waiting: promotion.candidates.map(({ tag, digest }) => ({ tag, digest })),
      decision: promotion.decision,
      pull: promotion.pull?.number ?? null,
      refused: promotion.draft?.refused ?? promotion.unreadable,
      unmerged: promotion.refused?.words ?? null,
      held: promotion.hold === null ? null : (promotion.hold.by ?? 'somebody'),
      rejected: promotion.rejected.map(({ number, pin }) => ({ number, ...pin })),
    })),
    unresolved: applications.flatMap(({ key, unresolved }) =>
      unresolved === null ? [] : [{ application: key, ...unresolved }],
    ),
    failures: applications.flatMap(({ key, failure }) =>
      failure === null || failure.rollout !== null
        ? []
        : [{ application: key, state: failure.state, message: failure.message, at: failure.at }],
    ),
    outbox: { pending: outbox.view(false, MOST_SHOWN), dead: outbox.view(true, MOST_SHOWN) },
  };
}

function previewIn(preview: Preview, config: Config): LedgerView['previews'][number] {
  const { number, stage, name, url, pull, touchedAt, comment } = preview;
  return {
    number,
    stage: stage.kind,
    name,
    url,
    sha: pull.head.sha,
    touchedAt,
    over: overIn(preview, config),
    refused: 'why' in stage && stage.kind !== 'closed' ? stage.why : null,
    label: stuckIn(preview, config),
    comment: comment.id,
  };
}

function overIn({ doomed, ...preview }: Preview, config: Config): LedgerView['previews'][number]['over'] {
  switch (doomed?.kind) {
    case undefined:
      return null;
    case 'stale':
      return { why: 'stale', since: staleAt({ ...preview, doomed }, config) ?? null };
    case 'gone':
      return { why: 'orphaned', since: doomed.pull?.updatedAt ?? null };
  }
}

function stuckIn({ stage, pull }: Preview, { previews: { label } }: Config): string | null {
  const isOn = pull.labels.includes(label);
  if (stage.kind === 'refused' && stage.stuck !== null) {
    return `${label} could not be taken off: ${stage.stuck}. Take it off by hand: Argo CD deploys what carries it`;
  }
  return isOn && stage.kind === 'closed' && stage.why === 'stale'
    ? `${label} is still on, and is tried at each sweep: if it stays, take it off by hand, for Argo CD deploys what carries it`
    : null;
}
