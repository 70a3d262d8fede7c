/** What becomes of pull requests, their labels and comments. */
import { expect, it } from 'vitest';
import * as z from 'zod';
import { tip } from './contract-deployments.ts';
import { appId, bridge, refusal, type Stand, shop } from './stand.ts';

const repository = 'acme/shop';

async function open(stand: Stand, more: Record<string, unknown> = {}): Promise<number> {
  await stand.commit({ repository, branch: 'topic', files: { 'topic.txt': 'topic\n' } });
  const answer = await stand.as('wanda')('POST', '/repos/acme/shop/pulls', {
    title: 'A topic',
    body: 'Its body',
    head: 'topic',
    base: 'main',
    ...more,
  });
  return z.object({ number: z.number() }).parse(answer.body).number;
}

export function describePulls(stand: () => Stand): void {
  const read = async (number: number) =>
    (await bridge(stand()).request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...shop, pull_number: number }))
      .data;
  const merge = (number: number, more: Record<string, unknown> = {}) =>
    bridge(stand()).request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...shop,
      pull_number: number,
      ...more,
    });

  it('the App opens a pull request', async () => {
    const octokit = bridge(stand());
    const sha = await stand().commit({ repository, branch: 'topic' });

    const { status, data } = await octokit.request('POST /repos/{owner}/{repo}/pulls', {
      ...shop,
      title: 'T',
      head: 'topic',
      base: 'main',
      draft: true,
    });

    expect(status).toBe(201);
    expect(data).toMatchObject({
      state: 'open',
      draft: true,
      user: { login: 'hawser[bot]', type: 'Bot' },
      head: { ref: 'topic', sha, repo: { full_name: repository } },
      base: { ref: 'main', sha: await tip(octokit, 'main') },
    });
  });

  it.each([
    ['from a branch that is not there', { head: 'nowhere', base: 'main' }, { field: 'head', code: 'invalid' }],
    ['to a branch that is not there', { head: 'topic', base: 'nowhere' }, { field: 'base', code: 'invalid' }],
    ['without a commit', { head: 'empty', base: 'main' }, { message: 'No commits between main and empty' }],
    [
      'that is open already',
      { head: 'topic', base: 'main' },
      { message: 'A pull request already exists for acme:topic.' },
    ],
  ])('a pull request %s is refused', async (_what, wish, complaint) => {
    const octokit = bridge(stand());
    await octokit.request('POST /repos/{owner}/{repo}/git/refs', {
      ...shop,
      ref: 'refs/heads/empty',
      sha: await tip(octokit, 'main'),
    });
    await open(stand());

    const answer = await refusal(octokit.request('POST /repos/{owner}/{repo}/pulls', { ...shop, title: 'T', ...wish }));

    expect(answer).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', ...complaint }] },
    });
    const branches = await octokit.request('GET /repos/{owner}/{repo}/branches', shop);
    expect(branches.data.map(({ name }) => name)).not.toContain('nowhere');
  });

  it('a pull request follows its branches, and says which files it changes', async () => {
    const number = await open(stand());
    const head = await stand().commit({ repository, branch: 'topic', files: { 'shop.txt': 'more\n' } });
    const base = await stand().commit({ repository, files: { 'till.txt': 'more\n' } });

    expect(await read(number)).toMatchObject({
      head: { sha: head },
      base: { sha: base },
      mergeable: true,
      mergeable_state: 'clean',
      changed_files: 2,
    });
    const files = await bridge(stand()).request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
      ...shop,
      pull_number: number,
    });
    expect(files.data.map(({ filename, status }) => `${status} ${filename}`).sort()).toEqual([
      'added topic.txt',
      'modified shop.txt',
    ]);
  });

  it.each(['merge', 'squash'] as const)('a %s keeps what the base has gained meanwhile', async (merge_method) => {
    const octokit = bridge(stand());
    const number = await open(stand());
    await stand().commit({ repository, files: { 'till.txt': 'more\n' } });

    const { data } = await merge(number, { merge_method });

    expect(await tip(octokit, 'main')).toBe(data.sha);
    const tree = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
      ...shop,
      tree_sha: data.sha,
    });
    expect(tree.data.tree.map(({ path }) => path)).toEqual(['shop.txt', 'till.txt', 'topic.txt']);
    const till = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...shop, path: 'till.txt' });
    expect(till.data).toMatchObject({ size: 5 });
    const commit = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref: data.sha });
    expect(commit.data.parents).toHaveLength(merge_method === 'merge' ? 2 : 1);
    const pulls = await octokit.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
      ...shop,
      commit_sha: data.sha,
    });
    expect(pulls.data.map((pull) => pull.number)).toEqual([number]);
    expect(commit.data.commit.message).toBe(
      merge_method === 'merge'
        ? `Merge pull request #${number} from acme/topic\n\nA topic`
        : `A topic (#${number})\n\nIts body`,
    );
    expect(await read(number)).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: data.sha,
      merged_by: { login: 'hawser[bot]' },
    });
  });

  it.each([
    [
      'whose head has moved on',
      409,
      'Head branch was modified. Review and try the merge again.',
      async () => ({ sha: 'f'.repeat(40) }),
    ],
    [
      'that conflicts',
      405,
      'Pull Request is not mergeable',
      async (stand: Stand) => {
        await stand.commit({ repository, branch: 'topic', files: { 'shop.txt': 'theirs\n' } });
        await stand.commit({ repository, files: { 'shop.txt': 'ours\n' } });
        return {};
      },
    ],
    [
      'that is closed',
      405,
      'Pull Request is not mergeable',
      async (stand: Stand, number: number) => {
        await stand.as('mona')('PATCH', `/repos/acme/shop/pulls/${number}`, { state: 'closed' });
        return {};
      },
    ],
    [
      'that lacks a required check',
      405,
      'Required status check "ci" is expected.',
      async (stand: Stand) => {
        await protect(stand, { required_status_checks: { strict: false, contexts: ['ci'] } });
        return {};
      },
    ],
    [
      'that lacks an approval',
      405,
      'At least 1 approving review is required by reviewers with write access.',
      async (stand: Stand) => {
        await protect(stand, { required_pull_request_reviews: { required_approving_review_count: 1 } });
        return {};
      },
    ],
  ])('a pull request %s is not merged', async (_what, status, message, spoil) => {
    const number = await open(stand());
    const more = await spoil(stand(), number);
    const before = await tip(bridge(stand()), 'main');

    expect(await refusal(merge(number, more))).toMatchObject({ status, body: { message } });
    expect(await tip(bridge(stand()), 'main')).toBe(before);
    expect(await read(number)).toMatchObject({ merged: false });
  });

  it('a draft is not merged', async () => {
    const number = await open(stand(), { draft: true });

    expect(await refusal(merge(number))).toMatchObject({
      status: 405,
      body: { message: 'Pull Request is still a draft' },
    });
  });

  it('a pull request whose branch is deleted closes', async () => {
    const number = await open(stand());

    await stand().as('mona')('DELETE', '/repos/acme/shop/git/refs/heads/topic');

    expect(await read(number)).toMatchObject({ state: 'closed', merged: false, closed_at: expect.any(String) });
  });

  it('a fork’s pull request is told by its repositories, and merged', async () => {
    const fork = await stand().as('octocat')('POST', '/repos/acme/website/forks');
    const { full_name } = z.object({ full_name: z.string() }).parse(fork.body);
    const sha = await stand().commit({
      repository: full_name,
      branch: 'gift',
      files: { 'gift.txt': 'for you\n' },
      as: 'octocat',
    });
    const website = { owner: 'acme', repo: 'website' };

    const opened = await stand().as('octocat')('POST', '/repos/acme/website/pulls', {
      title: 'A gift',
      head: 'octocat:gift',
      base: 'main',
    });

    const { data } = await bridge(stand()).request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...website,
      pull_number: z.object({ number: z.number() }).parse(opened.body).number,
    });
    expect(data).toMatchObject({
      head: { sha, repo: { full_name: 'octocat/website' } },
      base: { repo: { full_name: 'acme/website' } },
    });
    await bridge(stand()).request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...website,
      pull_number: data.number,
    });
    const gift = await bridge(stand()).request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...website,
      path: 'gift.txt',
    });
    expect(gift.data).toMatchObject({ size: 8 });
  });

  it('labels and comments are the App’s to set with its pull request permission', async () => {
    const octokit = bridge(stand());
    const issue = { ...shop, issue_number: await open(stand()) };

    const labels = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      ...issue,
      labels: ['preview'],
    });
    const comment = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...issue,
      body: '<!-- hawser:preview -->',
    });
    await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...shop,
      comment_id: comment.data.id,
      body: 'changed',
    });
    const comments = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', issue);

    expect(labels.data.map(({ name }) => name)).toEqual(['preview']);
    expect(comments.data).toMatchObject([{ id: comment.data.id, body: 'changed', user: { login: 'hawser[bot]' } }]);
  });

  it('a comment says by which App it was made, everywhere; a person’s says by none', async () => {
    const octokit = bridge(stand());
    const issue = { ...shop, issue_number: await open(stand()) };
    const path = `/repos/${repository}/issues/${issue.issue_number}/comments`;
    await stand().as('wanda')('POST', path, { body: 'Mine' });

    const { data } = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...issue,
      body: 'Ours',
    });

    const own = { body: 'Ours', performed_via_github_app: { id: appId, slug: 'hawser' } };
    expect(data).toMatchObject(own);
    const { data: comments } = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', issue);
    expect(comments).toMatchObject([{ body: 'Mine', performed_via_github_app: null }, own]);
  });

  it('a check run is made, completed and listed', async () => {
    const octokit = bridge(stand());
    const head_sha = await tip(octokit, 'main');

    const run = await octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      ...shop,
      name: 'hawser/promotion',
      head_sha,
      status: 'in_progress',
    });
    await octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...shop,
      check_run_id: run.data.id,
      status: 'completed',
      conclusion: 'success',
    });
    const list = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...shop,
      ref: head_sha,
    });

    expect(list.data.check_runs).toMatchObject([
      { name: 'hawser/promotion', status: 'completed', conclusion: 'success' },
    ]);
  });
}

async function protect(stand: Stand, rules: Record<string, unknown>): Promise<void> {
  const none = {
    required_status_checks: null,
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  };
  await stand.as('mona')('PUT', '/repos/acme/shop/branches/main/protection', { ...none, ...rules });
}
