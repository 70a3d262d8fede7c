/** Notifications of Argo CD that never came, through the ledger and Argo CD's own API. Each name begins with its row of docs/reliability.md. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { ApplicationsApi } from '../../../local/argocd/applications-api.ts';
import { HOUR, REPOSITORY, shop, view } from '../shop.ts';
import { ledger } from '../stage.ts';

const MINUTE = 60_000;
const main = { name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['production'] };
const { body, say, pass, states, deployments } = shop({ argocd: [main] });
const running = { op: 0, phase: 'Running', health: 'Missing', sha: s1 } as const;
const suspended = { op: 0, phase: 'Succeeded', health: 'Suspended', sha: s1 } as const;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
let argoCd: ApplicationsApi;

beforeEach(async () => {
  argoCd = new ApplicationsApi({ token: 'api-token' });
  const outside = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith('https://main.example.com/') ? argoCd.answer(request) : outside(request);
  });
  await withToken('api-token');
});

function withToken(token: string | undefined): Promise<void> {
  return runInDurableObject(ledger(REPOSITORY), (object) => {
    Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), ARGOCD_MAIN_API_TOKEN: token });
  });
}

/** It is so from now on, and nobody is told. */
function becomes(word: Parameters<typeof body>[0], generation: number): void {
  argoCd.show(body(word, generation).app);
}

async function shown(): Promise<string | undefined> {
  return (await deployments())[0]?.statuses.at(-1)?.description;
}

describe('48 · a notification of Argo CD that is lost', () => {
  it('is made up for before silence counts as an error', async () => {
    await say(running, 1);
    becomes(healthy, 2);

    await pass(30 * MINUTE);

    expect(await states()).toEqual([['in_progress', 'success']]);
    expect(argoCd.asked).toEqual(['argocd/shop']);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
  });

  it('is made up for within an hour where no deadline runs', async () => {
    await say(suspended, 1);
    becomes(healthy, 2);

    await pass(HOUR);

    expect(await states()).toEqual([['in_progress', 'success']]);
  });

  it('makes no life of an operation that hangs', async () => {
    await say(running, 1);
    becomes(running, 1);

    await pass(30 * MINUTE);

    expect(await states()).toEqual([['in_progress', 'error']]);
    expect(await shown()).toBe('shop: no result from Argo CD for 30m');
    expect(argoCd.asked).toHaveLength(1);
  });

  it.each([503, 'unreachable'] as const)('is made up for once Argo CD answers again: %s', async (outage) => {
    await say(running, 1);
    becomes(healthy, 2);
    argoCd.outage = outage;
    await pass(34 * MINUTE);
    expect(await states()).toEqual([['in_progress']]);

    argoCd.outage = undefined;
    await pass(5 * MINUTE);

    expect(await states()).toEqual([['in_progress', 'success']]);
  });

  it('is an error ten minutes after the deadline where Argo CD never answers, which is then left alone', async () => {
    await say(running, 1);
    argoCd.outage = 503;
    await pass(39 * MINUTE);
    expect(await states()).toEqual([['in_progress']]);

    await pass(MINUTE);
    expect(await states()).toEqual([['in_progress', 'error']]);

    await pass(24 * HOUR);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
    expect(argoCd.asked.length).toBeLessThan(12);
  });

  it.each([
    ['the token is not accepted', () => withToken('another')],
    ['there is none', () => withToken(undefined)],
    ['Argo CD does not show the application, which is not taken for its end', async () => argoCd.remove('shop')],
    [
      'it belongs to another repository now',
      async () => becomes({ ...healthy, annotations: { 'github.com/repo': 'other-shop' } }, 2),
    ],
    ['the instance may not speak for where it is now', async () => becomes({ ...healthy, environment: 'secrets' }, 2)],
  ])('is an error at the deadline where %s', async (_, but) => {
    await say(running, 1);
    becomes(healthy, 2);
    await but();

    await pass(30 * MINUTE);

    expect(await states()).toEqual([['in_progress', 'error']]);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
  });

  it('is not asked about where all is said', async () => {
    await say(suspended, 1);
    becomes(suspended, 1);
    await say(healthy, 2);

    await pass(2 * HOUR);

    expect(await states()).toEqual([['in_progress', 'success']]);
    expect(argoCd.asked).toEqual([]);
  });
});
