/** What a scenario has left on GitHub, in the words of its expectation. Every kind of thing that Hawser makes has its lines here. */
import type { DeploymentView } from '../../local/github/plain-view.ts';
import type { CommentView } from './pull-requests.ts';

export type Shown = {
  readonly deployments: readonly DeploymentView[];
  readonly comments: readonly CommentView[];
  /** Lines of their own: see `promotions.ts`. */
  readonly promotions: readonly string[];
};

/** `name` gives a commit its short name in the story. */
export function shownOnGitHub({ deployments, comments, promotions }: Shown, name: (text: string) => string): string[] {
  return [
    ...deployments.map(({ environment, sha, statuses }) => {
      const { state, description } = statuses.at(-1) ?? { state: 'pending', description: '' };
      return `${environment} ${name(sha)} ${state} ${name(description)}`.trimEnd();
    }),
    ...comments.map(({ number, body }) => `comment ${number} ${name(withoutMarker(body))}`),
    ...promotions,
  ];
}

/** The whole text: the last one is wanted, and not only what it begins with. */
function withoutMarker(body: string): string {
  return body.replace(/^<!--.*-->\s*/, '');
}
