/** Opens and merges pull requests where emulate is too kind: it invents branches, and merges over what the base has gained. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type Fields, readBody, textOf } from './body.ts';
import { contextsOf } from './commit-statuses.ts';
import type { InnerRepository } from './inner-protocol.ts';
import { commitMerge, planMerge } from './merges.ts';
import { pageOf } from './pages.ts';
import { answerOf, callInner, passThrough } from './pass-through.ts';
import { pushOf } from './push.ts';
import { missing, notFound, Refusal } from './refusal.ts';
import { escaped, findCommit, isBranch, readInner } from './resolve.ts';
import { type Caller, type Env, loginOf, type Routes, userOf, type World } from './world.ts';

const Side = z.object({
  ref: z.string(),
  sha: z.string(),
  label: z.string(),
  repo: z.looseObject({ full_name: z.string() }).nullable(),
});
export const Pull = z.looseObject({
  node_id: z.string(),
  issue_url: z.string(),
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  draft: z.boolean(),
  merged: z.boolean(),
  merge_commit_sha: z.string().nullable(),
  head: Side,
  base: Side,
});
export type Pull = z.infer<typeof Pull>;
const Protection = z.object({
  required_status_checks: z.object({ contexts: z.array(z.string()) }).nullable(),
  required_pull_request_reviews: z.object({ required_approving_review_count: z.number() }).nullable(),
});
const Reviews = z.array(z.object({ state: z.string(), user: z.object({ login: z.string() }).nullable() }));
const Files = z.object({ files: z.array(z.looseObject({ additions: z.number(), deletions: z.number() })) });

export function routePulls(routes: Routes, world: World): void {
  routes.post('/repos/:owner/:repo/pulls', async (c) => {
    const text = await c.req.text();
    await requireOpenable(world, c.get('repository'), await readBody(c));
    const path = `/repos/${c.get('repository').full_name}/pulls`;
    return answerOf(await callInner(world, c.env.caller, { method: 'POST', path, body: text }));
  });
  routes.get('/repos/:owner/:repo/pulls/:number{\\d+}', async (c) => {
    const pull = await readPull(world, c);
    return c.json(pull.state === 'open' ? await judged(world, c.get('repository'), pull) : pull);
  });
  routes.patch('/repos/:owner/:repo/pulls/:number{\\d+}', async (c) => {
    const before = await readPull(world, c);
    await passThrough(world, c);
    const pull = await readPull(world, c);
    if (before.state === 'open' && pull.state === 'closed') {
      const [repository, login] = [c.get('repository').id, loginOf(world, c.env.caller)];
      world.state.closers.push({ repository, number: pull.number, login });
      world.changed();
    }
    const shown = pull.state === 'open' ? await judged(world, c.get('repository'), pull) : pull;
    return c.json(shown);
  });
  // A pull request is an issue as well, and only as that it says who has closed it; emulate keeps the two apart.
  routes.get('/repos/:owner/:repo/issues/:number{\\d+}', async (c) => {
    const { id } = c.get('repository');
    const pull = Pull.safeParse(await readInner(world, c.get('repository'), `/pulls/${c.req.param('number')}`));
    if (!pull.success) return passThrough(world, c);
    const { number, state } = pull.data;
    const closer = world.state.closers.findLast((each) => each.repository === id && each.number === number);
    const by = state === 'closed' && closer !== undefined ? await userOf(world, closer.login) : null;
    return c.json({ ...asIssue(pull.data), closed_by: by });
  });
  routes.get('/repos/:owner/:repo/pulls/:number{\\d+}/files', async (c) => {
    const pull = await readPull(world, c);
    return c.json(pageOf(c, await filesOf(world, c.get('repository'), pull)));
  });
  routes.put('/repos/:owner/:repo/pulls/:number{\\d+}/merge', async (c) => {
    const pull = await readPull(world, c);
    const body = await readBody(c);
    await requireMergeable(world, c.get('repository'), pull, textOf(body, 'sha'));
    if (world.state.queues.includes(c.get('repository').id)) {
      throw new Refusal(405, 'Changes must be made through the merge queue');
    }
    return c.json({
      sha: await mergePull(world, c.env.caller, c.get('repository'), pull, body),
      merged: true,
      message: 'Pull Request successfully merged',
    });
  });
  routes.get('/repos/:owner/:repo/commits/:sha/pulls', async (c) => {
    const pulls = z.array(Pull).parse(await readInner(world, c.get('repository'), '/pulls?state=all&per_page=100'));
    const sha = c.req.param('sha');
    return c.json(
      pageOf(
        c,
        pulls.filter(({ head, merge_commit_sha }) => sha === head.sha || sha === merge_commit_sha),
      ),
    );
  });
  routes.post('/repos/:owner/:repo/pulls/:number{\\d+}/requested_reviewers', async (c) => {
    return new Response((await passThrough(world, c)).body, {
      status: 201,
      headers: { 'content-type': 'application/json' },
    });
  });
  routes.all('/repos/:owner/:repo/pulls/*', (c) => passThrough(world, c));
}

function asIssue({ head: _head, base: _base, url, html_url, diff_url, patch_url, issue_url, ...pull }: Pull) {
  return {
    ...pull,
    comments: pull['comments'] ?? 0,
    url: issue_url,
    html_url,
    repository_url: issue_url.replace(/\/issues\/\d+$/, ''),
    labels_url: `${issue_url}/labels{/name}`,
    comments_url: `${issue_url}/comments`,
    events_url: `${issue_url}/events`,
    pull_request: { url, html_url, diff_url, patch_url },
  };
}

async function readPull(world: World, c: Context<Env>): Promise<Pull> {
  const pull = Pull.safeParse(await readInner(world, c.get('repository'), `/pulls/${c.req.param('number')}`));
  if (!pull.success) throw notFound();
  return pull.data;
}

/** GitHub Docs, "Create a pull request", 422; the texts are GitHub's. */
async function requireOpenable(world: World, repository: InnerRepository, body: Fields): Promise<void> {
  const [head, base] = [textOf(body, 'head'), textOf(body, 'base')];
  if (!head) throw missing('head');
  if (!base) throw missing('base');
  const [ownerOfBase = ''] = repository.full_name.split('/');
  const [branch = '', owner = ownerOfBase] = head.split(':').reverse();
  const own = owner.toLowerCase() === ownerOfBase.toLowerCase();
  for (const [field, name] of own
    ? ([
        ['head', branch],
        ['base', base],
      ] as const)
    : ([['base', base]] as const)) {
    if (await isBranch(world, repository, name)) continue;
    throw new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
  }
  const open = z
    .array(Pull)
    .parse(await readInner(world, repository, `/pulls?state=open&per_page=100&base=${encodeURIComponent(base)}`));
  if (open.some((pull) => pull.head.label.toLowerCase() === `${owner}:${branch}`.toLowerCase())) {
    refuseToOpen(`A pull request already exists for ${owner}:${branch}.`);
  }
  const [from, into] = [
    own ? await findCommit(world, repository, `heads/${branch}`) : undefined,
    await findCommit(world, repository, `heads/${base}`),
  ];
  if (from && from === into) refuseToOpen(`No commits between ${base} and ${branch}`);
}

