/** Holds the emulated GitHub to the contract, and to what it promises beyond: restarts, clocks, limits and ports. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { control } from '../../local/github/control.ts';
import type { GitHub } from '../../local/github/handles.ts';
import type { GitHubOptions } from '../../local/github/start-github.ts';
import { startObservedGitHub } from '../openapi/observer.ts';
import { contract } from './contract.ts';
import { deploy, tip } from './contract-deployments.ts';
import { appId, bearer, bridge, installationId, refusal, type Stand, seed, shop, tokenFor } from './stand.ts';

// Through the handles from afar, as the Worker's tests hold it.
contract('the emulated GitHub', async (seed) => {
  const github = await startObservedGitHub('client', { seed });
  return { ...control(github.url), url: github.url, close: () => github.close() };
});

describe('the emulated GitHub, beyond the contract', () => {
  const open: GitHub[] = [];
  let folder: string;

  async function start(options: Partial<GitHubOptions> = {}): Promise<GitHub & { stand: Stand }> {
    const github = await startObservedGitHub('client', { seed, ...options });
    open.push(github);
    return { ...github, stand: { ...control(github.url), url: github.url, close: () => github.close() } };
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'github-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((github) => github.close()));
    rmSync(folder, { recursive: true });
  });

  it('keeps deployments, history, tokens, deliveries and its clock over a restart', async () => {
    const state = join(folder, 'deep', 'state.json');
    const before = await start({ state });
    before.advance(600_000);
    const token = await tokenFor(before.stand);
    const { id } = await deploy(bearer(before.stand, token), { environment: 'staging', payload: { hawser: { v: 1 } } });
    const statuses = { ...shop, deployment_id: id };
    await bearer(before.stand, token).request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...statuses,
      state: 'success',
    });
    const sha = await before.commit({ repository: 'acme/shop', files: { 'kept.txt': 'kept\n' } });
    before.webhook({ url: 'http://127.0.0.1:9/' });
    const pull = await before.as('mona')('POST', '/repos/acme/shop/pulls', { title: 'T', head: 'topic', base: 'main' });
    expect(pull.status).toBe(201);
    await before.settled();
    const told = before.deliveries();
    const deployments = before.deployments('acme/shop');
    await before.close();

    const after = await start({ state });

    expect(after.deployments('acme/shop')).toEqual(deployments);
    expect(after.deliveries()).toEqual(told);
    expect(told.length).toBeGreaterThan(0);
    const octokit = bearer(after.stand, token);
    expect(await tip(octokit, 'main')).toBe(sha);
    expect((await octokit.request('GET /repos/{owner}/{repo}/pulls', shop)).data).toHaveLength(1);
    const next = await deploy(octokit);
    expect(next.id).toBeGreaterThan(id);
    const date = (await octokit.request('GET /repos/{owner}/{repo}', shop)).headers.date;
    expect(Date.parse(date ?? '') - Date.now()).toBeGreaterThan(590_000);
  });

  it('goes back to the seed on a reset, also in its file', async () => {
    const state = join(folder, 'state.json');
    const first = await start({ state });
    const seeded = await tip(bridge(first.stand), 'main');
    await deploy(bridge(first.stand));
    await first.commit({ repository: 'acme/shop' });
    await first.reset();
    await first.close();

    const second = await start({ state });

    expect(second.deployments('acme/shop')).toEqual([]);
    expect(await tip(bridge(second.stand), 'main')).toBe(seeded);
  });

  it('gives the seed the same SHAs at every start', async () => {
    const [one, other] = [await start({ now: () => Date.UTC(2027, 3, 1) }), await start()];
    const tipOf = async (github: GitHub) =>
      (await github.as('mona')('GET', '/repos/acme/shop/git/ref/heads/main')).body;

    expect(JSON.stringify(await tipOf(one)).replaceAll(one.url, '')).toBe(
      JSON.stringify(await tipOf(other)).replaceAll(other.url, ''),
    );
  });

  it('does not start from the state of another seed, or from what is no state', async () => {
    const state = join(folder, 'state.json');
    await (await start({ state })).close();
    const changed = { ...seed, repositories: seed.repositories.slice(0, 1) };

    await expect(startObservedGitHub('client', { seed: changed, state })).rejects.toThrow(
      /^.*state\.json grew from another seed: remove it to start afresh$/,
    );
    writeFileSync(state, 'not state');
    await expect(startObservedGitHub('client', { seed, state })).rejects.toThrow(
      /^.*state\.json is not this emulator's state: remove it to start afresh$/,
    );
  });

  it('says in one line that its port is taken', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });

    await expect(startObservedGitHub('client', { seed, port })).rejects.toThrow(
      `port ${port} is taken: choose another with GITHUB_PORT`,
    );
    taken.close();
  });

  it('stamps everything by the clock it is given, and only moves it forward', async () => {
    const github = await start({ now: () => Date.UTC(2026, 5, 1, 12) });
    const mona = github.as('mona');
    github.advance(90_500);

    await github.commit({ repository: 'acme/shop', branch: 'topic', files: { 'a.txt': 'a' } });
    const pull = await mona('POST', '/repos/acme/shop/pulls', { title: 'T', head: 'topic', base: 'main' });
    const commit = await mona('GET', '/repos/acme/shop/commits/topic');

    expect(pull.body).toMatchObject({ created_at: '2026-06-01T12:01:30Z', updated_at: '2026-06-01T12:01:30Z' });
    expect(commit.body).toMatchObject({ commit: { committer: { date: '2026-06-01T12:01:30Z' } } });
    expect(() => github.advance(-1)).toThrow('forward');
  });

  it('counts the hour’s requests, and refuses those beyond', async () => {
    const github = await start({ limits: { primary: 3 } });
    const octokit = bearer(github.stand, await tokenFor(github.stand));
    const read = () => octokit.request('GET /repos/{owner}/{repo}', shop);

    const left = [await read(), await read(), await read()].map(({ headers }) => headers['x-ratelimit-remaining']);
    const answer = await refusal(read());

    expect(left).toEqual(['2', '1', '0']);
    expect(answer).toMatchObject({
      status: 403,
      body: { message: `API rate limit exceeded for installation ID ${installationId}.` },
    });
    github.advance(3_600_000 - 60_000);
    expect(await refusal(read())).toMatchObject({ status: 403 });
    github.advance(60_000);
    // The token has expired with the hour; that it is asked shows that the limit has not stopped it.
    expect(await refusal(read())).toMatchObject({ status: 401 });
  });

  it('takes as many statuses as it is told', async () => {
    const github = await start({ limits: { statusesPerDeployment: 2 } });
    const octokit = bridge(github.stand);
    const { id } = await deploy(octokit);
    const report = () =>
      octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
        ...shop,
        deployment_id: id,
        state: 'queued',
      });

    await report();
    await report();
    expect(await refusal(report())).toMatchObject({ status: 422 });
  });

  it('takes its time for every call where a latency is set', async () => {
    const github = await start({ latency: 60 });
    const begun = performance.now();

    await tokenFor(github.stand);

    expect(performance.now() - begun).toBeGreaterThanOrEqual(59);
  });

  it('answers more calls of one token than emulate would', async () => {
    const github = await start({ limits: { primary: 100_000 } });
    const mona = github.as('mona');
    let last = 0;
    for (let call = 0; call < 5100; call++) last = (await mona('GET', '/zen')).status;

    expect(last).toBe(200);
  });

  it('tells the App’s webhook of its seed, from the start', async () => {
    const github = await start({
      seed: { ...seed, app: { ...seed.app, webhookUrl: 'http://127.0.0.1:9/', events: ['push'] } },
    });
    await github.settled();
    expect(github.deliveries()).toEqual([]);

    await github.commit({ repository: 'acme/shop', branch: 'new' });
    await github.settled();

    expect(github.deliveries().map(({ event }) => event)).toEqual(['push']);
    expect(github.deliveries()[0]?.headers['x-github-hook-installation-target-id']).toBe(String(appId));
  });

  it('refuses an order that it does not understand', async () => {
    const github = await start();
    const answer = await fetch(`${github.url}/_emulator/commits`, {
      method: 'POST',
      body: '{"repository":"acme/nowhere"}',
    });

    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 400,
      body: { error: 'no repository acme/nowhere' },
    });
  });
});
