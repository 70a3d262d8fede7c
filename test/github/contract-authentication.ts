/** Who may call, with what, and for how long. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  app,
  appId,
  bearer,
  bridge,
  installationId,
  narrowed,
  refusal,
  type Stand,
  shop,
  tokenFor,
  webToken,
} from './stand.ts';

const other = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const now = () => Math.floor(Date.now() / 1000);
const undecodable = 'A JSON web token could not be decoded';
const early = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
const late =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
const far = "'Expiration time' claim ('exp') is too far in the future";

export function describeAuthentication(stand: () => Stand): void {
  it('an App sees itself and its installations', async () => {
    const octokit = app(stand());

    const itself = await octokit.request('GET /app');
    const installations = await octokit.request('GET /app/installations');
    const installation = await octokit.request('GET /repos/{owner}/{repo}/installation', shop);

    expect(itself.data).toMatchObject({
      id: appId,
      slug: 'hawser',
      permissions: { deployments: 'write', metadata: 'read' },
    });
    expect(installations.data).toMatchObject([
      { id: installationId, repository_selection: 'selected', suspended_at: null },
    ]);
    expect(installation.data).toMatchObject({ id: installationId, app_id: appId, account: { login: 'acme' } });
  });

  it('a repository without the App has no installation', async () => {
    for (const repo of ['cellar', 'nowhere']) {
      const answer = await refusal(
        app(stand()).request('GET /repos/{owner}/{repo}/installation', { owner: 'acme', repo }),
      );
      expect(answer).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    }
  });

  it.each([
    ['of another key', () => webToken({}, other.privateKey), undecodable],
    ['of another algorithm', () => webToken({}, undefined, 'HS256'), undecodable],
    ['that is none', () => 'a.b.c', undecodable],
    ['issued in two minutes', () => webToken({ iat: now() + 120 }), early],
    ['issued at a time that is no integer', () => webToken({ iat: 'today' }), early],
    ['that has expired', () => webToken({ exp: now() - 1 }), late],
    ['that never expires', () => webToken({ exp: undefined }), late],
    ['valid for eleven minutes', () => webToken({ exp: now() + 660 }), far],
    ['of another App', () => webToken({ iss: appId + 1 }), 'Integration not found'],
  ])('a JSON web token %s is refused', async (_what, token, message) => {
    const answer = await refusal(bearer(stand(), token()).request('GET /app'));

    expect(answer).toMatchObject({ status: 401, body: { message, status: '401' } });
  });

  it.each([
    ['with half a minute of skew', { iat: now() + 30 }],
    ['with the App id as text', { iss: String(appId) }],
  ])('a JSON web token %s is good', async (_what, claims) => {
    expect((await bearer(stand(), webToken(claims)).request('GET /app')).status).toBe(200);
  });

  it('an installation token cannot do the App’s work, nor the App an installation’s', async () => {
    const token = await tokenFor(stand());
    expect(await refusal(bearer(stand(), token).request('GET /app'))).toMatchObject({
      status: 401,
      body: { message: undecodable },
    });
    const asApp = bearer(stand(), webToken()).request('GET /repos/{owner}/{repo}/deployments', shop);
    expect(await refusal(asApp)).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  });

  it('a token of nobody is bad credentials', async () => {
    const answer = await refusal(bearer(stand(), 'ghs_invented').request('GET /repos/{owner}/{repo}', shop));

    expect(answer).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials', documentation_url: expect.any(String) },
    });
  });

  it('without a token only what is public can be read', async () => {
    const nobody = bearer(stand(), '');
    const website = { owner: 'acme', repo: 'website' };

    expect((await nobody.request('GET /repos/{owner}/{repo}', website)).status).toBe(200);
    expect(await refusal(nobody.request('GET /repos/{owner}/{repo}', shop))).toMatchObject({ status: 404 });
    const write = nobody.request('POST /repos/{owner}/{repo}/deployments', { ...website, ref: 'main' });
    expect(await refusal(write)).toMatchObject({ status: 401, body: { message: 'Requires authentication' } });
  });

  it('a narrowed token says what it is for', async () => {
    const answer = await app(stand()).request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: installationId,
      repositories: ['shop'],
      permissions: { deployments: 'write' },
    });

    expect(answer.data).toMatchObject({
      permissions: { deployments: 'write', metadata: 'read' },
      repository_selection: 'selected',
      repositories: [{ full_name: 'acme/shop' }],
    });
  });

  it.each([
    ['a permission that the installation lacks', { permissions: { administration: 'write' } }],
    ['more of a permission than the installation has', { permissions: { actions: 'write' } }],
    ['a repository outside the installation', { repositories: ['cellar'] }],
    ['a repository that is not there', { repositories: ['nowhere'] }],
    ['a repository id that is not there', { repository_ids: [999_999] }],
  ])('%s cannot be asked for', async (_what, narrow) => {
    const answer = tokenFor(stand(), narrow).then(() => ({ status: 201 }));

    expect(await refusal(answer)).toMatchObject({ status: 422 });
  });

  it('a narrowed token may do nothing else', async () => {
    const reader = await narrowed(stand(), { permissions: { deployments: 'read' } });
    const elsewhere = await narrowed(stand(), { repositories: ['office'] });

    expect((await reader.request('GET /repos/{owner}/{repo}/deployments', shop)).status).toBe(200);
    const write = await refusal(reader.request('POST /repos/{owner}/{repo}/deployments', { ...shop, ref: 'main' }));
    expect(write).toMatchObject({ status: 403, body: { message: 'Resource not accessible by integration' } });
    expect(write.headers['x-accepted-github-permissions']).toBe('deployments=write');
    expect(
      await refusal(reader.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref: 'main' })),
    ).toMatchObject({ status: 403 });
    const outside = elsewhere.request('GET /repos/{owner}/{repo}/deployments', shop);
    expect(await refusal(outside)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  });

  it('a repository’s name may be written in any case', async () => {
    const answer = await bridge(stand()).request('GET /repos/{owner}/{repo}', { owner: 'ACME', repo: 'Shop' });

    expect(answer.data.full_name).toBe('acme/shop');
  });

  it('a token reaches the repositories of its installation', async () => {
    const all = await bridge(stand()).request('GET /installation/repositories');
    const one = await (await narrowed(stand(), { repositories: ['office'] })).request('GET /installation/repositories');

    expect(all.data.repositories.map(({ full_name }) => full_name)).toEqual([
      'acme/shop',
      'acme/office',
      'acme/website',
    ]);
    expect(one.data.repositories.map(({ full_name }) => full_name)).toEqual(['acme/office']);
  });

  it('an organisation shows a token the repositories that it reaches', async () => {
    const all = await bridge(stand()).request('GET /orgs/{org}/repos', { org: 'acme' });
    const elsewhere = bridge(stand()).request('GET /orgs/{org}/repos', { org: 'somebody' });

    expect(all.data.map(({ full_name }) => full_name)).toEqual(['acme/shop', 'acme/office', 'acme/website']);
    expect(await refusal(elsewhere)).toMatchObject({ status: 404 });
  });

  it('a suspended installation is refused everything until it is resumed', async () => {
    const octokit = bearer(stand(), await tokenFor(stand()));
    const list = () => octokit.request('GET /repos/{owner}/{repo}/deployments', shop);

    await stand().installation(installationId, { suspended: true });
    expect(await refusal(list())).toMatchObject({
      status: 403,
      body: { message: 'This installation has been suspended' },
    });
    expect(await refusal(tokenFor(stand()).then(() => ({ status: 201 })))).toMatchObject({ status: 403 });
    await stand().installation(installationId, { suspended: false });
    expect((await list()).status).toBe(200);
  });

  it('a permission that was taken away is gone from the tokens that had it', async () => {
    const octokit = bearer(stand(), await tokenFor(stand()));

    await stand().installation(installationId, { permissions: { contents: 'read' } });

    expect(await refusal(octokit.request('GET /repos/{owner}/{repo}/deployments', shop))).toMatchObject({
      status: 403,
    });
    expect((await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...shop, ref: 'main' })).status).toBe(
      200,
    );
  });

  it('the teams and members of an organisation are seen with their own permission', async () => {
    const members = () => bridge(stand()).request('GET /orgs/{org}/members', { org: 'acme' });

    expect(await refusal(members())).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
    await stand().installation(installationId, { permissions: { members: 'read' } });
    expect((await members()).data.map(({ login }) => login)).toEqual(['mona', 'hubot']);
    expect(await refusal(bridge(stand()).request('GET /orgs/{org}/members', { org: 'rival' }))).toMatchObject({
      status: 404,
    });
  });

  it('what is left of the hour’s limit can be asked for without spending it', async () => {
    const octokit = bearer(stand(), await tokenFor(stand()));
    await octokit.request('GET /repos/{owner}/{repo}', shop);

    const [first, second] = [await octokit.request('GET /rate_limit'), await octokit.request('GET /rate_limit')];

    expect(first.data.resources.core).toMatchObject({ limit: 5000, used: 1, remaining: 4999 });
    expect(second.data).toEqual(first.data);
  });

  it('every answer says how much of the hour’s limit is left, and an unchanged one costs nothing', async () => {
    const octokit = bearer(stand(), await tokenFor(stand()));
    const read = (headers = {}) => octokit.request('GET /repos/{owner}/{repo}', { ...shop, headers });

    const first = await read();
    const unchanged = await refusal(read({ 'if-none-match': first.headers.etag }));
    const third = await read();

    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-resource': 'core',
      'x-github-request-id': expect.any(String),
    });
    expect(unchanged.status).toBe(304);
    expect(Number(first.headers['x-ratelimit-remaining']) - Number(third.headers['x-ratelimit-remaining'])).toBe(1);
  });

  // The two that move the clock come last.
  it('a token lives for one hour', async () => {
    const octokit = bearer(stand(), await tokenFor(stand()));
    const list = () => octokit.request('GET /repos/{owner}/{repo}/deployments', shop);

    await stand().advance(59 * 60_000);
    expect((await list()).status).toBe(200);
    await stand().advance(60_000);
    expect(await refusal(list())).toMatchObject({ status: 401, body: { message: 'Bad credentials' } });
  });

  it('a client whose clock is behind can correct itself by the Date header', async () => {
    await stand().advance(60 * 60_000);

    const answer = await app(stand()).request('GET /app');

    expect(Date.parse(answer.headers.date ?? '') - Date.now()).toBeGreaterThan(59 * 60_000);
    expect((await stand().calls()).map(({ status, role }) => [status, role])).toEqual([
      [401, 'anonymous'],
      [200, 'app'],
    ]);
  });
}
