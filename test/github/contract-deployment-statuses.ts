/** How a deployment's state is told, and what a success does to those before it. */
import type { Octokit } from '@octokit/core';
import { expect, it } from 'vitest';
import { deploy } from './contract-deployments.ts';
import { bridge, refusal, type Stand, shop } from './stand.ts';

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const;
type State = (typeof states)[number];

function report(octokit: Octokit, deployment_id: number, state: State, more: Record<string, unknown> = {}) {
  return octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...shop,
    deployment_id,
    state,
    ...more,
  });
}

export function describeDeploymentStatuses(stand: () => Stand): void {
  it.each(states)('the state %s is told', async (state) => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);

    const { status, data } = await report(octokit, id, state, {
      description: 'So it is',
      log_url: 'https://argocd.example.com/a',
      environment_url: 'https://example.com',
    });

    expect(status).toBe(201);
    expect(data).toMatchObject({
      state,
      description: 'So it is',
      log_url: 'https://argocd.example.com/a',
      target_url: 'https://argocd.example.com/a',
      environment_url: 'https://example.com',
      environment: 'production',
      creator: { login: 'hawser[bot]' },
    });
    expect(await stand().deployments('acme/shop')).toMatchObject([
      { id, state, statuses: [{ state, description: 'So it is' }] },
    ]);
  });

  it('statuses are listed newest first, and each can be read', async () => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);
    for (const state of ['queued', 'in_progress', 'success'] as const) await report(octokit, id, state);

    const list = await octokit.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...shop,
      deployment_id: id,
      per_page: 2,
    });
    const oldest = (await stand().deployments('acme/shop'))[0]?.statuses[0]?.id ?? 0;
    const one = await octokit.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}', {
      ...shop,
      deployment_id: id,
      status_id: oldest,
    });

    expect(list.data.map(({ state }) => state)).toEqual(['success', 'in_progress']);
    expect(list.headers.link).toContain('rel="next"');
    expect(one.data.state).toBe('queued');
  });

  it.each([
    ['a state that GitHub does not know', { state: 'done' }, 'state', 'state is not included in the list'],
    [
      'a description of 141 characters',
      { description: '🚢'.repeat(141) },
      'description',
      'description is too long (maximum is 140 characters)',
    ],
    [
      'a log_url that is no web address',
      { log_url: 'ftp://example.com' },
      'log_url',
      'log_url must use http(s) scheme',
    ],
    [
      'an environment_url that is no web address',
      { environment_url: 'javascript:alert(1)' },
      'environment_url',
      'environment_url must use http(s) scheme',
    ],
  ])('%s is refused', async (_what, wrong, field, message) => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);

    const answer = await refusal(report(octokit, id, 'success', wrong));

    expect(answer).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'DeploymentStatus', field, message }] },
    });
    expect(await stand().deployments('acme/shop')).toMatchObject([{ statuses: [] }]);
  });

  it('a description of 140 characters is taken, whatever its bytes', async () => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);

    expect((await report(octokit, id, 'success', { description: '🚢'.repeat(140) })).status).toBe(201);
  });

  it('a status without a state, or of no deployment, is refused', async () => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);
    const stateless = octokit.request('POST /repos/acme/shop/deployments/{id}/statuses', { id });

    expect(await refusal(stateless)).toMatchObject({
      status: 422,
      body: { message: 'Invalid request.\n\n"state" wasn\'t supplied.' },
    });
    expect(await refusal(report(octokit, 1, 'success'))).toMatchObject({ status: 404 });
  });

  it.each([
    ['of the same environment', {}, {}, 'inactive'],
    ['of the same environment in other letters', { environment: 'Staging' }, {}, 'inactive'],
    ['of another environment', { environment: 'sandbox' }, {}, 'success'],
    ['that is transient', { transient_environment: true }, {}, 'success'],
    ['of production', { production_environment: true }, {}, 'success'],
    ['that failed', {}, { state: 'failure' }, 'failure'],
    ['that is under way', {}, { state: 'in_progress' }, 'in_progress'],
  ] as const)(
    'a success finds an earlier deployment %s, and leaves it %s',
    async (_what, more, { state = 'success' }: { state?: State }, after) => {
      const octokit = bridge(stand());
      const earlier = await deploy(octokit, { environment: 'staging', ...more });
      await report(octokit, earlier.id, state, { auto_inactive: false });
      const later = await deploy(octokit, { environment: 'staging' });

      await report(octokit, later.id, 'success');

      expect(await stand().deployments('acme/shop')).toMatchObject([{ state: after }, { state: 'success' }]);
    },
  );

  it.each([
    ['a success that retires nobody', 'success', { auto_inactive: false }],
    ['a failure', 'failure', {}],
  ] as const)('%s leaves earlier deployments alone', async (_what, state, more) => {
    const octokit = bridge(stand());
    const earlier = await deploy(octokit, { environment: 'staging' });
    await report(octokit, earlier.id, 'success');
    const later = await deploy(octokit, { environment: 'staging' });

    await report(octokit, later.id, state, more);

    expect(await stand().deployments('acme/shop')).toMatchObject([{ state: 'success' }, { state }]);
  });

  it('a success of an older deployment leaves the newer one alone', async () => {
    const octokit = bridge(stand());
    const [older, newer] = [
      await deploy(octokit, { environment: 'staging' }),
      await deploy(octokit, { environment: 'staging' }),
    ];
    await report(octokit, newer.id, 'success');

    await report(octokit, older.id, 'success');

    expect(await stand().deployments('acme/shop')).toMatchObject([{ state: 'success' }, { state: 'success' }]);
  });

  it('a deployment takes only so many statuses', async () => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);
    let taken = 0;
    const answer = await refusal(
      (async () => {
        // No stand-in takes more than a thousand: the number is not documented, that there is one has been seen.
        for (; taken < 1000; taken++) await report(octokit, id, 'in_progress');
        return { status: 201 };
      })(),
    );

    expect(taken).toBeGreaterThan(10);
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'This deployment has reached the maximum number of statuses.' }] },
    });
  });
}
