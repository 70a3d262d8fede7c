/** What refs, tags and commits answer, and who may do what. */
import { expect, it } from 'vitest';
import { tip } from './contract-deployments.ts';
import { bridge, refusal, type Stand, shop } from './stand.ts';

export function describeGit(stand: () => Stand): void {
  it('a lightweight tag is its commit', async () => {
    const octokit = bridge(stand());

    const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...shop, ref: 'tags/v1' });

    expect(data).toMatchObject({ ref: 'refs/tags/v1', object: { type: 'commit', sha: await tip(octokit, 'v1') } });
  });

  it('an annotated tag is an object that points to its commit', async () => {
    const octokit = bridge(stand());

    const ref = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...shop, ref: 'tags/v2' });
    const tag = await octokit.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
      ...shop,
      tag_sha: ref.data.object.sha,
    });

    expect(ref.data.object.type).toBe('tag');
    expect(tag.data).toMatchObject({
      tag: 'v2',
      message: 'The second version',
      object: { type: 'commit', sha: await tip(octokit, 'main') },
    });
  });

  it('tags are listed with their commits, whatever their kind', async () => {
    const octokit = bridge(stand());

    const { data } = await octokit.request('GET /repos/{owner}/{repo}/tags', shop);

    expect(data.map(({ name, commit }) => [name, commit.sha])).toEqual([
      ['v2', await tip(octokit, 'v2')],
      ['v1', await tip(octokit, 'v1')],
    ]);
  });

  it.each(['main', 'heads/main', 'v2'])('the combined status of %s is that of its contexts', async (ref) => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'main');
    const report = (context: string, state: 'success' | 'failure') =>
      octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...shop, sha, context, state });
    const combined = async () =>
      (await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/status', { ...shop, ref })).data.state;

    expect(await combined()).toBe('pending');
    await report('ci', 'failure');
    await report('lint', 'success');
    expect(await combined()).toBe('failure');
    await report('ci', 'success');
    expect(await combined()).toBe('success');
    const all = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...shop, ref });
    expect(all.data.map(({ context, state }) => `${context} ${state}`)).toEqual([
      'ci success',
      'lint success',
      'ci failure',
    ]);
  });

  it('a tag or a branch that is not there is not found', async () => {
    for (const ref of ['tags/v3', 'heads/nowhere']) {
      const answer = bridge(stand()).request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...shop, ref });
      expect(await refusal(answer)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    }
  });

  it.each(['main', 'v1', 'v2', 'heads/topic', 'tags/v2'])('a commit is found by %s', async (ref) => {
    const { data } = await bridge(stand()).request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref });

    expect(data).toMatchObject({
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      commit: { message: expect.stringContaining('The') },
    });
  });

  it('a commit that is not there is refused, not merely missing', async () => {
    for (const ref of ['nowhere', 'f'.repeat(40)]) {
      const answer = bridge(stand()).request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref });
      expect(await refusal(answer)).toMatchObject({
        status: 422,
        body: { message: `No commit found for SHA: ${ref}` },
      });
    }
  });

  it.each([
    ['mona', 'admin', 'admin'],
    ['ada', 'admin', 'admin'],
    ['max', 'write', 'maintain'],
    ['wanda', 'write', 'write'],
    ['tim', 'read', 'triage'],
    ['rita', 'read', 'read'],
    ['hubot', 'read', 'read'],
    ['octocat', 'none', ''],
  ])('%s has the permission %s, by the role %s', async (username, permission, role_name) => {
    const { data } = await bridge(stand()).request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      ...shop,
      username,
    });

    expect(data).toMatchObject({ permission, role_name, user: { login: username } });
  });

  it('who is nobody has no permission to be asked for', async () => {
    const answer = bridge(stand()).request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      ...shop,
      username: 'ghostwriter',
    });

    expect(await refusal(answer)).toMatchObject({ status: 404 });
  });

  it('a file is read, written, and not overwritten by one who has not seen its newest', async () => {
    const octokit = bridge(stand());
    const file = { ...shop, path: 'overlays/production/kustomization.yaml' };
    const content = (text: string) => Buffer.from(text).toString('base64');
    const put = (text: string, sha?: string) =>
      octokit.request('PUT /repos/{owner}/{repo}/contents/{path}', {
        ...file,
        message: text,
        content: content(text),
        ...(sha ? { sha } : {}),
      });

    const made = await put('one');
    const changed = await put('two', made.data.content?.sha);
    const stale = await refusal(put('three', made.data.content?.sha));

    expect([made.status, changed.status, stale.status]).toEqual([201, 200, 409]);
    const read = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', file);
    expect(read.data).toMatchObject({ type: 'file', content: expect.stringMatching(/^dHdv/) });
  });

  it('a tree and a commit are made, and a ref is moved only forward', async () => {
    const octokit = bridge(stand());
    const parent = await tip(octokit, 'main');
    const tree = await octokit
      .request('POST /repos/{owner}/{repo}/git/trees', {
        ...shop,
        base_tree: parent,
        tree: [{ path: 'a/b.txt', mode: '100644', type: 'blob', content: 'b' }],
      })
      .catch(async () => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
          ...shop,
          commit_sha: parent,
        });
        return octokit.request('POST /repos/{owner}/{repo}/git/trees', {
          ...shop,
          base_tree: data.tree.sha,
          tree: [{ path: 'a/b.txt', mode: '100644', type: 'blob', content: 'b' }],
        });
      });
    const commit = await octokit.request('POST /repos/{owner}/{repo}/git/commits', {
      ...shop,
      message: 'b',
      tree: tree.data.sha,
      parents: [parent],
    });
    const move = (sha: string) =>
      octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...shop, ref: 'heads/main', sha });

    expect((await move(commit.data.sha)).status).toBe(200);
    expect(await refusal(move(parent))).toMatchObject({
      status: 422,
      body: { message: 'Update is not a fast-forward' },
    });
    expect(await refusal(move('f'.repeat(40)))).toMatchObject({
      status: 422,
      body: { message: 'Object does not exist' },
    });
  });

  it('a ref is made once and deleted once', async () => {
    const octokit = bridge(stand());
    const sha = await tip(octokit, 'main');
    const make = () =>
      octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...shop, ref: 'refs/heads/hawser/x', sha });
    const remove = () =>
      octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...shop, ref: 'heads/hawser/x' });

    expect((await make()).status).toBe(201);
    expect(await refusal(make())).toMatchObject({ status: 422, body: { message: 'Reference already exists' } });
    expect((await remove()).status).toBe(204);
    expect(await refusal(remove())).toMatchObject({ status: 422, body: { message: 'Reference does not exist' } });
  });

  it('commits are compared', async () => {
    const octokit = bridge(stand());
    const head = await stand().commit({ repository: 'acme/shop', branch: 'topic' });
    await stand().commit({ repository: 'acme/shop' });

    const { data } = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...shop,
      basehead: `main...${head}`,
    });

    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 });
  });
}
