/** The adapter over real HTTP: what it leaves on GitHub when calls fail half way. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GitHub as Emulated } from '../../local/github/start-github.ts';
import type { CreateDeployment, ResolveTag, WriteStatus } from '../../schemas/effect.ts';
import { minting, owners } from '../../src/github/app-token.ts';
import { githubClient } from '../../src/github/client.ts';
import { rolloutKey } from '../../src/github/payload.ts';
import type { Performing } from '../../src/perform.ts';
import { perform } from '../../src/perform.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { startObservedGitHub } from '../openapi/observer.ts';
import { SHOP } from './recorded.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const PKCS1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
const PKCS8 = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const PERMISSIONS = { deployments: 'write', contents: 'read', pull_requests: 'write' } as const;
const now = () => Instant.parse(Date.now());

let github: Emulated;
let sha: Sha;
let token: string;

beforeAll(async () => {
  github = await startObservedGitHub('hawser', {
    seed: {
      app: { id: 12_345, privateKey: PKCS1, permissions: PERMISSIONS },
      accounts: [{ login: 'acme', type: 'Organization', members: [{ login: 'ada', role: 'admin' }] }],
      repositories: [
        { owner: 'acme', name: 'shop' },
        { owner: 'acme', name: 'cart' },
      ],
      installations: [{ id: 7, account: 'acme' }],
    },
  });
  sha = Sha.parse(await github.commit({ repository: 'acme/shop', message: 'A change', as: 'ada' }));
  await github.tag({ repository: 'acme/shop', name: 'v1.2.3', ref: sha, message: 'A release', as: 'ada' });
});
afterAll(() => github.close());

beforeEach(async () => {
  const minted = await mint(PKCS1);
  token = minted.ok ? minted.value.token : '';
  github.clear();
});
afterEach(() => github.clearFaults());

function mint(privateKey: string) {
  const env = { GITHUB_API_URL: github.url, GITHUB_APP_ID: '12345', GITHUB_APP_PRIVATE_KEY: privateKey };
  const memory = { installation: undefined, rememberInstallation: () => {} };
  return minting(env, fetch, memory, now)(SHOP, 'application');
}

function attempt(given: Partial<Performing> = {}): Performing {
  const client = githubClient({ url: github.url, token, fetch, timeout: 1_000 });
  const argoCds = { instances: () => [], env: {}, fetch };
  return {
    github: client,
    refresher: async () => {},
    index: async () => {},
    tell: async () => {},
    argoCds,
    updaters: { configured: () => [], env: {}, fetch },
    ownersRules: () => null,
    repository: SHOP,
    app: '12345',
    look: false,
    attempts: 0,
    now,
    ...given,
  };
}

let rollouts = 0;
function creation(): CreateDeployment {
  rollouts += 1;
  return {
    kind: 'create-deployment',
    rollout: `rollout ${rollouts}`,
    sha,
    environment: 'production',
    production: true,
    transient: false,
    description: 'shop',
    app: 'argocd/shop',
    instance: 'main',
  };
}

async function madeFor(effect: CreateDeployment) {
  const wanted = await rolloutKey(effect.rollout);
  return github.deployments('acme/shop').filter(({ payload }) => JSON.stringify(payload).includes(wanted));
}

const calls = () => github.calls.map(({ method, path }) => `${method} ${path}`);

describe('a deployment', () => {
  it('is made by one call', async () => {
    const effect = creation();

    const outcome = await perform(effect, attempt());

    const [made] = await madeFor(effect);
    expect(outcome).toEqual({ kind: 'done', learned: { kind: 'deployment', rollout: effect.rollout, id: made?.id } });
    expect(calls()).toEqual(['POST /repos/acme/shop/deployments']);
  });

  it.each(['act-then-drop', 'act-then-hang', 'drop'] as const)('is there once after %s', async (kind) => {
    const effect = creation();
    github.fault({ kind, method: 'POST', path: '/deployments$' });

    const first = await perform(effect, attempt());
    const second = await perform(effect, attempt({ look: true, attempts: 1 }));

    expect(first).toMatchObject({ kind: 'later', certain: false });
    const made = await madeFor(effect);
    expect(made).toHaveLength(1);
    expect(second).toMatchObject({ kind: 'done', learned: { id: made[0]?.id } });
  });

  it('that was made twice is the first, and the second is inactive', async () => {
    const effect = creation();
    await perform(effect, attempt());
    await perform(effect, attempt());

    const outcome = await perform(effect, attempt({ look: true }));

    const made = await madeFor(effect);
    expect(outcome).toMatchObject({ kind: 'done', learned: { id: Math.min(...made.map(({ id }) => id)) } });
    expect(made.map(({ statuses }) => statuses.map(({ state }) => state))).toEqual([[], ['inactive']]);
  });

  it('is found beyond two full pages of others', async () => {
    const effect = { ...creation(), environment: 'crowded' };
    await perform(effect, attempt());
    const [made] = await madeFor(effect);
    for (let other = 0; other < 205; other += 1) await perform({ ...creation(), environment: 'crowded' }, attempt());
    github.clear();

    const outcome = await perform(effect, attempt({ look: true }));

    expect(outcome).toMatchObject({ kind: 'done', learned: { id: made?.id } });
    expect(calls()).toEqual(Array.from({ length: 3 }, () => 'GET /repos/acme/shop/deployments'));
  });

  it('of a commit that GitHub does not know is tried again, and given up in the end', async () => {
    const unknown = { ...creation(), sha: Sha.parse('0'.repeat(40)) };

    expect(await perform(unknown, attempt())).toMatchObject({ kind: 'later', reason: { code: 'unknown-commit' } });
    expect(await perform(unknown, attempt({ attempts: 5 }))).toMatchObject({ kind: 'dead' });
  });

  it.each([
    [{ kind: 'bad-credentials' }, { badToken: true, certain: true }],
    [
      { kind: 'too-many-requests', retryAfter: 9 },
      { certain: true, reason: { code: 'rate-limit' } },
    ],
    [{ kind: 'secondary-limit' }, { certain: true, reason: { code: 'secondary-rate-limit' } }],
    [
      { kind: 'primary-limit', resetIn: 90 },
      { certain: true, reason: { code: 'rate-limit' } },
    ],
    [
      { kind: 'server-error', status: 502 },
      { certain: false, reason: { code: 'unavailable' } },
    ],
  ] as const)('waits after %j', async (fault, expected) => {
    github.fault({ ...fault, path: '/deployments$' });

    expect(await perform(creation(), attempt())).toMatchObject({ kind: 'later', ...expected });
  });

  it('waits for a permission that the installation lacks', async () => {
    github.installation(7, { permissions: { contents: 'read' } });
    const outcome = await perform(creation(), attempt());
    github.installation(7, { permissions: PERMISSIONS });

    expect(outcome).toMatchObject({ kind: 'later', reason: { code: 'forbidden' } });
  });
});

describe('a status', () => {
  async function writing(): Promise<WriteStatus> {
    const effect = creation();
    await perform(effect, attempt());
    const [made] = await madeFor(effect);
    const status = { state: 'success', description: 'Healthy', environmentUrl: 'https://shop.example.com/' } as const;
    return { kind: 'write-status', rollout: effect.rollout, deployment: made?.id ?? 0, status };
  }

  it.each(['act-then-drop', 'drop'] as const)('is there once after %s', async (kind) => {
    const effect = await writing();
    github.fault({ kind, method: 'POST', path: '/statuses$' });

    await perform(effect, attempt());
    const outcome = await perform(effect, attempt({ look: true, attempts: 1 }));

    expect(outcome).toMatchObject({ kind: 'done', learned: { status: effect.status } });
    const written = github.deployments('acme/shop').find(({ id }) => id === effect.deployment)?.statuses;
    expect(written?.map(({ state }) => state)).toEqual(['success']);
  });
});

describe('a tag', () => {
  const resolve = (tag: string): ResolveTag => ({ kind: 'resolve-tag', image: 'x', tag, references: [], askedAt: '' });

  it.each(['1.2.3', 'v1.2.3'])('%s is the commit of v1.2.3', async (tag) => {
    expect(await perform(resolve(tag), attempt())).toMatchObject({ kind: 'done', learned: { sha } });
  });

  it('that is not there is none', async () => {
    expect(await perform(resolve('9.9.9'), attempt())).toMatchObject({ kind: 'done', learned: { sha: null } });
  });
});

describe('a token', () => {
  it.each([
    ['PKCS#1', PKCS1],
    ['PKCS#8 on one line', PKCS8.replaceAll('\n', '\\n')],
  ])('is minted with a key in %s', async (_, pem) => {
    expect(await mint(pem)).toMatchObject({ ok: true });
  });

  it('reaches no other repository, and may do nothing else', async () => {
    const client = githubClient({ url: github.url, token, fetch });

    const elsewhere = await client('GET /repos/acme/cart/deployments', {});
    const ref = await client('POST /repos/acme/shop/git/refs', { ref: 'refs/heads/x', sha });

    expect([403, 404]).toContain(elsewhere.kind === 'answered' ? elsewhere.status : 0);
    expect(ref).toMatchObject({ kind: 'answered', status: 403 });
  });

  it('is not given while the installation is suspended', async () => {
    github.installation(7, { suspended: true });
    const minted = await mint(PKCS1);
    github.installation(7, { suspended: false });

    expect(minted).toMatchObject({ ok: false, failure: { kind: 'later', certain: false } });
  });
});

it('the accounts are those that the App is installed on', async () => {
  const env = { GITHUB_API_URL: github.url, GITHUB_APP_ID: '12345', GITHUB_APP_PRIVATE_KEY: PKCS1 };

  expect(await owners(env, fetch)).toEqual({ ok: true, value: ['acme'] });
});
