/** What the App's webhook is told, how it is signed, and how a delivery is repeated. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { deploy } from './contract-deployments.ts';
import { app, appId, bearer, bridge, installationId, refusal, type Stand, shop, tokenFor } from './stand.ts';

const Event = z.looseObject({
  action: z.string().optional(),
  sender: z.object({ login: z.string() }),
  installation: z.looseObject({ id: z.number() }),
  repository: z.looseObject({ full_name: z.string() }).optional(),
});
type Received = { event: string; headers: IncomingHttpHeaders; text: string; body: z.infer<typeof Event> };

/** A webhook of our own: it keeps what comes, and answers what it is told to. */
function receiver() {
  const received: Received[] = [];
  let answer = 202;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      received.push({
        event: String(request.headers['x-github-event']),
        headers: request.headers,
        text,
        body: Event.parse(JSON.parse(text)),
      });
      response.writeHead(answer).end();
    });
  });
  return {
    received,
    answerWith(status: number) {
      answer = status;
    },
    listen: () =>
      new Promise<string>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/github/webhooks`);
        });
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export function describeWebhooks(stand: () => Stand): void {
  const hook = receiver();
  let url: string;
  beforeAll(async () => {
    url = await hook.listen();
  });
  beforeEach(async () => {
    await stand().webhook({ url, secret: 'sealed' });
    hook.received.length = 0;
    hook.answerWith(202);
  });
  afterAll(() => hook.close());

  async function heard(): Promise<string[]> {
    await stand().settled();
    return hook.received.map(({ event, body }) => (body.action ? `${event}.${body.action}` : event)).sort();
  }
  async function open(branch = 'topic'): Promise<number> {
    await stand().commit({ repository: 'acme/shop', branch, files: { 'topic.txt': 'topic\n' } });
    const answer = await stand().as('wanda')('POST', '/repos/acme/shop/pulls', {
      title: 'A topic',
      head: branch,
      base: 'main',
    });
    await stand().settled();
    hook.received.length = 0;
    return z.object({ number: z.number() }).parse(answer.body).number;
  }
  const deliveries = (query: Record<string, unknown> = {}) => app(stand()).request('GET /app/hook/deliveries', query);
  // The types let ids be bigints, which no answer holds.
  const idOf = (delivery: { id: number | bigint } | undefined) => Number(delivery?.id);

  it('a delivery is signed and says what it is', async () => {
    await deploy(bridge(stand()));
    expect(await heard()).toEqual(['deployment.created']);

    const [{ headers, text, body } = { headers: {}, text: '', body: {} }] = hook.received;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      'x-github-event': 'deployment',
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-id': String(appId),
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'sealed').update(text).digest('hex')}`,
    });
    expect(body).toMatchObject({
      deployment: { ref: 'main', environment: 'production' },
      repository: { full_name: 'acme/shop' },
      organization: { login: 'acme' },
      sender: { login: 'hawser[bot]' },
      installation: { id: installationId },
    });
  });

  it('without a secret there is no signature, and without an address no delivery', async () => {
    await stand().webhook({ url });
    await deploy(bridge(stand()));
    await stand().settled();
    await stand().webhook({});
    await deploy(bridge(stand()));

    expect(await heard()).toEqual(['deployment.created']);
    expect(hook.received[0]?.headers['x-hub-signature-256']).toBeUndefined();
  });

  it('a status is told, unless it is inactive', async () => {
    const octokit = bridge(stand());
    const { id } = await deploy(octokit);
    const report = (state: 'success' | 'inactive') =>
      octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
        ...shop,
        deployment_id: id,
        state,
      });

    await report('success');
    await report('inactive');

    expect(await heard()).toEqual(['deployment.created', 'deployment_status.created']);
    const told = hook.received.find(({ event }) => event === 'deployment_status');
    expect(told?.body).toMatchObject({ deployment_status: { state: 'success' }, deployment: { id } });
  });

  it('a label on a pull request is the pull request’s', async () => {
    const number = await open();
    const labels = `/repos/acme/shop/issues/${number}/labels`;

    await stand().as('mona')('POST', labels, { labels: ['preview'] });
    expect(await heard()).toEqual(['pull_request.labeled']);
    expect(hook.received[0]?.body).toMatchObject({
      number,
      label: { name: 'preview' },
      pull_request: { number, labels: [{ name: 'preview' }], head: { ref: 'topic' } },
      sender: { login: 'mona' },
    });
    await stand().as('mona')('DELETE', `${labels}/preview`);
    expect(await heard()).toEqual(['pull_request.labeled', 'pull_request.unlabeled']);
    expect(hook.received[1]?.body).toMatchObject({ label: { name: 'preview' }, pull_request: { labels: [] } });
  });

  it('a label on an issue is the issue’s', async () => {
    const issue = await stand().as('mona')('POST', '/repos/acme/shop/issues', { title: 'An issue' });
    const { number } = z.object({ number: z.number() }).parse(issue.body);

    await stand().as('mona')('POST', `/repos/acme/shop/issues/${number}/labels`, { labels: ['bug'] });

    expect(await heard()).toEqual(['issues.labeled', 'issues.opened']);
  });

  it('a push to an open pull request synchronizes it', async () => {
    const number = await open();
    const before = await stand().commit({ repository: 'acme/shop', branch: 'topic', files: { 'more.txt': '1\n' } });
    await stand().settled();
    hook.received.length = 0;

    const after = await stand().commit({
      repository: 'acme/shop',
      branch: 'topic',
      message: 'More',
      files: { 'more.txt': '2\n' },
    });

    expect(await heard()).toEqual(['pull_request.synchronize', 'push']);
    expect(hook.received.find(({ event }) => event === 'pull_request')?.body).toMatchObject({
      number,
      before,
      after,
      pull_request: { head: { sha: after } },
    });
    expect(hook.received.find(({ event }) => event === 'push')?.body).toMatchObject({
      ref: 'refs/heads/topic',
      before,
      after,
      created: false,
      deleted: false,
      forced: false,
      commits: [{ id: after, message: 'More', modified: ['more.txt'], added: [] }],
      head_commit: { id: after },
    });
  });

  it('a merge closes the pull request and pushes to its base', async () => {
    const number = await open();

    const merge = await bridge(stand()).request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...shop,
      pull_number: number,
    });

    expect(await heard()).toEqual(['pull_request.closed', 'push']);
    expect(hook.received.find(({ event }) => event === 'pull_request')?.body).toMatchObject({
      number,
      pull_request: { merged: true, merge_commit_sha: merge.data.sha },
    });
    expect(hook.received.find(({ event }) => event === 'push')?.body).toMatchObject({
      ref: 'refs/heads/main',
      after: merge.data.sha,
    });
  });

  it('a branch that comes and goes is told by its short name', async () => {
    await stand().commit({ repository: 'acme/shop', branch: 'hawser/x' });
    expect(await heard()).toEqual(['create', 'push']);
    expect(hook.received.find(({ event }) => event === 'create')?.body).toMatchObject({
      ref: 'hawser/x',
      ref_type: 'branch',
      master_branch: 'main',
    });
    expect(hook.received.find(({ event }) => event === 'push')?.body).toMatchObject({
      ref: 'refs/heads/hawser/x',
      created: true,
      before: '0'.repeat(40),
    });
    hook.received.length = 0;

    await stand().as('mona')('DELETE', '/repos/acme/shop/git/refs/heads/hawser/x');
    expect(await heard()).toEqual(['delete', 'push']);
    expect(hook.received.find(({ event }) => event === 'delete')?.body).toMatchObject({
      ref: 'hawser/x',
      ref_type: 'branch',
      sender: { login: 'mona' },
    });
    expect(hook.received.find(({ event }) => event === 'push')?.body).toMatchObject({
      deleted: true,
      after: '0'.repeat(40),
      head_commit: null,
    });
  });

  it('a tag is told', async () => {
    await stand().tag({ repository: 'acme/shop', name: 'v3', message: 'The third' });

    expect(await heard()).toEqual(['create', 'push']);
    expect(hook.received.find(({ event }) => event === 'create')?.body).toMatchObject({ ref: 'v3', ref_type: 'tag' });
  });

  it('what happens outside the installation is not told', async () => {
    await stand().commit({ repository: 'acme/cellar' });
    await stand().commit({ repository: 'rival/plans' });
    await stand().installation(installationId, { suspended: true });
    await stand().commit({ repository: 'acme/shop' });

    expect(await heard()).toEqual(['installation.suspend']);
  });

  it('an installation that is suspended and resumed is told', async () => {
    await stand().installation(installationId, { suspended: true });
    await stand().installation(installationId, { suspended: false });
    await stand().installation(installationId, { permissions: { deployments: 'read' } });

    expect(await heard()).toEqual([
      'installation.new_permissions_accepted',
      'installation.suspend',
      'installation.unsuspend',
    ]);
    expect(hook.received[0]?.body).toMatchObject({ installation: { id: installationId, account: { login: 'acme' } } });
  });

  it('every delivery has a number of its own', async () => {
    const octokit = bridge(stand());
    for (let made = 0; made < 30; made++) await deploy(octokit);
    await stand().settled();

    expect(new Set(hook.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(30);
  });

  it('a failed delivery is not repeated, but listed, and repeated on request under its own number', async () => {
    hook.answerWith(503);
    await deploy(bridge(stand()));
    expect(await heard()).toEqual(['deployment.created']);
    const [failed] = (await deliveries()).data;
    expect(failed).toMatchObject({
      status: 'Invalid HTTP Response: 503',
      status_code: 503,
      redelivery: false,
      event: 'deployment',
      action: 'created',
      installation_id: installationId,
    });
    hook.answerWith(202);

    const again = await app(stand()).request('POST /app/hook/deliveries/{delivery_id}/attempts', {
      delivery_id: idOf(failed),
    });

    expect(again.status).toBe(202);
    expect(await heard()).toEqual(['deployment.created', 'deployment.created']);
    const [first, second] = hook.received;
    expect(second?.headers['x-github-delivery']).toBe(first?.headers['x-github-delivery']);
    expect(second?.text).toBe(first?.text);
    expect((await deliveries()).data).toMatchObject([
      { guid: failed?.guid, status: 'OK', status_code: 202, redelivery: true },
      { guid: failed?.guid, status_code: 503, redelivery: false },
    ]);
    const one = await app(stand()).request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: idOf(failed) });
    expect(one.data).toMatchObject({ request: { payload: { deployment: { ref: 'main' } } } });
  });

  it('a webhook that nobody answers has a delivery, too', async () => {
    await stand().webhook({ url: 'http://127.0.0.1:9/github/webhooks' });
    await deploy(bridge(stand()));
    await stand().settled();

    expect((await deliveries()).data).toMatchObject([{ status: 'failed to connect to host', status_code: 0 }]);
  });

  it('deliveries are listed by cursor, newest first', async () => {
    const octokit = bridge(stand());
    for (let made = 0; made < 5; made++) await deploy(octokit, { environment: `e${made}` });
    await stand().settled();
    const guids: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await deliveries({ per_page: 2, ...(cursor ? { cursor } : {}) });
      guids.push(...page.data.map(({ guid }) => guid));
      sizes.push(page.data.length);
      cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(page.headers.link ?? '')?.[1];
    } while (cursor);

    expect(sizes).toEqual([2, 2, 1]);
    expect(new Set(guids)).toEqual(new Set(hook.received.map(({ headers }) => headers['x-github-delivery'])));
  });

  it('deliveries are the App’s to see, and not there after three days', async () => {
    await deploy(bridge(stand()));
    await stand().settled();
    const id = idOf((await deliveries()).data[0]);

    const asInstallation = bearer(stand(), await tokenFor(stand())).request('GET /app/hook/deliveries');
    expect(await refusal(asInstallation)).toMatchObject({ status: 401 });
    const unknown = app(stand()).request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: 1 });
    expect(await refusal(unknown)).toMatchObject({ status: 404 });
    await stand().advance(3 * 24 * 60 * 60_000 + 1000);
    expect((await deliveries()).data).toEqual([]);
    expect(
      await refusal(app(stand()).request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id })),
    ).toMatchObject({ status: 404 });
  });
}
