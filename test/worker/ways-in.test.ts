/** From a webhook to a ledger: which of GitHub's events may make one, and which only reach one that is there. */
import { reset } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const SECRET = 'webhook-secret-0123456789abcdef';
const SHA = '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d';
const ACCEPTED = { event: expect.any(String), duplicate: false };

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  return reset();
});

it.each([
  ['a package', 'registry_package', published(), 'acme/shop-deployment'],
  ['a release', 'release', released(), 'acme/shop-deployment'],
  ['a push to a default branch', 'push', pushed('acme/shop'), 'acme/shop'],
])('%s makes no ledger for a repository that nothing was heard of', async (_, event, payload, repository) => {
  expect(await deliver(event, payload)).toEqual([200, { ignored: `nothing was heard of ${repository} yet` }]);
  expect(await repositories()).toEqual([]);
});

it.each([
  ['a package', 'registry_package', published()],
  ['a release', 'release', released()],
])('%s is committed, once, where a deployment repository has had its rules merged', async (_, event, payload) => {
  const push = await deliver('push', pushed('acme/shop-deployment'));
  const answers = [await deliver(event, payload), await deliver(event, payload)];

  expect(push).toEqual([200, { ignored: 'no promotion' }]);
  expect(answers).toEqual([
    [202, ACCEPTED],
    [200, { event: expect.any(String), duplicate: true }],
  ]);
  expect(await repositories()).toEqual(['acme/shop-deployment']);
});

it("a branch of Image Updater's is heard, though it is the first of all", async () => {
  const push = { ...pushed('acme/shop-deployment'), ref: 'refs/heads/image-updater-shop', before: '0'.repeat(40) };

  expect(await deliver('push', push)).toEqual([202, ACCEPTED]);
});

it('a check on a branch of which nothing is known is ignored', async () => {
  const check_run = { name: 'ci', head_sha: SHA, check_suite: { head_branch: 'hawser/production/shop' } };
  const payload = { action: 'completed', check_run, repository: { full_name: 'acme/shop-deployment' } };

  expect(await deliver('check_run', payload)).toEqual([200, { ignored: 'no promotion' }]);
});

function published() {
  const container_metadata = { tag: { name: 'v1.2.3', digest: `sha256:${'89160c58'.repeat(8)}` } };
  const package_version = { package_url: 'ghcr.io/acme/shop:v1.2.3', container_metadata };
  const registry_package = { name: 'shop', package_type: 'CONTAINER', package_version };
  return { action: 'published', registry_package, repository: { full_name: 'acme/shop' } };
}

function released() {
  const release = { tag_name: 'v1.2.3', draft: false, prerelease: false };
  return { action: 'published', release, repository: { full_name: 'acme/shop' } };
}

function pushed(full_name: string) {
  const [before, after] = ['0e2a89b191332bb87b4f2fefef2f597eba2197b3', SHA];
  return {
    ref: 'refs/heads/main',
    before,
    after,
    repository: { full_name, default_branch: 'main' },
    pusher: { name: 'ada' },
    sender: { login: 'ada', type: 'User' },
  };
}

async function deliver(event: string, payload: object): Promise<readonly [number, unknown]> {
  const body = JSON.stringify(payload);
  const response = await exports.default.fetch('https://hawser.test/github/webhooks', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': crypto.randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    },
    body,
  });
  return [response.status, await response.json()];
}

async function repositories(): Promise<readonly string[]> {
  const headers = { authorization: 'Bearer operator-token-0123456789abcdef' };
  const response = await exports.default.fetch('https://hawser.test/api/repositories', { headers });
  const body = (await response.json()) as { repositories: readonly { repository: string }[] };
  return body.repositories.map(({ repository }) => repository);
}
