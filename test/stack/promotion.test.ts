/** A promotion from the image to its merge, over real HTTP with real deliveries of GitHub's: every call of GitHub counted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEPLOYMENT_REPOSITORY, REPOSITORY, type Stack, startStack } from '../../local/stack.ts';

const RULES = `version: 1
rules:
  - match: { environments: [sandbox] }
    action: auto
`;
const overlay = (tag: string) =>
  `resources: [../../base]\nimages:\n  - name: ghcr.io/acme/shop\n    newTag: ${tag} # what runs\n`;

let directory: string;
let stack: Stack;
let sha: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hawser-promotion-'));
  stack = await startStack({ hawserPort: 0, githubPort: 0, directory, fresh: true, log: () => undefined });
  const files = {
    '.github/image-promotion.yml': RULES,
    'overlays/sandbox/kustomization.yaml': overlay('v1.0.0'),
    'overlays/production/kustomization.yaml': overlay('v1.0.0'),
  };
  await stack.github.commit({ repository: DEPLOYMENT_REPOSITORY, files });
  sha = await stack.github.commit({ repository: REPOSITORY, message: 'Release 1.1.0' });
  await stack.github.settled();
}, 60_000);

afterAll(async () => {
  await stack.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

it('by rule: one line of one file, merged and its branch removed, by 7 writes and 19 reads', async () => {
  const before = stack.github.calls.length;

  expect(await publish('v1.1.0', 'sandbox')).toBe(202);
  await expect.poll(() => text('sandbox'), { timeout: 20_000 }).toBe(overlay('v1.1.0'));
  await expect.poll(() => kinds(before)['DELETE /git/refs/*'], { timeout: 10_000 }).toBe(1);
  await settled();

  expect(kinds(before)).toEqual({
    // The base, for the edit, and once more after the merge has moved it; the rules a third time right before the merge.
    'GET /': 2,
    'GET /branches/main': 2,
    'GET /git/trees/*': 2,
    'GET /contents/overlays/sandbox/kustomization.yaml': 2,
    'GET /contents/overlays/production/kustomization.yaml': 2,
    'GET /contents/.github/image-promotion.yml': 3,
    'GET .github: /contents/.github/image-promotion.yml': 3,
    // Whether its commit is on the application's default branch.
    'GET shop: /': 1,
    'GET shop: /compare/*': 1,
    'GET /pulls/*': 1,
    'POST /git/trees': 1,
    'POST /git/commits': 1,
    'POST /git/refs': 1,
    'POST /pulls': 1,
    'POST /check-runs': 1,
    'PUT /pulls/*/merge': 1,
    'DELETE /git/refs/*': 1,
  });
}, 40_000);

it('without a rule: two images at once are one pull request, of the newer one, that waits for a person', async () => {
  const answers = await Promise.all([publish('v1.1.1', 'production'), publish('v1.2.0', 'production')]);
  expect(answers).toEqual([202, 202]);

  const ours = async () => (await pulls()).map(({ title }) => title);
  await expect.poll(ours, { timeout: 50_000 }).toEqual(['Promote shop v1.2.0 to production']);
  await settled();
  expect(await ours()).toEqual(['Promote shop v1.2.0 to production']);
  expect(await text('production')).toBe(overlay('v1.0.0'));
}, 60_000);

async function publish(tag: string, environment: string): Promise<number> {
  const response = await fetch(`${stack.hawser.url}/images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.publisherToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      v: 1,
      image: 'ghcr.io/acme/shop',
      tag,
      source: { repository: REPOSITORY, sha },
      environment,
    }),
  });
  return response.status;
}

/** What GitHub has on the default branch. */
async function text(environment: string): Promise<string> {
  const path = `/repos/${DEPLOYMENT_REPOSITORY}/contents/overlays/${environment}/kustomization.yaml`;
  const { body } = await stack.github.as('octo')('GET', path);
  return Buffer.from(String((body as { content?: string }).content), 'base64').toString();
}

async function pulls(): Promise<readonly { title: string }[]> {
  const { body } = await stack.github.as('octo')('GET', `/repos/${DEPLOYMENT_REPOSITORY}/pulls`);
  return body as readonly { title: string }[];
}

/** Nothing is owed any more. */
async function settled(): Promise<void> {
  await stack.github.settled();
  const headers = { authorization: `Bearer ${stack.operatorToken}` };
  await expect
    .poll(
      async () => {
        const answer = await fetch(`${stack.hawser.url}/api/repositories/${DEPLOYMENT_REPOSITORY}`, { headers });
        return ((await answer.json()) as { outbox: { pending: unknown[] } }).outbox.pending;
      },
      { timeout: 40_000 },
    )
    .toEqual([]);
}

/** Hawser's calls in an installation's name, by kind. */
function kinds(from: number): Readonly<Record<string, number>> {
  const made = stack.github.calls
    .slice(from)
    .filter(({ role, path }) => role === 'installation' && path.startsWith('/repos/'));
  const named = made.map(({ method, path }) => {
    const [, repository = '', rest = ''] = /^\/repos\/acme\/([^/]+)(.*)$/.exec(path) ?? [];
    const what = decodeURIComponent(rest).replace(
      /(?<=\/(?:refs|trees|commits|compare|pulls|check-runs)\/)[^/]+.*?(?=\/merge$|\/check-runs|\/status|\/reviews|$)/,
      '*',
    );
    return `${method} ${repository === 'shop-deployment' ? '' : `${repository}: `}${what || '/'}`;
  });
  return Object.fromEntries([...Map.groupBy(named, (name) => name)].map(([name, { length }]) => [name, length]));
}
