/** What must be true after any crash: nothing that was acknowledged is missing, nothing is made twice, nothing is left over. */
import type { DeploymentView } from '../../local/github/plain-view.ts';
import { hawserKeyIn } from '../../src/github/payload.ts';
import type { Scenario } from './scenario.ts';
import { type Shown, shownOnGitHub } from './shown-on-github.ts';

/** What `/api/repositories/<owner>/<name>` answers, as far as it matters here. */
export type Api = {
  readonly deployments: readonly { readonly wanted: unknown; readonly written: unknown }[];
  readonly unresolved: readonly { readonly application: string; readonly mend: string }[];
  readonly failures: readonly { readonly application: string; readonly message: string }[];
  readonly outbox: { readonly pending: readonly unknown[]; readonly dead: readonly unknown[] };
};

export type Seen = Shown & {
  readonly api: Api;
  /** A text with the story's commits in the place of the real ones. */
  readonly name: (text: string) => string;
};

/** Empty: all is well. */
export function faultsIn({ github, listed = [] }: Scenario, { api, name, ...shown }: Seen): readonly string[] {
  const { deployments, comments } = shown;
  const keys = [
    ...deployments.map(({ payload }) => hawserKeyIn(payload) ?? 'no key'),
    ...comments.map(({ number }) => `comment ${number}`),
  ];
  return [
    ...differences('on GitHub', github, shownOnGitHub(shown, name)),
    ...differences('in /api', listed, listedIn(api)),
    ...doubled(keys).map((key) => `made twice: ${key}`),
    ...deployments.flatMap(repeated).map((status) => `said twice: ${name(status)}`),
    ...api.outbox.pending.map((row) => `still owed: ${JSON.stringify(row)}`),
    ...api.outbox.dead.map((row) => `given up: ${JSON.stringify(row)}`),
    ...api.deployments
      .filter(({ wanted, written }) => JSON.stringify(wanted) !== JSON.stringify(written))
      .map((deployment) => `not as wanted: ${JSON.stringify(deployment)}`),
  ];
}

function listedIn({ unresolved, failures }: Api): string[] {
  return [
    ...unresolved.map(({ application, mend }) => `${application.split('/').at(-1)}: ${mend}`),
    ...failures.map(({ application, message }) => `${application.split('/').at(-1)}: ${message}`),
  ];
}

function differences(where: string, expected: readonly string[], actual: readonly string[]): string[] {
  const [wanted, found] = [expected.toSorted(), actual.toSorted()];
  if (wanted.length === found.length && wanted.every((line, index) => line === found[index])) return [];
  return [`${where}: expected\n  ${wanted.join('\n  ')}\nfound\n  ${found.join('\n  ')}`];
}

function doubled(keys: readonly string[]): string[] {
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** A status that says what the one before it said. */
function repeated({ statuses }: DeploymentView): string[] {
  const said = statuses.map(({ state, description }) => `${state} ${description}`);
  return said.filter((status, index) => index > 0 && status === said[index - 1]);
}
