/** How environments come, and who may take them away. */
import { expect, it } from 'vitest';
import { deploy } from './contract-deployments.ts';
import { bridge, installationId, refusal, type Stand, shop } from './stand.ts';

export function describeEnvironments(stand: () => Stand): void {
  it('an environment appears with its first deployment, under the name it had there', async () => {
    const octokit = bridge(stand());
    await deploy(octokit, { environment: 'Staging' });
    await deploy(octokit, { environment: 'staging' });
    await deploy(octokit, { environment: 'apps/shop' });

    const { data } = await octokit.request('GET /repos/{owner}/{repo}/environments', shop);

    expect({ total: data.total_count, names: data.environments?.map(({ name }) => name) }).toEqual({
      total: 2,
      names: ['Staging', 'apps/shop'],
    });
    const read = await octokit.request('GET /repos/{owner}/{repo}/environments/{environment_name}', {
      ...shop,
      environment_name: 'apps/shop',
    });
    expect(read.data.name).toBe('apps/shop');
  });

  it('an App that may not administer cannot delete an environment', async () => {
    const octokit = bridge(stand());
    await deploy(octokit, { environment: 'pr-7' });
    const remove = () =>
      octokit.request('DELETE /repos/{owner}/{repo}/environments/{environment_name}', {
        ...shop,
        environment_name: 'pr-7',
      });

    expect(await refusal(remove())).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  });

  it('the permission environments is for other things', async () => {
    await deploy(bridge(stand()), { environment: 'pr-7' });
    await stand().installation(installationId, { permissions: { environments: 'write', actions: 'read' } });
    const remove = bridge(stand()).request('DELETE /repos/{owner}/{repo}/environments/{environment_name}', {
      ...shop,
      environment_name: 'pr-7',
    });

    expect(await refusal(remove)).toMatchObject({ status: 403 });
  });

  it('the permission administration lets it', async () => {
    await deploy(bridge(stand()), { environment: 'pr-7' });
    await stand().installation(installationId, { permissions: { administration: 'write', actions: 'read' } });
    const octokit = bridge(stand());
    const remove = () =>
      octokit.request('DELETE /repos/{owner}/{repo}/environments/{environment_name}', {
        ...shop,
        environment_name: 'PR-7',
      });

    expect((await remove()).status).toBe(204);
    expect(await refusal(remove())).toMatchObject({ status: 404 });
    expect((await octokit.request('GET /repos/{owner}/{repo}/environments', shop)).data.total_count).toBe(0);
  });
}
