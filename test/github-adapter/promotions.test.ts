/** The one branch and pull request of a target, over real HTTP: how many calls it costs, and that it is one, whatever fails. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BRANCH, PERMISSIONS, PRODUCTION, pinned, promotionTo, type Site, startSite } from './deployment-repository.ts';

const CREATION = [
  'POST /git/trees',
  'POST /git/commits',
  'POST /git/refs',
  'POST /pulls',
  'POST /issues/1/labels',
  'POST /pulls/1/requested_reviewers',
];

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(() => site.reset());
afterAll(() => site.close());

describe('a new promotion', () => {
  it('is a commit of GitHub’s own on the base, a branch and a pull request, by six calls', async () => {
    const effect = await promotionTo(site, 'v2');

    const learned = await site.learn('promotion-written', effect);

    expect(site.calls()).toEqual(CREATION);
    expect(learned).toMatchObject({ number: 1, body: effect.body });
    expect(await site.pull(1)).toMatchObject({
      title: effect.title,
      body: effect.body,
      state: 'open',
      head: { ref: BRANCH, sha: learned.head },
      base: { ref: 'main' },
      labels: [{ name: 'promotion' }],
      requested_reviewers: [{ login: 'bob' }],
      changed_files: 1,
    });
    expect(await site.textAt(BRANCH, PRODUCTION)).toBe(pinned('v2'));
    const { body } = await site.person('ada')('GET', `/repos/acme/shop-deployment/git/commits/${learned.head}`);
    expect(body).toMatchObject({ parents: [{ sha: effect.base.sha }] });
  });

  it('names no author, so that GitHub signs it', async () => {
    await site.attempt(await promotionTo(site, 'v2'));

    const commit = site.github.calls.find(({ path }) => path.endsWith('/git/commits'));
    expect(commit?.body).toEqual({
      message: 'Promote shop to v2',
      tree: expect.any(String),
      parents: [expect.any(String)],
    });
  });

  it.each([
    ['one who is nobody', ['ghostwriter', 'bob'], ['bob']],
    ['a team that is none', ['acme/nobody'], []],
  ])('stands without a review of %s', async (_, reviewers, asked) => {
    const effect = await promotionTo(site, 'v2', { reviewers });

    const { number } = await site.learn('promotion-written', effect);

    expect(await site.pull(number)).toMatchObject({
      requested_reviewers: asked.map((login) => ({ login })),
      labels: [{ name: 'promotion' }],
    });
  });

  it('without labels and reviewers costs four', async () => {
    await site.learn('promotion-written', await promotionTo(site, 'v2', { labels: [], reviewers: [] }));

    expect(site.calls()).toEqual(CREATION.slice(0, 4));
  });
});

describe('the next candidate', () => {
  it('moves the branch in one forced step and edits the pull request, by four calls', async () => {
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    await site.github.commit({ repository: 'acme/shop-deployment', files: { 'README.md': 'Moved on\n' } });
    site.github.clear();

    const next = await site.learn('promotion-written', await promotionTo(site, 'v3', { number, head }));

    expect(site.calls()).toEqual([
      `PATCH /pulls/${number}`,
      'POST /git/trees',
      'POST /git/commits',
      `PATCH /git/refs/heads/${BRANCH}`,
    ]);
    expect(await site.pulls()).toMatchObject([
      { number, state: 'open', title: 'Promote shop to v3', head: { sha: next.head } },
    ]);
    expect(await site.textAt(BRANCH, PRODUCTION)).toBe(pinned('v3'));
    expect(await site.textAt(BRANCH, 'README.md')).toBe('Moved on\n');
  });

  it('turns a pull request back that somebody has turned to another branch', async () => {
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    await site.github.commit({ repository: 'acme/shop-deployment', branch: 'lax', files: { 'a.txt': 'a\n' } });
    await site.person('ada')('PATCH', `/repos/acme/shop-deployment/pulls/${number}`, { base: 'lax' });

    await site.learn('promotion-written', await promotionTo(site, 'v3', { number, head }));

    expect(await site.pull(number)).toMatchObject({ base: { ref: 'main' }, title: 'Promote shop to v3' });
  });

  it('is not what a person has told GitHub to merge: that is taken back before the branch moves', async () => {
    const ada = site.person('ada');
    await ada('PATCH', '/repos/acme/shop-deployment', { allow_auto_merge: true });
    await ada('PUT', '/repos/acme/shop-deployment/branches/main/protection', {
      required_status_checks: { strict: false, contexts: ['ci'] },
      required_pull_request_reviews: null,
      enforce_admins: true,
      restrictions: null,
    });
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    const { node_id: id } = z.object({ node_id: z.string() }).parse(await site.pull(number));
    const mutation = `mutation ($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) {
      enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method }) { clientMutationId }
    }`;
    await ada('POST', '/graphql', { query: mutation, variables: { id, head, method: 'SQUASH' } });
    expect(await site.pull(number)).toMatchObject({ auto_merge: { enabled_by: { login: 'ada' } } });
    site.github.clear();

    await site.learn('promotion-written', await promotionTo(site, 'v3', { number, head }));

    expect(site.calls().slice(0, 4)).toEqual([
      `PATCH /pulls/${number}`,
      'POST /graphql',
      'POST /graphql',
      'POST /git/trees',
    ]);
    expect(await site.pull(number)).toMatchObject({ auto_merge: null, title: 'Promote shop to v3' });
  });

  it('opens nothing anew where somebody has removed the branch, and the pull request with it', async () => {
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    await site.person('ada')('DELETE', `/repos/acme/shop-deployment/git/refs/heads/${BRANCH}`);
    site.github.clear();

    const { pull } = await site.learn('pull', await promotionTo(site, 'v3', { number, head }));

    expect(pull).toMatchObject({ number, open: false, merged: false });
    expect(site.calls()).toEqual([`PATCH /pulls/${number}`]);
  });

  it('moves nothing where a person has closed the pull request meanwhile, and that is learned', async () => {
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    await site.person('ada')('PATCH', `/repos/acme/shop-deployment/pulls/${number}`, { state: 'closed' });

    await site.learn('pull', await promotionTo(site, 'v3', { number, head }));

    expect(await site.textAt(BRANCH, PRODUCTION)).toBe(pinned('v2'));
    expect(await site.pulls()).toHaveLength(1);
  });
});

describe('64 · what is there already', () => {
  it('is adopted by its branch and mark, and not made twice', async () => {
    const first = await site.learn('promotion-written', await promotionTo(site, 'v2'));

    const again = await site.learn('promotion-written', await promotionTo(site, 'v3'));

    expect(again.number).toBe(first.number);
    expect(await site.pulls()).toMatchObject([{ title: 'Promote shop to v3', head: { sha: again.head } }]);
  });

  it('is left where it is not Hawser’s: somebody else’s words are not written over', async () => {
    await site.github.commit({ repository: 'acme/shop-deployment', branch: BRANCH, files: { 'a.txt': 'a\n' } });
    await site.person('ada')('POST', '/repos/acme/shop-deployment/pulls', {
      title: 'Mine',
      body: 'My words',
      head: BRANCH,
      base: 'main',
    });

    const outcome = await site.attempt(await promotionTo(site, 'v2'));

    expect(outcome).toMatchObject({
      kind: 'dead',
      reason: { code: 'occupied', message: expect.stringContaining('#1') },
    });
    expect(await site.pull(1)).toMatchObject({ title: 'Mine', body: 'My words' });
  });
});

describe('an end that nobody knows', () => {
  const calls = [
    ['the tree', 'POST', '/git/trees$'],
    ['the commit', 'POST', '/git/commits$'],
    ['the branch', 'POST', '/git/refs$'],
    ['the pull request', 'POST', '/pulls$'],
    ['the labels', 'POST', '/labels$'],
    ['the reviewers', 'POST', '/requested_reviewers$'],
  ] as const;
  const kinds = ['act-then-drop', 'act-then-hang', 'drop', 'server-error'] as const;

  it.each(calls.flatMap((call) => kinds.map((kind) => [...call, kind] as const)))(
    'of %s (%s %s, %s) leaves one branch of one commit, and one pull request',
    async (_what, method, path, kind) => {
      const effect = await promotionTo(site, 'v2');
      site.github.fault({ kind, method, path });

      expect(await site.attempt(effect)).toMatchObject({ kind: 'later', certain: false });
      const made = await site.tipOf(BRANCH);
      site.github.advance(60_000);
      const learned = await site.learn('promotion-written', effect, { look: true, attempts: 1 });

      // A branch that is there already is not moved: that would be a push, and a run of every check.
      expect(learned.head).toBe(made ?? learned.head);
      expect(await site.pulls()).toMatchObject([
        {
          number: learned.number,
          state: 'open',
          head: { ref: BRANCH, sha: learned.head },
          labels: [{ name: 'promotion' }],
          requested_reviewers: [{ login: 'bob' }],
        },
      ]);
      const { body } = await site.person('ada')('GET', '/repos/acme/shop-deployment/branches');
      expect(body).toMatchObject([{ name: BRANCH, commit: { sha: learned.head } }, { name: 'main' }]);
      const commits = await site.person('ada')('GET', `/repos/acme/shop-deployment/compare/main...${BRANCH}`);
      expect(commits.body).toMatchObject({ ahead_by: 1, behind_by: 0 });
    },
  );

  it.each([
    ['the words', 'PATCH', '/pulls/1$'],
    ['the branch', 'PATCH', '/git/refs/'],
  ] as const)('of %s at an update leaves what was wanted', async (_what, method, path) => {
    const { number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2'));
    const effect = await promotionTo(site, 'v3', { number, head });
    site.github.fault({ kind: 'act-then-drop', method, path });

    await site.attempt(effect);
    const next = await site.learn('promotion-written', effect, { look: true, attempts: 1 });

    expect(await site.pulls()).toMatchObject([{ number, title: 'Promote shop to v3', head: { sha: next.head } }]);
  });
});

it('without the permission, nothing is done, and it is said which one is missing', async () => {
  site.github.installation(7, { permissions: { ...PERMISSIONS, contents: 'read' } });

  const outcome = await site.attempt(await promotionTo(site, 'v2'));

  site.github.installation(7, { permissions: PERMISSIONS });
  expect(outcome).toMatchObject({
    kind: 'later',
    reason: { code: 'promotions-not-granted', message: expect.stringContaining('contents: write') },
  });
});
