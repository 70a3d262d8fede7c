/** What a deployment is, which GitHub makes, and which it refuses. */
import type { Octokit } from '@octokit/core';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { bridge, refusal, type Stand, shop } from './stand.ts';

const plain = { ...shop, auto_merge: false, required_contexts: [] as string[] };
const Made = z.object({ id: z.number(), sha: z.string() });

export async function deploy(octokit: Octokit, more: Record<string, unknown> = {}) {
  const answer = await octokit.request('POST /repos/{owner}/{repo}/deployments', { ...plain, ref: 'main', ...more });
  return Made.parse(answer.data);
}

export async function tip(octokit: Octokit, ref: string): Promise<string> {
  return (await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref })).data.sha;
}

export function describeDeployments(stand: () => Stand): void {
  it('a deployment is created with GitHub’s defaults', async () => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'main');

    const { status, data } = await octokit.request('POST /repos/{owner}/{repo}/deployments', { ...plain, ref: 'main' });

    expect(status).toBe(201);
    expect(data).toMatchObject({
      sha,
      ref: 'main',
      task: 'deploy',
      environment: 'production',
      original_environment: 'production',
      payload: {},
      description: null,
      transient_environment: false,
      production_environment: true,
      creator: { login: 'hawser[bot]', type: 'Bot' },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      performed_via_github_app: { slug: 'hawser' },
    });
  });

  it('a deployment keeps what it was given', async () => {
    const octokit = bridge(stand());
    const given = {
      task: 'deploy:migrations',
      environment: 'pr-7',
      description: 'Ünïcode 🚢'.padEnd(140, '.').slice(0, 140),
      transient_environment: true,
      production_environment: false,
      payload: { hawser: { v: 1, key: 'k' }, list: [1, null] },
    };

    const { id } = await deploy(octokit, given);

    const read = await octokit.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}', {
      ...shop,
      deployment_id: id,
    });
    expect(read.data).toMatchObject(given);
    expect(await stand().deployments('acme/shop')).toMatchObject([{ id, ...given, state: 'pending', statuses: [] }]);
  });

  it('a payload of text stays text', async () => {
    const octokit = bridge(stand());

    const { id } = await deploy(octokit, { payload: '{"hawser":{"v":1}}' });

    const read = await octokit.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}', {
      ...shop,
      deployment_id: id,
    });
    expect(read.data.payload).toBe('{"hawser":{"v":1}}');
  });

  it.each([
    ['production', true],
    ['Production', false],
    ['staging', false],
  ])('the environment %s is a production environment: %s', async (environment, production) => {
    await deploy(bridge(stand()), { environment });

    expect(await stand().deployments('acme/shop')).toMatchObject([{ environment, production_environment: production }]);
  });

  it.each(['main', 'topic', 'v1', 'v2', 'refs/heads/main'])('the ref %s is resolved to its commit', async (ref) => {
    const octokit = bridge(stand());

    expect((await deploy(octokit, { ref })).sha).toBe(await tip(octokit, ref));
  });

  it('a full SHA is a ref', async () => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'v1');

    await deploy(octokit, { ref: sha });

    expect(await stand().deployments('acme/shop')).toMatchObject([{ ref: sha, sha }]);
  });

  const zeros = '0'.repeat(40);
  it.each([
    ['a branch that is not there', { ref: 'nowhere' }, 'No ref found for: nowhere'],
    ['a SHA that is not there', { ref: zeros }, `No ref found for: ${zeros}`],
    ['no ref', { ref: undefined }, 'Invalid request.\n\n"ref" wasn\'t supplied.'],
    ['a description of 141 characters', { description: 'x'.repeat(141) }, 'Validation Failed'],
    ['an environment of 256 characters', { environment: 'x'.repeat(256) }, 'Validation Failed'],
    ['a task that is no text', { task: 7 }, "Invalid request.\n\nFor 'properties/task', 7 is not a string."],
    [
      'a flag that is no flag',
      { transient_environment: 'yes' },
      'Invalid request.\n\nFor \'properties/transient_environment\', "yes" is not a boolean.',
    ],
  ])('%s is refused', async (_what, wrong, message) => {
    const answer = await refusal(deploy(bridge(stand()), wrong).then(() => ({ status: 201 })));

    expect(answer).toMatchObject({
      status: 422,
      body: { message, documentation_url: expect.any(String), status: '422' },
    });
    expect(await stand().deployments('acme/shop')).toEqual([]);
  });

  it('a body that is no JSON is refused', async () => {
    const octokit = bridge(stand());
    const answer = octokit.request('POST /repos/{owner}/{repo}/deployments', {
      ...shop,
      ref: 'main',
      data: '{',
      headers: { 'content-type': 'application/json' },
    });

    expect(await refusal(answer)).toMatchObject({ status: 400, body: { message: 'Problems parsing JSON' } });
  });

  it('a deployment that is not there is not found', async () => {
    const answer = bridge(stand()).request('GET /repos/{owner}/{repo}/deployments/{deployment_id}', {
      ...shop,
      deployment_id: 1,
    });

    expect(await refusal(answer)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  });

  it('a branch behind the default branch is merged instead of deployed', async () => {
    const octokit = bridge(stand());
    await stand().commit({ repository: 'acme/shop', files: { 'till.txt': 'two\n' } });
    await stand().commit({ repository: 'acme/shop', branch: 'topic', files: { 'new.txt': 'new\n' } });
    const wish = { ...shop, ref: 'topic', required_contexts: [] };

    const merged = await octokit.request('POST /repos/{owner}/{repo}/deployments', wish);
    const deployed = await octokit.request('POST /repos/{owner}/{repo}/deployments', wish);

    expect(merged).toMatchObject({ status: 202, data: { message: 'Auto-merged main into topic on deployment.' } });
    expect(deployed.status).toBe(201);
    expect(await stand().deployments('acme/shop')).toHaveLength(1);
    const till = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...shop,
      path: 'till.txt',
      ref: 'topic',
    });
    expect(Buffer.from(z.object({ content: z.string() }).parse(till.data).content, 'base64').toString()).toBe('two\n');
  });

  it('a branch that conflicts with the default branch is not deployed', async () => {
    await stand().commit({ repository: 'acme/shop', files: { 'shop.txt': 'ours\n' } });
    await stand().commit({ repository: 'acme/shop', branch: 'topic', files: { 'shop.txt': 'theirs\n' } });

    const answer = bridge(stand()).request('POST /repos/{owner}/{repo}/deployments', {
      ...shop,
      ref: 'topic',
      required_contexts: [],
    });

    expect(await refusal(answer)).toMatchObject({
      status: 409,
      body: { message: 'Conflict merging main into topic.' },
    });
    expect(await stand().deployments('acme/shop')).toEqual([]);
  });

  it('a branch that is behind is deployed as it is where no merge is wanted', async () => {
    await stand().commit({ repository: 'acme/shop' });

    await deploy(bridge(stand()), { ref: 'topic' });

    expect(await stand().deployments('acme/shop')).toMatchObject([{ ref: 'topic' }]);
  });

  it.each([
    ['a failed status', [['ci', 'failure']], undefined, ['ci']],
    [
      'a pending status among others',
      [
        ['ci', 'success'],
        ['lint', 'pending'],
      ],
      undefined,
      ['lint'],
    ],
    ['a context that is required and missing', [['ci', 'success']], ['ci', 'scan'], ['scan']],
  ] as const)('%s keeps a commit from being deployed', async (_what, statuses, required_contexts, failed) => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'main');
    for (const [context, state] of statuses)
      await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...shop, sha, context, state });

    const answer = octokit.request('POST /repos/{owner}/{repo}/deployments', {
      ...shop,
      ref: 'main',
      auto_merge: false,
      ...(required_contexts ? { required_contexts: [...required_contexts] } : {}),
    });

    const { status, body } = await refusal(answer);
    expect({ status, message: body.message }).toEqual({
      status: 409,
      message: 'Conflict: Commit status checks failed for main.',
    });
    expect(body['errors']).toMatchObject([
      { field: 'required_contexts', contexts: failed.map((context) => ({ context })) },
    ]);
    expect(await stand().deployments('acme/shop')).toEqual([]);
  });

  it('a failed check run counts as a context, too', async () => {
    const octokit = bridge(stand());
    const head_sha = await tip(octokit, 'main');
    await octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      ...shop,
      name: 'test',
      head_sha,
      status: 'completed',
      conclusion: 'failure',
    });

    const answer = octokit.request('POST /repos/{owner}/{repo}/deployments', {
      ...shop,
      ref: 'main',
      auto_merge: false,
    });

    expect(await refusal(answer)).toMatchObject({
      status: 409,
      body: { errors: [{ contexts: [{ context: 'test', state: 'failure' }] }] },
    });
  });

  it('no required contexts bypass what has failed, and the newest status of a context counts', async () => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'main');
    const report = (state: 'failure' | 'success') =>
      octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...shop, sha, context: 'ci', state });
    const deployAnyway = { ...shop, ref: 'main', auto_merge: false };

    await report('failure');
    const bypassed = await octokit.request('POST /repos/{owner}/{repo}/deployments', {
      ...deployAnyway,
      required_contexts: [],
    });
    await report('success');
    const green = await octokit.request('POST /repos/{owner}/{repo}/deployments', deployAnyway);

    expect([bypassed.status, green.status]).toEqual([201, 201]);
  });

  it('deployments are listed newest first, and filtered', async () => {
    const octokit = bridge(stand());
    const main = await deploy(octokit, { environment: 'staging' });
    const tagged = await deploy(octokit, { ref: 'v1', environment: 'Production', task: 'migrate' });
    const list = async (filter: Record<string, string>) =>
      (await octokit.request('GET /repos/{owner}/{repo}/deployments', { ...shop, ...filter })).data.map(({ id }) => id);

    expect(await list({})).toEqual([tagged.id, main.id]);
    expect(await list({ sha: tagged.sha })).toEqual([tagged.id]);
    expect(await list({ ref: 'main' })).toEqual([main.id]);
    expect(await list({ task: 'migrate' })).toEqual([tagged.id]);
    expect(await list({ environment: 'production' })).toEqual([tagged.id]);
    expect(await list({ environment: 'staging', sha: tagged.sha })).toEqual([]);
  });

  it('a list is cut into pages, linked to each other, of at most a hundred', async () => {
    const octokit = bridge(stand());
    for (let made = 0; made < 101; made++) await deploy(octokit);
    const page = (query: Record<string, number>) =>
      octokit.request('GET /repos/{owner}/{repo}/deployments', { ...shop, ...query });

    const [usual, largest, second] = [
      await page({}),
      await page({ per_page: 1000 }),
      await page({ per_page: 40, page: 2 }),
    ];

    expect([usual.data.length, largest.data.length, second.data.length]).toEqual([30, 100, 40]);
    const rels = [...(second.headers.link ?? '').matchAll(/[?&]page=(\d+)[^>]*>; rel="(\w+)"/g)].map(
      ([, number, rel]) => `${rel} ${number}`,
    );
    expect(rels).toEqual(['prev 1', 'next 3', 'last 3', 'first 1']);
    const ids = [...usual.data, ...(await page({ page: 2 })).data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(60);
  });

  it('the only deployment may be deleted at any time, any other not while it is active', async () => {
    const octokit = bridge(stand());
    const remove = (deployment_id: number) =>
      octokit.request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...shop, deployment_id });
    const [first, second] = [await deploy(octokit), await deploy(octokit)];
    await octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...shop,
      deployment_id: first.id,
      state: 'success',
    });

    expect(await refusal(remove(first.id))).toMatchObject({ status: 422 });
    // One without a status is not inactive either.
    expect(await refusal(remove(second.id))).toMatchObject({ status: 422 });
    await octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...shop,
      deployment_id: first.id,
      state: 'inactive',
    });
    expect((await remove(first.id)).status).toBe(204);
    expect((await remove(second.id)).status).toBe(204);
    expect(await stand().deployments('acme/shop')).toEqual([]);
  });
}
