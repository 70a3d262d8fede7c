/** Deployments and their statuses: one call when all goes well, and a look before a repeat. */
import { describe, expect, it } from 'vitest';
import type { CreateDeployment, WriteStatus } from '../../schemas/effect.ts';
import { rolloutKey } from '../../src/github/payload.ts';
import { perform } from '../../src/perform.ts';
import { Sha } from '../../src/words/sha.ts';
import { API, attempting, linesOf, type Recorded } from './recorded.ts';

const SHA = Sha.parse('3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d');
const ROLLOUT = 'acme/shop|production||3f03|1790000000000';
const KEY = await rolloutKey(ROLLOUT);
const CREATE: CreateDeployment = {
  kind: 'create-deployment',
  rollout: ROLLOUT,
  sha: SHA,
  environment: 'production',
  production: true,
  transient: false,
  description: 'shop',
  app: 'argocd/shop',
  instance: 'main',
};
const LIST = `GET /repos/acme/shop/deployments?sha=${SHA}&task=deploy&environment=production&per_page=100&page=`;
const DEPLOYED = { kind: 'done', learned: { kind: 'deployment', rollout: ROLLOUT, id: 42 } };
const FULL = { status: 422, body: { message: 'This deployment has reached the maximum number of statuses' } };

function deployment(id: number, payload: unknown = { hawser: { v: 1, key: KEY } }) {
  return { id, payload };
}

function page(deployments: readonly unknown[], next = false): Recorded {
  const headers: Record<string, string> = next ? { link: `<${API}/x?page=9>; rel="next", <${API}/x>; rel="last"` } : {};
  return { status: 200, headers, body: deployments };
}

const CREATED = { status: 201, body: deployment(42) };

describe('a deployment', () => {
  it('is created in one call', async () => {
    const { attempt, asked } = attempting({}, CREATED);

    expect(await perform({ ...CREATE, pr: 7 }, attempt)).toEqual(DEPLOYED);
    expect(linesOf(asked)).toEqual(['POST /repos/acme/shop/deployments']);
    expect(asked[0]?.body).toEqual({
      ref: SHA,
      task: 'deploy',
      auto_merge: false,
      required_contexts: [],
      environment: 'production',
      transient_environment: false,
      production_environment: true,
      description: 'shop',
      payload: { hawser: { v: 1, key: KEY, app: 'argocd/shop', instance: 'main', pr: 7 } },
    });
  });

  it('has the SHA-256 of its rollout as its key', () => {
    expect(KEY).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a description that GitHub takes, never half a character', async () => {
    const { attempt, asked } = attempting({}, CREATED);

    await perform({ ...CREATE, description: `a\n${'🚢'.repeat(200)}` }, attempt);

    const { description } = Object(asked[0]?.body);
    expect(description).toMatch(/^a 🚢+…$/u);
    expect(description.length).toBeLessThanOrEqual(140);
  });

  it.each([
    ['202', { status: 202, body: { message: 'Auto-merged' } }],
    ['a body without an id', { status: 201, body: {} }],
  ])('that ends with %s is a dead letter', async (_, answer) => {
    const { attempt } = attempting({}, answer);

    expect(await perform(CREATE, attempt)).toMatchObject({ kind: 'dead', reason: { code: 'unexpected' } });
  });

  it('that ends with half an answer is looked for', async () => {
    const { attempt } = attempting({}, { status: 201, body: '' });

    expect(await perform(CREATE, attempt)).toMatchObject({ kind: 'later', certain: false });
  });
});

