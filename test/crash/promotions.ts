/** A run's own target in the repository itself, which is its own deployment repository, and what is left of its promotion. */
import * as z from 'zod';
import type { Control } from '../../local/github/control.ts';

const IMAGE = 'ghcr.io/acme/shop';
const RULES = 'version: 1\nrules:\n  - action: auto\n';

type Where = { readonly github: Control; readonly repository: string; readonly startsAt: number };

const Pulls = z.array(
  z.object({
    title: z.string(),
    state: z.string(),
    merged_at: z.string().nullable(),
    head: z.object({ ref: z.string(), sha: z.string() }),
  }),
);
const Checks = z.object({ check_runs: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })) });
const File = z.object({ content: z.string() });

export function promotionsOf({ github, repository, startsAt }: Where) {
  const octo = github.as('octo');
  const environment = `run-${startsAt}`;
  const path = `overlays/${environment}/kustomization.yaml`;
  let laid = false;

  async function lay(): Promise<void> {
    const overlay = `images:\n  - name: ${IMAGE}\n    newTag: v1.0.0\n`;
    await github.commit({ repository, files: { [path]: overlay, '.github/image-promotion.yml': RULES } });
    laid = true;
  }

  function image(tag: string, sha: string): unknown {
    return { v: 1, image: IMAGE, tag, source: { repository, sha }, deployment: repository, environment };
  }

  /** Every pull request of the target, every check run on their heads, what is pinned, and whether the branch is left. */
  async function shown(): Promise<readonly string[]> {
    if (!laid) return [];
    const all = Pulls.parse(await read('/pulls?state=all&per_page=100'));
    const own = all.filter(({ head }) => head.ref.includes(environment));
    const checks = own.map(async ({ head }) => Checks.parse(await read(`/commits/${head.sha}/check-runs`)).check_runs);
    const text = Buffer.from(File.parse(await read(`/contents/${path}`)).content, 'base64').toString();
    const branches = z.array(z.object({ name: z.string() })).parse(await read('/branches?per_page=100'));
    return [
      ...own.map(({ title, state, merged_at }) => {
        const how = merged_at === null ? state : 'merged';
        return `${how} ${title.replace(environment, 'the overlay')}`;
      }),
      ...(await Promise.all(checks)).flat().map(({ conclusion }) => `check ${conclusion}`),
      `pins ${/newTag: (.*)/.exec(text)?.[1]}`,
      branches.some(({ name }) => name.includes(environment)) ? 'a branch is left' : 'no branch left',
    ];
  }

  async function read(what: string): Promise<unknown> {
    const answer = await octo('GET', `/repos/${repository}${what}`);
    if (answer.status >= 300) throw new Error(`GitHub answers ${answer.status} to GET ${what}`);
    return answer.body;
  }

  return { lay, image, shown };
}
