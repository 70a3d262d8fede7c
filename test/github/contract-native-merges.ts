/** What becomes of a merge that is left to GitHub: armed, refused in GraphQL's way, queued, and done in the end. */
import { expect, it } from 'vitest';
import * as z from 'zod';
import { tip } from './contract-deployments.ts';
import { bridge, narrowed, type Stand, shop } from './stand.ts';

const repository = 'acme/shop';
const Opened = z.object({ number: z.number(), node_id: z.string(), head: z.object({ sha: z.string() }) });
const Answered = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ type: z.string(), message: z.string() })).optional(),
});

export function describeNativeMerges(stand: () => Stand): void {
  const mona = (method: string, path: string, body?: unknown) =>
    stand().as('mona')(method, `/repos/${repository}${path}`, body);
  const allow = () => mona('PATCH', '', { allow_auto_merge: true });
  const queue = () => mona('POST', '/rulesets', { rules: [{ type: 'merge_queue' }] });
  const report = (sha: string, state: string) => mona('POST', `/statuses/${sha}`, { context: 'ci', state });
  const read = async (number: number) => (await mona('GET', `/pulls/${number}`)).body;
  const protect = () =>
    mona('PUT', '/branches/main/protection', {
      required_status_checks: { strict: false, contexts: ['ci'] },
      required_pull_request_reviews: null,
      enforce_admins: true,
      restrictions: null,
    });

  async function open() {
    await stand().commit({ repository, branch: 'topic', files: { 'topic.txt': 'topic\n' } });
    const { body } = await stand().as('wanda')('POST', `/repos/${repository}/pulls`, {
      title: 'T',
      head: 'topic',
      base: 'main',
    });
    return Opened.parse(body);
  }

  type Asked = { node_id: string; head: { sha: string } };
  async function ask(call: string, { node_id: id, head }: Asked, octokit = bridge(stand())) {
    const auto = call === 'enablePullRequestAutoMerge';
    const query = `mutation ($id: ID!, $head: GitObjectID!${auto ? ', $method: PullRequestMergeMethod!' : ''}) {
      ${call}(input: { pullRequestId: $id, expectedHeadOid: $head${auto ? ', mergeMethod: $method' : ''} }) { clientMutationId }
    }`;
    const variables = { id, head: head.sha, ...(auto ? { method: 'SQUASH' } : {}) };
    const { data } = await octokit.request('POST /graphql', { query, variables });
    return Answered.parse(data).errors?.map(({ type, message }) => `${type}: ${message}`) ?? [];
  }
  const arm = (pull: Asked, octokit = bridge(stand())) => ask('enablePullRequestAutoMerge', pull, octokit);
  const enqueue = (pull: Asked) => ask('enqueuePullRequest', pull);

  it('an armed pull request is merged once its required check has succeeded, by whoever armed it', async () => {
    await allow();
    await protect();
    const pull = await open();

    expect(await arm(pull)).toEqual([]);
    expect(await read(pull.number)).toMatchObject({ merged: false, auto_merge: { merge_method: 'squash' } });
    await report(pull.head.sha, 'pending');
    expect(await read(pull.number)).toMatchObject({ merged: false });
    await report(pull.head.sha, 'success');

    expect(await read(pull.number)).toMatchObject({ merged: true, merged_by: { login: 'hawser[bot]' } });
  });

  it.each([
    ['in a repository that does not allow it', async () => {}, 'Auto merge is not allowed for this repository'],
    ['that could be merged at once', async () => allow(), 'Pull request is in clean status'],
    [
      'beside a check that is not required',
      async ({ head }: Asked) => {
        await allow();
        await report(head.sha, 'pending');
      },
      'Pull request is in unstable status',
    ],
  ] as const)('a pull request %s is not armed', async (_, given, message) => {
    const pull = await open();
    await given(pull);

    expect(await arm(pull)).toEqual([`UNPROCESSABLE: Pull request ${message}`]);
    expect(await read(pull.number)).toMatchObject({ merged: false, auto_merge: null });
  });

  it('a pull request is not armed at another head, nor by a token that may not merge', async () => {
    await allow();
    await protect();
    const pull = await open();
    const reading = await narrowed(stand(), { permissions: { contents: 'read', pull_requests: 'write' } });

    expect(await arm({ ...pull, head: { sha: 'f'.repeat(40) } })).toHaveLength(1);
    expect(await arm(pull, reading)).toEqual(['FORBIDDEN: Resource not accessible by integration']);
    expect(await read(pull.number)).toMatchObject({ auto_merge: null });
  });

  async function takeBack(call: 'disablePullRequestAutoMerge' | 'dequeuePullRequest', { node_id: id }: Asked) {
    const input = call === 'dequeuePullRequest' ? 'id' : 'pullRequestId';
    const query = `mutation ($id: ID!) { ${call}(input: { ${input}: $id }) { clientMutationId } }`;
    const { data } = await bridge(stand()).request('POST /graphql', { query, variables: { id } });
    return Answered.parse(data).errors?.length ?? 0;
  }

  it('an armed pull request is taken back once, and then not merged when its check succeeds', async () => {
    await allow();
    await protect();
    const pull = await open();
    await arm(pull);

    expect(await takeBack('disablePullRequestAutoMerge', pull)).toBe(0);
    expect(await takeBack('disablePullRequestAutoMerge', pull)).toBe(1);
    expect(await takeBack('dequeuePullRequest', pull)).toBe(1);
    await report(pull.head.sha, 'success');

    expect(await read(pull.number)).toMatchObject({ merged: false, auto_merge: null });
  });

  it('a branch with a merge queue takes no other merge', async () => {
    await queue();
    const pull = await open();
    const before = await tip(bridge(stand()), 'main');

    expect(await mona('PUT', `/pulls/${pull.number}/merge`)).toMatchObject({ status: 405 });
    expect(await tip(bridge(stand()), 'main')).toBe(before);
    expect(await enqueue(pull)).toEqual([]);
    expect(await read(pull.number)).toMatchObject({ merged: true });
  });

  it('a queue takes nothing that its branch would refuse, and there has to be one', async () => {
    const pull = await open();

    expect(await enqueue(pull)).toEqual(['UNPROCESSABLE: Pull request The merge queue is not enabled for this branch']);
    await queue();
    await protect();
    expect(await enqueue(pull)).toEqual(['UNPROCESSABLE: Pull request Required status check "ci" is expected.']);
  });

  it('a branch shows its whole commit', async () => {
    const { data } = await bridge(stand()).request('GET /repos/{owner}/{repo}/branches/{branch}', {
      ...shop,
      branch: 'main',
    });

    expect(data).toMatchObject({
      name: 'main',
      commit: { sha: expect.any(String), commit: { tree: { sha: expect.any(String) } } },
    });
  });
}
