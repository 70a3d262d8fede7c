/** How a token for one repository is come by, and what is said when there is none. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { minting, owners } from '../../src/github/app-token.ts';
import { API, linesOf, NOW, type Recorded, recorded, SHOP } from './recorded.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ENV = {
  GITHUB_API_URL: API,
  GITHUB_APP_ID: '12345',
  GITHUB_APP_PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
};
const FOUND: Recorded = { status: 200, body: { id: 77 } };
const MINTED: Recorded = { status: 201, body: { token: 'ghs_1', expires_at: '2026-10-01T12:00:00Z' } };
const TOKEN = { ok: true, value: { token: 'ghs_1', expiresAt: Date.parse('2026-10-01T12:00:00Z') } };
const FIND = 'GET /repos/acme/shop/installation';
const MINT = 'POST /app/installations/77/access_tokens';

function minter(installation: number | undefined, ...answers: readonly (Recorded | Error)[]) {
  const { fetch, asked } = recorded(...answers);
  const memory = {
    installation,
    rememberInstallation(id: number) {
      memory.installation = id;
    },
  };
  return { mint: minting(ENV, fetch, memory, () => NOW), asked, memory };
}

function claimsOf(authorization: string | null | undefined) {
  return JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString());
}

describe('a token', () => {
  it('reaches one repository, and can do no more than it must', async () => {
    const { mint, asked, memory } = minter(undefined, FOUND, MINTED);

    expect(await mint(SHOP, 'application')).toEqual(TOKEN);
    expect(linesOf(asked)).toEqual([FIND, MINT]);
    expect(asked[1]?.body).toEqual({
      repositories: ['shop'],
      permissions: { deployments: 'write', contents: 'read', pull_requests: 'write' },
    });
    expect(memory.installation).toBe(77);
  });

  it('is asked for by the App itself', async () => {
    const { mint, asked } = minter(77, MINTED);

    await mint(SHOP, 'application');

    expect(claimsOf(asked[0]?.headers.get('authorization')).iss).toBe('12345');
  });

  it('costs one call where the installation is known', async () => {
    const { mint, asked } = minter(77, MINTED);

    expect(await mint(SHOP, 'application')).toEqual(TOKEN);
    expect(linesOf(asked)).toEqual([MINT]);
  });

  it.each([404, 422])('is asked for anew when the known installation is wrong (%i)', async (status) => {
    const { mint, asked, memory } = minter(76, { status, body: { message: 'No' } }, FOUND, MINTED);

    expect(await mint(SHOP, 'application')).toEqual(TOKEN);
    expect(linesOf(asked).slice(1)).toEqual([FIND, MINT]);
    expect(memory.installation).toBe(77);
  });
});

const NO: Recorded = { status: 422, body: { message: 'No' } };
const granting = (permissions: Readonly<Record<string, string>>): Recorded => ({
  status: 200,
  body: { id: 77, permissions },
});

describe('what is not granted', () => {
  it('is not asked for where one can do without: pull requests, for deployments alone', async () => {
    const { mint, asked } = minter(77, NO, granting({ deployments: 'write', contents: 'write' }), MINTED);

    expect(await mint(SHOP, 'application')).toEqual(TOKEN);
    expect(asked.at(-1)?.body).toEqual({
      repositories: ['shop'],
      permissions: { deployments: 'write', contents: 'read' },
    });
  });

  it.each([
    ['application', { contents: 'read' }, 'not-granted', 'deployments: write'],
    ['reader', { deployments: 'write' }, 'promotions-not-granted', 'contents: read'],
    [
      'promoter',
      { contents: 'read', pull_requests: 'write' },
      'promotions-not-granted',
      'contents: write, checks: write',
    ],
  ] as const)('and can not be done without is named: %s', async (role, permissions, code, names) => {
    const { mint } = minter(77, NO, granting(permissions));

    expect(await mint(SHOP, role)).toMatchObject({
      ok: false,
      failure: {
        kind: 'later',
        certain: false,
        notBefore: NOW + 600_000,
        reason: { code, message: expect.stringContaining(`lacks ${names}:`) },
      },
    });
  });
});

describe('the token of a role', () => {
  it('that writes promotions reaches the deployment repository alone', async () => {
    const { mint, asked } = minter(77, MINTED);

    await mint(SHOP, 'promoter');

    expect(asked.at(-1)?.body).toEqual({
      repositories: ['shop'],
      permissions: { contents: 'write', pull_requests: 'write', checks: 'write' },
    });
  });

  it("that reads for them reads the owner's rules as well, and writes nowhere", async () => {
    const { mint, asked } = minter(77, MINTED);

    await mint(SHOP, 'reader');

    expect(asked.at(-1)?.body).toEqual({
      repositories: ['shop', '.github'],
      permissions: { contents: 'read', pull_requests: 'read', checks: 'read', statuses: 'read', members: 'read' },
    });
  });

  it("goes without the owner's rules where the App is not let in there", async () => {
    const { mint, asked } = minter(77, NO, granting({ contents: 'read', checks: 'write' }), NO, MINTED);

    expect(await mint(SHOP, 'reader')).toEqual(TOKEN);
    expect(asked.slice(2).map(({ body }) => body)).toEqual([
      { repositories: ['shop', '.github'], permissions: { contents: 'read', checks: 'read' } },
      { repositories: ['shop'], permissions: { contents: 'read', checks: 'read' } },
    ]);
  });
});

it('a token that may administer can do nothing else, and where that is not granted there is none', async () => {
  const { mint, asked } = minter(77, MINTED, NO, granting({ contents: 'read' }));

  expect(await mint(SHOP, 'administrator')).toEqual(TOKEN);
  expect(await mint(SHOP, 'administrator')).toMatchObject({ ok: false, failure: { reason: { code: 'not-granted' } } });
  expect(linesOf(asked)).toEqual([MINT, MINT, FIND]);
  expect(asked[0]?.body).toEqual({ repositories: ['shop'], permissions: { administration: 'write' } });
});

it('a clock that differs from that of GitHub is corrected by its answer', async () => {
  const skewed = {
    status: 401,
    headers: { date: new Date(Date.now() + 300_000).toUTCString() },
    body: {
      message: "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    },
  };
  const { mint, asked } = minter(77, skewed, MINTED);

  expect(await mint(SHOP, 'application')).toEqual(TOKEN);
  const [first, second] = asked.map(({ headers }) => claimsOf(headers.get('authorization')).iat);
  expect(second - first).toBeGreaterThan(290);
});

describe('without a token', () => {
  const PARKED = NOW + 600_000;
  const EXHAUSTED = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1_000 + 90) };

  it.each([
    ['the App is not installed', { status: 404 }, { reason: { code: 'not-installed' }, notBefore: PARKED }],
    ['the App is refused', { status: 401 }, { reason: { code: 'app-refused' }, notBefore: PARKED }],
    ['the installation is suspended', { status: 403 }, { reason: { code: 'app-suspended' }, notBefore: PARKED }],
    ['a permission is missing', { status: 422 }, { reason: { code: 'not-granted' }, notBefore: PARKED }],
    ['GitHub is down', { status: 503, body: '<html>' }, { reason: { code: 'unavailable' } }],
    ['the wire breaks', new Error('reset'), { reason: { code: 'unreachable' } }],
    ['a limit is reached', { status: 429, headers: { 'retry-after': '9' } }, { pause: NOW + 9_000 }],
    ['the hour is used up', { status: 403, headers: EXHAUSTED }, { pause: NOW + 90_000 }],
    ['GitHub answers otherwise', { status: 410, body: { message: 'Gone' } }, { reason: { code: 'gone' } }],
  ] as const)('because %s, the effect waits', async (_, answer, expected) => {
    const { mint } = minter(undefined, answer);

    const minted = await mint(SHOP, 'application');

    expect(minted).toMatchObject({ ok: false, failure: { kind: 'later', certain: false, ...expected } });
    expect(minted).not.toHaveProperty('failure.badToken');
  });

  it.each([
    ['GITHUB_API_URL is not a URL', { GITHUB_API_URL: 'github' }],
    ['GITHUB_APP_ID is not set', { GITHUB_APP_ID: '' }],
    ['GITHUB_APP_PRIVATE_KEY is not a private key in PEM', { GITHUB_APP_PRIVATE_KEY: '$KEY' }],
  ])('because %s, nobody is called', async (message, wrong) => {
    const { fetch, asked } = recorded();
    const memory = { installation: undefined, rememberInstallation: () => {} };

    const minted = await minting({ ...ENV, ...wrong }, fetch, memory, () => NOW)(SHOP, 'application');

    expect(minted).toMatchObject({ ok: false, failure: { kind: 'later', reason: { code: 'app-settings', message } } });
    expect(asked).toEqual([]);
  });
});

describe('the accounts with an installation', () => {
  const LIST = 'GET /app/installations?per_page=100&page=';

  it('are read through all pages', async () => {
    const next = { link: `<${API}/app/installations?page=2>; rel="next"` };
    const first = { status: 200, headers: next, body: [{ account: { login: 'Acme' } }, { account: null }] };
    const { fetch, asked } = recorded(first, { status: 200, body: [{ account: { login: 'octo' } }] });

    expect(await owners(ENV, fetch)).toEqual({ ok: true, value: ['acme', 'octo'] });
    expect(linesOf(asked)).toEqual([`${LIST}1`, `${LIST}2`]);
  });

  it('are a reason when GitHub does not say', async () => {
    const { fetch } = recorded({ status: 502, body: '<html>' });

    expect(await owners(ENV, fetch)).toMatchObject({ ok: false, failure: { code: 'installations-unread' } });
  });
});