describe('a deployment that an earlier attempt may have made', () => {
  it.each([
    ['is adopted', [page([deployment(42)])]],
    ['is found when its payload is a text', [page([deployment(42, JSON.stringify({ hawser: { key: KEY } }))])]],
    [
      'is found among those of others',
      [page([deployment(1, 'not JSON'), deployment(2, null), deployment(3, {}), deployment(4, ''), deployment(42)])],
    ],
    ['is found on the third page', [page([deployment(90, {})], true), page([], true), page([deployment(42)])]],
  ])('%s', async (_, pages) => {
    const { attempt, asked } = attempting({ look: true }, ...pages);

    expect(await perform(CREATE, attempt)).toEqual(DEPLOYED);
    expect(linesOf(asked)).toEqual(pages.map((_, index) => `${LIST}${index + 1}`));
  });

  it('is created where it was not', async () => {
    const others = page([deployment(7, { hawser: { key: 'another' } })]);
    const { attempt, asked } = attempting({ look: true }, others, CREATED);

    expect(await perform(CREATE, attempt)).toEqual(DEPLOYED);
    expect(linesOf(asked)).toEqual([`${LIST}1`, 'POST /repos/acme/shop/deployments']);
  });

  it('is the lowest of several, and its doubles become inactive', async () => {
    const marked = { status: 201, body: { id: 1 } };
    const pages = [page([deployment(44), deployment(43)], true), page([deployment(43), deployment(42)])];
    const { attempt, asked } = attempting({ look: true }, ...pages, marked, marked);

    expect(await perform(CREATE, attempt)).toEqual(DEPLOYED);
    expect(linesOf(asked).slice(2)).toEqual([
      'POST /repos/acme/shop/deployments/43/statuses',
      'POST /repos/acme/shop/deployments/44/statuses',
    ]);
    expect(asked[2]?.body).toMatchObject({ state: 'inactive', auto_inactive: false });
  });

  it('is adopted even if a double will not be marked', async () => {
    const { attempt } = attempting({ look: true }, page([deployment(43), deployment(42)]), FULL);

    expect(await perform(CREATE, attempt)).toEqual(DEPLOYED);
  });

  it.each([
    ['the look is refused', [{ status: 401, body: { message: 'Bad credentials' } }]],
    ['the look hits a limit', [{ status: 429, headers: { 'retry-after': '5' } }]],
    ['the look ends in a page', [page([], true), { status: 200, body: '<html>' }]],
    ['the second creation is refused for now', [page([]), { status: 403, body: { message: 'No' } }]],
  ])('is looked for again when %s', async (_, answers) => {
    const { attempt } = attempting({ look: true }, ...answers);

    expect(await perform(CREATE, attempt)).toMatchObject({ kind: 'later', certain: false });
  });
});

describe('a status', () => {
  const STATUS = {
    state: 'success',
    description: 'Synced and healthy',
    logUrl: 'https://argocd.example.com/applications/argocd/shop',
    environmentUrl: 'https://shop.example.com/',
  } as const;
  const WRITE: WriteStatus = { kind: 'write-status', rollout: ROLLOUT, deployment: 42, status: STATUS };
  const WRITTEN = {
    state: 'success',
    description: STATUS.description,
    log_url: STATUS.logUrl,
    environment_url: STATUS.environmentUrl,
  };
  const DONE = { kind: 'done', learned: { kind: 'status', rollout: ROLLOUT, status: STATUS } };
  const POST = 'POST /repos/acme/shop/deployments/42/statuses';
  const READ = 'GET /repos/acme/shop/deployments/42/statuses?per_page=100';

  it('is written in one call', async () => {
    const { attempt, asked } = attempting({}, { status: 201, body: { id: 1 } });

    expect(await perform(WRITE, attempt)).toEqual(DONE);
    expect(linesOf(asked)).toEqual([POST]);
    expect(asked[0]?.body).toEqual({ ...WRITTEN, auto_inactive: false });
  });

  it('leaves out the links it does not have', async () => {
    const { attempt, asked } = attempting({}, { status: 201, body: { id: 1 } });

    await perform({ ...WRITE, status: { state: 'inactive', description: '' } }, attempt);

    expect(asked[0]?.body).toEqual({ state: 'inactive', description: '', auto_inactive: false });
  });

  it('is done when the newest one on GitHub says the same', async () => {
    const older = { ...WRITTEN, id: 8, state: 'in_progress' };
    const { attempt, asked } = attempting({ look: true }, { status: 200, body: [older, { ...WRITTEN, id: 9 }] });

    expect(await perform(WRITE, attempt)).toEqual(DONE);
    expect(linesOf(asked)).toEqual([READ]);
  });

  it.each([
    ['there is none', []],
    ['the newest has another state', [{ ...WRITTEN, id: 9, state: 'failure' }]],
    ['the newest has other words', [{ ...WRITTEN, id: 9, description: null }]],
    ['the newest has no link', [{ ...WRITTEN, id: 9, log_url: '' }]],
    [
      'the same one is not the newest',
      [
        { ...WRITTEN, id: 8 },
        { ...WRITTEN, id: 9, state: 'error' },
      ],
    ],
  ])('is written after a look when %s', async (_, statuses) => {
    const { attempt, asked } = attempting({ look: true }, { status: 200, body: statuses }, { status: 201, body: {} });

    expect(await perform(WRITE, attempt)).toEqual(DONE);
    expect(linesOf(asked)).toEqual([READ, POST]);
  });

  it('is a dead letter when the deployment takes no more', async () => {
    const { attempt } = attempting({}, FULL);

    expect(await perform(WRITE, attempt)).toMatchObject({ kind: 'dead', reason: { code: 'invalid' } });
  });
});
