/** What a scenario has left on GitHub, in the words of its expectation. Every kind of thing that Hawser makes has its lines here. */
import type { DeploymentView } from '../../local/github/plain-view.ts';

/** `name` gives a commit its short name in the story. */
export function shownOnGitHub(deployments: readonly DeploymentView[], name: (text: string) => string): string[] {
  return deployments.map(({ environment, sha, statuses }) => {
    const { state, description } = statuses.at(-1) ?? { state: 'pending', description: '' };
    return `${environment} ${name(sha)} ${state} ${name(description)}`.trimEnd();
  });
}
