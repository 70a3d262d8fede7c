/** How GitHub fails when it is told to. */
import { expect, it } from 'vitest';
import { deploy } from './contract-deployments.ts';
import { bearer, refusal, type Stand, shop, tokenFor } from './stand.ts';

export function describeFaults(stand: () => Stand): void {
  async function client() {
    return bearer(stand(), await tokenFor(stand()));
  }
  const list = async (octokit: Awaited<ReturnType<typeof client>>) =>
    octokit.request('GET /repos/{owner}/{repo}/deployments', shop);
  const lost = (answer: Promise<unknown>) =>
    answer.then(
      () => 'answered',
      (error: unknown) => (error instanceof Error && 'response' in error && error.response ? 'refused' : 'lost'),
    );

  it.each([
    ['bad credentials', { kind: 'bad-credentials' }, 401, { message: 'Bad credentials' }, {}],
    [
      'a secondary limit',
      { kind: 'secondary-limit' },
      403,
      { message: expect.stringContaining('secondary rate limit') },
      { 'retry-after': undefined },
    ],
    [
      'a secondary limit that says how long',
      { kind: 'secondary-limit', retryAfter: 30 },
      403,
      { message: expect.stringContaining('secondary rate limit') },
      { 'retry-after': '30' },
    ],
    [
      'too many requests',
      { kind: 'too-many-requests', retryAfter: 5 },
      429,
      { message: expect.stringContaining('secondary rate limit') },
      { 'retry-after': '5' },
    ],
    ['any refusal', { kind: 'refuse', status: 410, message: 'Gone' }, 410, { message: 'Gone', status: '410' }, {}],
  ] as const)('%s comes once, and then GitHub is itself again', async (_what, fault, status, body, headers) => {
    const octokit = await client();
    await stand().fault(fault);

    const answer = await refusal(deploy(octokit).then(() => ({ status: 201 })));

    expect(answer).toMatchObject({ status, body });
    for (const [name, value] of Object.entries(headers)) expect(answer.headers[name]).toBe(value);
    expect(await stand().deployments('acme/shop')).toEqual([]);
    expect((await list(octokit)).status).toBe(200);
    expect((await stand().calls()).at(-2)).toMatchObject({
      method: 'POST',
      path: '/repos/acme/shop/deployments',
      status,
      fault: fault.kind,
      body: { ref: 'main' },
    });
  });

  it.each([500, 502, 503] as const)('a %i is a page, not JSON', async (status) => {
    const octokit = await client();
    await stand().fault({ kind: 'server-error', status });

    const answer = await refusal(list(octokit));

    expect(answer.status).toBe(status);
    expect(answer.raw).toContain('<html>');
    expect(answer.headers['content-type']).toContain('text/html');
  });

  it('an exhausted limit holds until its reset', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'primary-limit', resetIn: 120 });

    const answer = await refusal(list(octokit));

    expect(answer).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('API rate limit exceeded') },
    });
    expect(answer.headers['x-ratelimit-remaining']).toBe('0');
    const wait = Number(answer.headers['x-ratelimit-reset']) * 1000 - Date.parse(String(answer.headers['date']));
    expect(wait).toBeGreaterThan(100_000);
    await stand().advance(wait - 2000);
    expect(await refusal(list(octokit))).toMatchObject({ status: 403 });
    await stand().advance(2000);
    expect((await list(octokit)).status).toBe(200);
  });

  it('a fault meets only the requests it names, as often as it says, and after as many as it says', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'server-error', method: 'POST', path: '/deployments$', times: 2, after: 1 });
    const attempt = () =>
      deploy(octokit).then(
        () => 201,
        (error: { status: number }) => error.status,
      );

    expect((await list(octokit)).status).toBe(200);
    expect([await attempt(), await attempt(), await attempt(), await attempt()]).toEqual([201, 502, 502, 201]);
  });

  it('faults come in the order of the script', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'bad-credentials' });
    await stand().fault({ kind: 'server-error', status: 503 });

    expect([
      (await refusal(list(octokit))).status,
      (await refusal(list(octokit))).status,
      (await list(octokit)).status,
    ]).toEqual([401, 503, 200]);
  });

  it('a connection may go before GitHub acts', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'drop' });

    expect(await lost(deploy(octokit))).toBe('lost');
    expect(await stand().deployments('acme/shop')).toEqual([]);
    expect((await stand().calls()).at(-1)).toMatchObject({ status: 0, fault: 'drop' });
  });

  it('a connection may go after GitHub has acted', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'act-then-drop' });

    expect(await lost(deploy(octokit))).toBe('lost');
    expect(await stand().deployments('acme/shop')).toHaveLength(1);
  });

  it('GitHub may act and never answer', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'act-then-hang' });
    const patience = new AbortController();

    const answer = lost(
      octokit.request('POST /repos/{owner}/{repo}/deployments', {
        ...shop,
        ref: 'main',
        request: { signal: patience.signal },
      }),
    );
    await expect.poll(() => stand().deployments('acme/shop')).toHaveLength(1);
    const undecided = await Promise.race([answer, Promise.resolve('waiting')]);
    patience.abort();

    expect(undecided).toBe('waiting');
    expect(await answer).toBe('lost');
  });

  it('GitHub may be slow', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'slow', ms: 120 });
    const begun = performance.now();

    await list(octokit);

    expect(performance.now() - begun).toBeGreaterThanOrEqual(119);
  });

  it('GitHub is down until it is told otherwise, and its handles are not', async () => {
    const octokit = await client();
    await stand().fault({ kind: 'down' });

    expect([await lost(list(octokit)), await lost(deploy(octokit)), await lost(list(octokit))]).toEqual([
      'lost',
      'lost',
      'lost',
    ]);
    await stand().clearFaults();
    expect((await list(octokit)).status).toBe(200);
    expect(await stand().deployments('acme/shop')).toEqual([]);
  });

  it('a fault that is none is refused', async () => {
    // @ts-expect-error: what the type forbids comes over HTTP all the same
    await expect(stand().fault({ kind: 'explode' })).rejects.toThrow('kind');
  });

  it('every call is recorded, and forgotten when told', async () => {
    const octokit = await client();
    await deploy(octokit, { environment: 'staging' });
    await octokit.request('GET /repos/{owner}/{repo}/deployments', { ...shop, environment: 'staging' });

    expect(await stand().calls()).toMatchObject([
      { method: 'POST', path: expect.stringContaining('/access_tokens'), status: 201, role: 'app' },
      {
        method: 'POST',
        path: '/repos/acme/shop/deployments',
        query: {},
        status: 201,
        role: 'installation',
        body: { environment: 'staging', auto_merge: false },
      },
      {
        method: 'GET',
        path: '/repos/acme/shop/deployments',
        query: { environment: 'staging' },
        status: 200,
        role: 'installation',
      },
    ]);
    await stand().clear();
    expect(await stand().calls()).toEqual([]);
  });
}
