/** The check run, the gates, the merge and the closing of a promotion, over real HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ClosePull, MergePromotion, ReadGates, WriteCheck } from '../../schemas/effect.ts';
import { Instant } from '../../src/words/instant.ts';
import type { Sha } from '../../src/words/sha.ts';
import {
  BRANCH,
  PERMISSIONS,
  PRODUCTION,
  pinned,
  promotionTo,
  type Site,
  startSite,
  TARGET,
} from './deployment-repository.ts';

const REPOSITORY = '/repos/acme/shop-deployment';
const AT = Instant.parse(1_790_000_000_000);

let site: Site;
let number: number;
let head: Sha;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(async () => {
  await site.reset();
  ({ number, head } = await site.learn('promotion-written', await promotionTo(site, 'v2')));
  site.github.clear();
});
afterAll(() => site.close());

const status = (context: string, state: string, sha: string = head) =>
  site.person('ada')('POST', `${REPOSITORY}/statuses/${sha}`, { state, context });
const run = (name: string, conclusion: string | null, sha: string = head) =>
  site.person('ada')('POST', `${REPOSITORY}/check-runs`, {
    name,
    head_sha: sha,
    ...(conclusion === null ? { status: 'in_progress' } : { status: 'completed', conclusion }),
  });
const review = (login: string, event: string, more: Record<string, unknown> = {}) =>
  site.person(login)('POST', `${REPOSITORY}/pulls/${number}/reviews`, { event, body: 'x', ...more });
const push = () =>
  site.github.commit({
    repository: 'acme/shop-deployment',
    branch: BRANCH,
    files: { 'more.txt': 'more\n' },
    as: 'ada',
  });
const protect = (contexts: readonly string[]) =>
  site.person('ada')('PUT', `${REPOSITORY}/branches/main/protection`, {
    required_status_checks: { strict: false, contexts },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
const branches = async () => JSON.stringify((await site.person('ada')('GET', `${REPOSITORY}/branches`)).body);

describe('the check run', () => {
  const checking = (given: Partial<WriteCheck> = {}): WriteCheck => ({
    kind: 'write-check',
    target: TARGET,
    id: null,
    head,
    conclusion: null,
    title: 'Waits',
    summary: 'For its soak',
    ...given,
  });
  const runs = async () =>
    (await site.person('ada')('GET', `${REPOSITORY}/commits/${head}/check-runs?filter=all`)).body;

  it('is made by one call and edited by one', async () => {
    const { id } = await site.learn('check-written', checking());
    const learned = await site.learn('check-written', checking({ id, conclusion: 'success', title: 'Merged' }));

    expect(learned).toEqual({ kind: 'check-written', target: TARGET, id, head, summary: 'For its soak' });
    expect(site.calls()).toEqual(['POST /check-runs', `PATCH /check-runs/${id}`]);
    expect(await runs()).toMatchObject({
      total_count: 1,
      check_runs: [{ id, name: 'hawser/promotion', external_id: TARGET, status: 'completed', conclusion: 'success' }],
    });
  });

  it('waits again after it has been decided', async () => {
    const { id } = await site.learn('check-written', checking({ conclusion: 'success' }));
    await site.learn('check-written', checking({ id }));

    expect(await runs()).toMatchObject({ check_runs: [{ id, status: 'in_progress', conclusion: null }] });
  });

  it.each(['act-then-drop', 'act-then-hang', 'drop'] as const)('is one after %s', async (kind) => {
    site.github.fault({ kind, method: 'POST', path: '/check-runs$' });

    await site.attempt(checking());
    await site.learn('check-written', checking(), { look: true, attempts: 1 });

    expect(await runs()).toMatchObject({ total_count: 1 });
  });

  it('that is not there any more is made anew', async () => {
    const { id } = await site.learn('check-written', checking({ id: 999_999 }));

    expect(await runs()).toMatchObject({ total_count: 1, check_runs: [{ id }] });
  });

  it('is told from that of another target on the same head', async () => {
    await site.learn('check-written', checking({ target: 'another' }));

    await site.learn('check-written', checking(), { look: true });

    expect(await runs()).toMatchObject({ total_count: 2 });
  });

  it('of more words than GitHub takes is cut', async () => {
    await site.learn('check-written', checking({ summary: 'x'.repeat(70_000), title: 'y'.repeat(300) }));

    const made = site.github.calls.at(-1)?.body;
    expect(made).toMatchObject({ output: { summary: expect.stringMatching(/^x{65534}…$/) } });
  });
});

const merging = (given: Partial<MergePromotion> = {}): MergePromotion => ({
  kind: 'merge-promotion',
  target: TARGET,
  number,
  head,
  method: 'squash',
  via: 'direct',
  deleteBranch: BRANCH,
  ...given,
});

describe('the gates', () => {
  const looking = (given: Partial<ReadGates> = {}): ReadGates => ({
    kind: 'read-gates',
    target: TARGET,
    number,
    checks: true,
    approvals: true,
    teams: [],
    queue: false,
    at: AT,
    ...given,
  });
  const gates = async (given: Partial<ReadGates> = {}) => (await site.learn('gates', looking(given))).gates;

  it('are the pull request, checks, reviews and rules of this moment, by six calls', async () => {
    expect(await gates()).toEqual({
      number,
      at: AT,
      head,
      open: true,
      merged: false,
      into: 'main',
      armed: null,
      byRobot: false,
      labels: ['promotion'],
      checks: {},
      approvals: [],
      rules: null,
      organisation: null,
    });
    expect(site.calls()).toEqual([
      `GET /pulls/${number}`,
      `GET /commits/${head}/check-runs`,
      `GET /commits/${head}/status`,
      `GET /pulls/${number}/reviews`,
      'GET /contents/.github/image-promotion.yml',
      'GET /repos/acme/.github/contents/.github/image-promotion.yml',
    ]);
  });

  it('that no rule asks for are not read', async () => {
    await gates({ checks: false, approvals: false });

    expect(site.calls()).toHaveLength(3);
  });

  it.each([
    ['a person', () => site.person('ada')('PATCH', `${REPOSITORY}/pulls/${number}`, { state: 'closed' }), false],
    ['a robot', () => site.attempt({ kind: 'close-pull', number, comment: 'Over.', deleteBranch: null }), true],
  ] as const)('of one that %s has closed say so, by one more call', async (_, close, byRobot) => {
    await close();
    site.github.clear();

    expect(await gates()).toMatchObject({ open: false, merged: false, byRobot });
    expect(site.calls()).toContain(`GET /issues/${number}`);
  });

  it.each([
    ['a person', () => site.person('ada')('PUT', `${REPOSITORY}/pulls/${number}/merge`, {}), false],
    ['a robot', () => site.learn('merged', merging()), true],
  ] as const)('of one that %s has merged say so', async (_, merge, byRobot) => {
    await merge();

    expect(await gates()).toMatchObject({ merged: true, byRobot });
  });

  it('say which branch it goes into, where somebody has turned it', async () => {
    await site.github.commit({ repository: 'acme/shop-deployment', branch: 'lax', files: { 'a.txt': 'a\n' } });
    await site.person('ada')('PATCH', `${REPOSITORY}/pulls/${number}`, { base: 'lax' });

    expect(await gates()).toMatchObject({ into: 'lax' });
  });

  it('have the newest of each name, and never Hawser’s own', async () => {
    await run('ci', 'failure');
    await run('ci', 'success');
    await run('build', null);
    await run('hawser/promotion', 'action_required');
    await status('lint', 'error');
    await status('scan', 'pending');
    await status('scan', 'success');

    expect((await gates()).checks).toEqual({ ci: 'success', build: 'pending', lint: 'failure', scan: 'success' });
  });

  it('have no check of an earlier head', async () => {
    await run('ci', 'success');
    await push();

    expect((await gates()).checks).toEqual({});
  });

  it('go without statuses where the App may not read them', async () => {
    await run('ci', 'success');
    const { statuses: _, ...permissions } = PERMISSIONS;
    site.github.installation(7, { permissions });

    expect((await gates()).checks).toEqual({ ci: 'success' });
  });

  it.each([
    ['of one who may write', [['bob', 'APPROVE']], ['bob']],
    ['of one who may only read', [['eve', 'APPROVE']], []],
    [
      'that was followed by a comment',
      [
        ['bob', 'APPROVE'],
        ['bob', 'COMMENT'],
      ],
      ['bob'],
    ],
    [
      'that was taken back',
      [
        ['bob', 'APPROVE'],
        ['bob', 'REQUEST_CHANGES'],
      ],
      [],
    ],
    [
      'after changes that were asked for',
      [
        ['bob', 'REQUEST_CHANGES'],
        ['bob', 'APPROVE'],
      ],
      ['bob'],
    ],
    [
      'of two',
      [
        ['bob', 'APPROVE'],
        ['ada', 'APPROVE'],
      ],
      ['bob', 'ada'],
    ],
  ] as const)('have the approval %s', async (_, reviews, approvers) => {
    for (const [login, event] of reviews) await review(login, event);

    expect((await gates()).approvals).toEqual(approvers.map((login) => ({ login, teams: [] })));
  });

  it('have no approval of an earlier head', async () => {
    await review('bob', 'APPROVE');
    await push();

    expect((await gates()).approvals).toEqual([]);
  });

  it('have no approval that was dismissed', async () => {
    const { body } = await review('bob', 'APPROVE');
    const { id } = z.object({ id: z.number() }).parse(body);
    await site.person('ada')('PUT', `${REPOSITORY}/pulls/${number}/reviews/${id}/dismissals`, { message: 'no' });

    expect((await gates()).approvals).toEqual([]);
  });

  it('say of each approver which of the teams it is in, and know no other owner’s', async () => {
    await site.person('ada')('POST', '/orgs/acme/teams', { name: 'platform' });
    await site.person('ada')('PUT', '/orgs/acme/teams/platform/memberships/bob', { role: 'member' });
    await review('bob', 'APPROVE');
    await review('ada', 'APPROVE');

    expect((await gates({ teams: ['acme/platform', 'rival/platform', 'acme/nobody'] })).approvals).toEqual([
      { login: 'bob', teams: ['acme/platform'] },
      expect.objectContaining({ login: 'ada' }),
    ]);
  });

  it('that ask for teams wait for the permission to see them', async () => {
    await review('bob', 'APPROVE');
    const { members: _, ...permissions } = PERMISSIONS;
    site.github.installation(7, { permissions });

    expect(await site.attempt(looking({ teams: ['acme/platform'] }))).toMatchObject({
      kind: 'later',
      reason: { code: 'forbidden', message: expect.stringContaining('members=read') },
    });
  });
});

describe('the merge', () => {
  const MERGE = () => `PUT /pulls/${number}/merge`;
  const REMOVE = `DELETE /git/refs/heads/${BRANCH}`;

  it('is one call at this very head, and one more for the branch', async () => {
    const learned = await site.learn('merged', merging());

    expect(learned).toMatchObject({ target: TARGET, number, sha: (await site.base()).sha });
    expect(site.calls()).toEqual([MERGE(), REMOVE]);
    expect(await branches()).not.toContain(BRANCH);
    expect(await site.textAt('main', PRODUCTION)).toBe(pinned('v2'));
  });

  it('keeps the branch where it is to stay', async () => {
    await site.learn('merged', merging({ deleteBranch: null }));

    expect(site.calls()).toEqual([MERGE()]);
  });

  it('63 · of a head that has moved is not done', async () => {
    await push();

    expect(await site.learn('unmerged', merging())).toMatchObject({ why: 'moved', number });
    expect(await site.pull(number)).toMatchObject({ merged: false });
  });

  it('is never done past what protects the branch: GitHub’s words are learned', async () => {
    await protect(['ci']);

    expect(await site.learn('unmerged', merging())).toMatchObject({
      why: 'refused',
      words: 'Required status check "ci" is expected.',
    });
    expect(await site.pull(number)).toMatchObject({ merged: false });
  });

  it.each([
    [0, 'later'],
    [4, 'later'],
    [5, 'done'],
  ] as const)('that meets another one is tried again (after %i attempts: %s)', async (attempts, kind) => {
    site.github.fault({
      kind: 'refuse',
      status: 405,
      message: 'Base branch was modified. Review and try the merge again.',
      path: '/merge$',
    });

    expect(await site.attempt(merging(), { attempts })).toMatchObject({ kind });
  });

  it.each(['act-then-drop', 'act-then-hang', 'drop', 'server-error'] as const)(
    'is done once after %s',
    async (kind) => {
      site.github.fault({ kind, method: 'PUT', path: '/merge$' });

      expect(await site.attempt(merging())).toMatchObject({ kind: 'later', certain: false });
      const learned = await site.learn('merged', merging(), { look: true, attempts: 1 });

      expect(learned.sha).toBe((await site.base()).sha);
      expect(await branches()).not.toContain(BRANCH);
    },
  );

  it('waits for a permission that was taken away', async () => {
    const effect = merging();
    site.github.fault({
      kind: 'refuse',
      status: 403,
      message: 'Resource not accessible by integration',
      path: '/merge$',
    });

    expect(await site.attempt(effect)).toMatchObject({ kind: 'later', reason: { code: 'forbidden' } });
  });

  describe('that is left to GitHub', () => {
    const allow = () => site.person('ada')('PATCH', REPOSITORY, { allow_auto_merge: true });
    const GRAPHQL = 'POST /graphql';

    it('is armed by two calls, and done when what it waited for has come', async () => {
      await allow();
      await protect(['ci']);

      expect(await site.learn('merged', merging({ via: 'auto' }))).toMatchObject({ sha: 'left' });

      expect(site.calls()).toEqual([`GET /pulls/${number}`, GRAPHQL]);
      expect(await site.pull(number)).toMatchObject({ merged: false, auto_merge: { merge_method: 'squash' } });
      await status('ci', 'success');
      expect(await site.pull(number)).toMatchObject({ merged: true, merged_by: { login: 'hawser[bot]' } });
    });

    it.each(['act-then-drop', 'act-then-hang', 'drop'] as const)('is armed once after %s', async (kind) => {
      await allow();
      await protect(['ci']);
      site.github.fault({ kind, method: 'POST', path: '/graphql$' });

      expect(await site.attempt(merging({ via: 'auto' }))).toMatchObject({ kind: 'later', certain: false });
      await site.learn('merged', merging({ via: 'auto' }), { look: true, attempts: 1 });

      expect(site.calls().filter((call) => call === GRAPHQL)).toHaveLength(kind === 'drop' ? 2 : 1);
    });

    it('62 · when there is nothing to wait for is merged at once, since the rules allow it', async () => {
      await allow();

      await site.learn('merged', merging({ via: 'auto' }));

      expect(site.calls()).toEqual([`GET /pulls/${number}`, GRAPHQL, MERGE(), REMOVE]);
    });

    it.each([
      [0, 'later'],
      [5, 'done'],
    ] as const)('62 · beside checks that are not required is tried again, %i times before', async (attempts, kind) => {
      await allow();
      await status('ci', 'pending');

      const outcome = await site.attempt(merging({ via: 'auto' }), { attempts });

      expect(outcome).toMatchObject(
        kind === 'later'
          ? { kind, reason: { code: 'unstable' } }
          : { kind, learned: { kind: 'unmerged', why: 'refused' } },
      );
      expect(await site.pull(number)).toMatchObject({ merged: false });
    });

    it('62 · where the repository does not allow it is refused, with what to do', async () => {
      expect(await site.learn('unmerged', merging({ via: 'auto' }))).toMatchObject({
        why: 'refused',
        words: expect.stringContaining("Allow auto-merge in the repository's settings"),
      });
      expect(await site.pull(number)).toMatchObject({ merged: false, auto_merge: null });
    });

    it('63 · of a head that has moved is not armed', async () => {
      await allow();
      await protect(['ci']);
      await push();

      expect(await site.learn('unmerged', merging({ via: 'auto' }))).toMatchObject({ why: 'moved' });
      expect(site.calls()).not.toContain(GRAPHQL);
    });

    it('is taken back, and then not merged by what it waited for', async () => {
      await allow();
      await protect(['ci']);
      await site.learn('merged', merging({ via: 'auto' }));
      const before = site.calls().length;

      await site.learn('disarmed', { kind: 'disarm-promotion', target: merging().target, number });

      expect(site.calls().slice(before)).toEqual([`GET /pulls/${number}`, GRAPHQL, GRAPHQL]);
      await status('ci', 'success');
      expect(await site.pull(number)).toMatchObject({ merged: false, auto_merge: null });
    });

    it('that was not left to it, or was taken back before, is nothing to take back', async () => {
      await site.learn('disarmed', { kind: 'disarm-promotion', target: merging().target, number });

      expect(site.calls()).toEqual([`GET /pulls/${number}`, GRAPHQL]);
    });

    it('and merged before it could be taken back is learned as merged', async () => {
      await site.learn('merged', merging());

      const learned = await site.learn('merged', { kind: 'disarm-promotion', target: merging().target, number });

      expect(learned.sha).toBe((await site.base()).sha);
    });

    it('goes through the merge queue, where a direct merge is refused', async () => {
      await site.person('ada')('POST', `${REPOSITORY}/rulesets`, { rules: [{ type: 'merge_queue' }] });

      expect(await site.learn('unmerged', merging())).toMatchObject({
        why: 'refused',
        words: 'Changes must be made through the merge queue',
      });
      expect(await site.learn('merged', merging({ via: 'queue' }))).toMatchObject({ sha: 'left' });
      expect(await site.pull(number)).toMatchObject({ merged: true });
    });

    it('to a queue that is not there is refused', async () => {
      expect(await site.learn('unmerged', merging({ via: 'queue' }))).toMatchObject({
        why: 'refused',
        words: expect.stringContaining('write `via: direct`'),
      });
    });

    it('once it is merged is learned as merged', async () => {
      await site.person('ada')('PUT', `${REPOSITORY}/pulls/${number}/merge`);

      expect(await site.learn('merged', merging({ via: 'auto' }))).toMatchObject({ sha: (await site.base()).sha });
    });
  });
});

describe('a pull request that another one replaces', () => {
  const closing = (): ClosePull => ({ kind: 'close-pull', number, comment: 'See #2', deleteBranch: BRANCH });
  const comments = async () => (await site.person('ada')('GET', `${REPOSITORY}/issues/${number}/comments`)).body;

  it('is told so, closed, and its branch removed: a call each', async () => {
    await site.learn('nothing', closing());

    expect(site.calls()).toEqual([
      `POST /issues/${number}/comments`,
      `PATCH /pulls/${number}`,
      `DELETE /git/refs/heads/${BRANCH}`,
    ]);
    expect(await site.pull(number)).toMatchObject({ state: 'closed', merged: false });
    expect(await comments()).toMatchObject([{ body: 'See #2' }]);
    expect(await branches()).not.toContain(BRANCH);
  });

  it.each([
    ['the comment', 'POST', '/comments$'],
    ['the closing', 'PATCH', '/pulls/1$'],
  ] as const)('is told once, when the end of %s is not known', async (_, method, path) => {
    site.github.fault({ kind: 'act-then-drop', method, path });

    expect(await site.attempt(closing())).toMatchObject({ kind: 'later', certain: false });
    await site.learn('nothing', closing(), { look: true, attempts: 1 });

    expect(await comments()).toHaveLength(1);
    expect(await site.pull(number)).toMatchObject({ state: 'closed' });
    expect(await branches()).not.toContain(BRANCH);
  });
});