function refuseToOpen(message: string): never {
  throw new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
}

async function judged(world: World, repository: InnerRepository, pull: Pull) {
  const plan = await planMerge(world, repository, { into: pull.base.sha, from: pull.head.sha });
  const mergeable = plan.kind === 'clean';
  const files = await filesOf(world, repository, pull);
  const sum = (field: 'additions' | 'deletions') => files.reduce((total, file) => total + file[field], 0);
  const armed = world.state.armed.find((each) => each.repository === repository.id && each.number === pull.number);
  return {
    ...pull,
    auto_merge:
      armed === undefined || armed.isQueue
        ? null
        : {
            enabled_by: await userOf(world, armed.login),
            merge_method: armed.method,
            commit_title: pull.title,
            commit_message: pull.body ?? '',
          },
    mergeable,
    mergeable_state: mergeable ? (pull.draft ? 'draft' : 'clean') : 'dirty',
    changed_files: files.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
  };
}

async function filesOf(world: World, repository: InnerRepository, pull: Pull) {
  const compared = await readInner(world, repository, `/compare/${pull.base.sha}...${pull.head.sha}`);
  const files = Files.safeParse(compared);
  return files.success ? files.data.files : [];
}

/** GitHub Docs, "Merge a pull request": 405 if it cannot be merged, 409 if `sha` is not the head's. */
export async function requireMergeable(
  world: World,
  repository: InnerRepository,
  pull: Pull,
  expected: string | undefined,
): Promise<void> {
  if (pull.merged || pull.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (expected && expected !== pull.head.sha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const rule = Protection.safeParse(
    await readInner(world, repository, `/branches/${escaped(pull.base.ref)}/protection`),
  );
  if (!rule.success) return;
  const contexts = await contextsOf(world, repository, pull.head.sha);
  for (const context of rule.data.required_status_checks?.contexts ?? []) {
    if (contexts.get(context) !== 'success') throw new Refusal(405, `Required status check "${context}" is expected.`);
  }
  const needed = rule.data.required_pull_request_reviews?.required_approving_review_count ?? 0;
  const reviews = Reviews.parse(
    (await readInner(world, repository, `/pulls/${pull.number}/reviews?per_page=100`)) ?? [],
  );
  const approvers = new Set(reviews.filter(({ state }) => state === 'APPROVED').map(({ user }) => user?.login));
  if (approvers.size < needed)
    throw new Refusal(405, `At least ${needed} approving review is required by reviewers with write access.`);
}

export async function mergePull(
  world: World,
  caller: Caller,
  repository: InnerRepository,
  pull: Pull,
  body: Fields,
): Promise<string> {
  const method = textOf(body, 'merge_method') ?? 'merge';
  // A simplification: a rebase is one commit here.
  const parents = method === 'merge' ? [pull.base.sha, pull.head.sha] : [pull.base.sha];
  const made = await commitMerge(world, caller, repository, {
    into: pull.base.sha,
    from: pull.head.sha,
    message: messageOf(pull, method, body),
    parents,
  });
  if (made.kind === 'conflict') throw new Refusal(405, 'Pull Request is not mergeable');
  const sender = loginOf(world, caller);
  await world.inner.merged(repository.full_name, pull.number, made.sha, sender);
  world.changed();
  const move = { ref: `refs/heads/${pull.base.ref}`, before: pull.base.sha, after: made.sha };
  world.announce(await pushOf(world, repository, move, sender));
  const closed = await readInner(world, repository, `/pulls/${pull.number}`);
  const payload = { number: pull.number, pull_request: closed };
  world.announce({ event: 'pull_request', action: 'closed', payload, repository, sender });
  return made.sha;
}

/** GitHub Docs, "About merge methods on GitHub": the default texts. */
function messageOf(pull: Pull, method: string, body: Fields): string {
  const squash = method !== 'merge';
  const title =
    textOf(body, 'commit_title') ??
    (squash
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${pull.head.label.replace(':', '/')}`);
  const message = textOf(body, 'commit_message') ?? (squash ? (pull.body ?? '') : pull.title);
  return message ? `${title}\n\n${message}` : title;
}
