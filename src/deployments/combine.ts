/** Makes one status of a rollout's applications: the worst of them decides, is named, and its page is linked. */
import type { KnownApplication, Rollout, Standing } from '../../schemas/known.ts';
import type { State, Status } from '../../schemas/status.ts';
import { clipped, oneLine } from '../words/text.ts';

/** GitHub refuses a longer description with 422: https://docs.github.com/rest/deployments/statuses */
const DESCRIPTION = 140;

/** `members` are the applications now in the rollout, in the order of their keys; undefined: none decides. */
export function statusOf(rollout: Rollout, members: readonly KnownApplication[]): Status | undefined {
  const begun = rollout.begun || members.some(hasBegun);
  const [worst, ...others] = members.filter((member) => member.standing !== null);
  if (worst === undefined) return undefined;
  const decider = others.reduce((before, member) => (rank(member) > rank(before) ? member : before), worst);

  const environmentUrl = [decider, ...members].find((member) => member.environmentUrl)?.environmentUrl;
  const link = environmentUrl === undefined ? {} : { environmentUrl };
  if (rollout.outsider !== null && severity(rollout.outsider.state) > rank(decider)) {
    const { state, description, logUrl } = rollout.outsider;
    return { state, description, ...(logUrl === undefined ? {} : { logUrl }), ...link };
  }
  const state = visible(decider.standing);
  return {
    state: state === 'queued' && begun ? 'in_progress' : state,
    description: describe(decider, members),
    ...(decider.page === undefined ? {} : { logUrl: decider.page }),
    ...link,
  };
}

export function hasBegun(application: KnownApplication): boolean {
  return application.standing !== null && application.standing.kind !== 'queued';
}

/** Says whose word it is; with several Argo CD instances, of which one. */
export function describe(
  application: KnownApplication,
  members: readonly KnownApplication[],
  text = words(application.standing),
): string {
  const several = members.some((member) => member.instance !== application.instance);
  const who = several ? `${application.name} (${application.instance})` : application.name;
  return clipped(oneLine(`${who}: ${text}`), DESCRIPTION);
}

export function isUnfinished(state: State | null): boolean {
  return state === null || state === 'queued' || state === 'in_progress';
}

function rank(application: KnownApplication): number {
  return severity(visible(application.standing));
}

function severity(state: State): number {
  return { error: 4, failure: 3, in_progress: 2, queued: 2, success: 1, inactive: 0 }[state];
}

function visible(standing: Standing | null): State {
  switch (standing?.kind) {
    case undefined:
    case 'queued':
      return 'queued';
    case 'success':
      return 'success';
    case 'failed':
      return standing.state;
    default:
      return 'in_progress';
  }
}

/** Coarse on purpose: a status is written for each change of these words, and starts workflows on GitHub. */
function words(standing: Standing | null): string {
  switch (standing?.kind) {
    case 'success':
      return 'healthy';
    case 'failed':
      return standing.message;
    case 'queued':
      return 'waiting for a sync window';
    case 'suspended':
      return 'suspended';
    case 'in-progress':
      return standing.note === '' ? 'rolling out' : standing.note;
    default:
      return 'rolling out';
  }
}
