/** What people do to a run's pull requests on GitHub, what GitHub tells of it, and the comments that stand there in the end. */
import * as z from 'zod';
import type { Control } from '../../local/github/control.ts';
import type { Look } from '../deployments/story.ts';

/** The story's only one, unless it says otherwise. */
const FIRST = 7;
const LABEL = 'preview';

export type CommentView = { readonly number: number; readonly body: string };

type Where = { readonly github: Control; readonly repository: string; readonly startsAt: number };

const Opened = z.object({ number: z.number() });
const Comments = z.array(z.object({ body: z.string() }));

/** `commits` gets what is pushed, under its name in the story. */
export function pullRequests({ github, repository, startsAt }: Where, commits: Map<string, string>) {
  const octo = github.as('octo');
  const numbers = new Map<number, number>();

  /**
   * The payload of the event that this change of the pull request makes. It is opened and labelled where it is first told
   * of, then pushed to, and merged: no story asks for more.
   */
  async function change(look: Look, second: number): Promise<unknown> {
    const branch = `run-${startsAt}-${look.number ?? FIRST}`;
    if (!commits.has(look.sha)) {
      commits.set(look.sha, await github.commit({ repository, branch, message: `commit ${look.sha.charAt(0)}` }));
    }
    const known = numbers.get(look.number ?? FIRST);
    const number = known ?? (await open(branch));
    numbers.set(look.number ?? FIRST, number);
    if (look.merged === true) await done('PUT', `/pulls/${number}/merge`, { merge_method: 'squash' });
    const pull = await done('GET', `/pulls/${number}`);
    return {
      ...(known === undefined ? { action: 'labeled', label: { name: LABEL } } : { action: actionOf(look) }),
      number,
      // A story's seconds need not be those of the clock on GitHub's wall.
      pull_request: { ...z.looseObject({}).parse(pull), updated_at: new Date(startsAt + second * 1000).toISOString() },
      repository: { full_name: repository },
      sender: { login: 'octo', type: 'User' },
    };
  }

  async function open(branch: string): Promise<number> {
    const { number } = Opened.parse(
      await done('POST', '/pulls', { title: 'A new checkout', head: branch, base: 'main' }),
    );
    await done('POST', `/issues/${number}/labels`, { labels: [LABEL] });
    return number;
  }

  /** What an application of the story takes for its pull request's number. */
  function numberOf(told: string): string {
    return String(numbers.get(Number(told)) ?? told);
  }

  async function comments(): Promise<readonly CommentView[]> {
    const each = [...numbers].map(async ([number, real]) => {
      const found = Comments.parse(await done('GET', `/issues/${real}/comments`));
      return found.map(({ body }) => ({ number, body }));
    });
    return (await Promise.all(each)).flat();
  }

  async function done(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await octo(method, `/repos/${repository}${path}`, body);
    if (answer.status >= 300) throw new Error(`GitHub answers ${answer.status} to ${method} ${path}`);
    return answer.body;
  }

  return { change, numberOf, comments };
}

function actionOf({ merged }: Look): string {
  return merged === true ? 'closed' : 'synchronize';
}
