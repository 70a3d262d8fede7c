/** What somebody who goes to a preview is shown in its place, by the router and the bridge as they are deployed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './asking.ts';
import { FORWARDED, type Site, startSite, ZONE } from './site.ts';

const GOES = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };

async function visit(site: Site, name: string, headers: Record<string, string> = GOES) {
  const { status, headers: answered, body } = await ask(site.port, { host: `${name}.${ZONE}`, headers });
  const page = String(body);
  return { status, title: /<title>(.*)<\/title>/.exec(page)?.[1] ?? page, refresh: answered['refresh'], page };
}

describe('bound to KV and to the bridge', () => {
  let site: Site;
  let told = 100;
  beforeAll(async () => {
    site = await startSite({ kv: true, bridge: true });
  }, 120_000);
  afterAll(() => site.close());

  it.each([
    ['is being built', [{ state: 'building' }], 503, 'Preview NAME is being built', '5'],
    ['has failed', [{ state: 'failed' }], 503, 'Preview NAME has failed', undefined],
    ['is gone', [{ state: 'gone' }], 404, 'There is no preview NAME', undefined],
    ['was never told of to an index that is new', [], 200, FORWARDED, undefined],
    ['is ready', [{ state: 'ready' }], 200, FORWARDED, undefined],
    ['is ready in one of two repositories', [{ state: 'failed' }, { state: 'ready' }], 200, FORWARDED, undefined],
    ['is built in one of two', [{ state: 'failed' }, { state: 'building' }], 503, 'Preview NAME is being built', '5'],
    ['is gone in one of two', [{ state: 'gone' }, { state: 'ready' }], 200, FORWARDED, undefined],
  ] as const)('one that %s', async (what, entries, status, title, refresh) => {
    const name = what.replaceAll(' ', '-');
    for (const entry of entries) {
      told += 1;
      await site.tell({ ...entry, names: [name], number: told });
    }

    const shown = await visit(site, name);

    expect({ ...shown, page: undefined }).toEqual({
      status,
      title: title.replace('NAME', name),
      refresh,
      page: undefined,
    });
  });

  it('a page that a script, a form or curl asks for is forwarded, whatever the index says', async () => {
    const before = site.forwarded.length;
    const answers = [
      await visit(site, 'nothing', { 'sec-fetch-mode': 'cors', accept: 'text/html' }),
      await visit(site, 'nothing', {}),
      await ask(site.port, { host: `nothing.${ZONE}`, method: 'POST', headers: GOES, body: 'x' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(site.forwarded.slice(before)).toEqual(Array.from({ length: 3 }, () => `nothing.${ZONE} preview=nothing`));
  });

  it('links to the pull request and to Argo CD', async () => {
    const log = 'https://argocd.example.com/applications/argocd/shop-7';
    await site.tell({ names: ['linked'], number: 7, state: 'failed', log });

    const { page } = await visit(site, 'linked');

    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual([
      'https://github.com/acme/shop/pull/7',
      log,
    ]);
  });

  it('what KV lacks is asked of the bridge before anybody is told that it is not there', async () => {
    await site.tell({ names: ['lost'], number: 8, state: 'ready' });
    await expect.poll(() => site.keeps('lost')).toBe(true);
    await site.lose('lost');

    expect(await visit(site, 'lost')).toMatchObject({ status: 200, title: FORWARDED });
  });

  it('of another name of the same preview it says the same', async () => {
    await site.tell({ names: ['feat-x'], number: 9, state: 'building' });

    expect((await visit(site, 'pr-9-shop')).title).toBe('Preview pr-9-shop is being built');
  });

  it('who waits sees it within ten seconds of its being ready', { timeout: 30_000 }, async () => {
    await site.tell({ names: ['soon'], number: 10, state: 'building' });
    expect((await visit(site, 'soon')).status).toBe(503);
    await site.tell({ names: ['soon'], number: 10, state: 'ready' });

    await expect.poll(async () => (await visit(site, 'soon')).status, { timeout: 10_000, interval: 250 }).toBe(200);
  });
});

it.each([
  ['KV alone shows what it has, and takes nothing for missing', { kv: true, bridge: false }, [503, 200]],
  ['the bridge alone shows the same as both', { kv: false, bridge: true }, [503, 404]],
  ['nothing forwards everything', { kv: false, bridge: false }, [200, 200]],
] as const)('bound to %s', { timeout: 120_000 }, async (_, bound, statuses) => {
  const site = await startSite(bound);
  try {
    await site.tell({ names: ['foo'], state: 'building' });
    await site.tell({ names: ['lost'], number: 8, state: 'gone' });
    await expect.poll(async () => (await site.keeps('foo')) && (await site.keeps('lost'))).toBe(true);
    await site.lose('lost');

    expect([(await visit(site, 'foo')).status, (await visit(site, 'lost')).status]).toEqual(statuses);
  } finally {
    await site.close();
  }
});
