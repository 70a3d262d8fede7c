/** What befalls a preview: doubled and late deliveries, branches that are gone, hostile names. Each name begins with its row of docs/reliability.md. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { T0 } from '../../../local/application.ts';
import { pullOf } from '../../deployments/play.ts';
import type { Look } from '../../deployments/story.ts';
import { openPull, deliver as send } from '../hook.ts';
import { calls, REPOSITORY, shop } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { say, drained, pass, deployments, states } = shop();
const MINUTE = 60_000;

let number: number;
let sha: string;
let branches = 0;
let branch: string;

beforeEach(async () => {
  branches += 1;
  branch = `of-faults-${branches}`;
  number = await openPull(REPOSITORY, branch);
  sha = await headOf(branch);
  await github.clear();
});

describe('a delivery of a pull request', () => {
  it('11 · same delivery ×100 concurrently: one deployment, one comment', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => deliver({}, 'the-same')));
    await drained();

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
    expect((await calls()).toSorted()).toEqual([
      `POST /repos/${REPOSITORY}/issues/${number}/comments`,
      'POST deployment',
      'POST status',
    ]);
  });

  it('12 · redelivery after failure before commit: processed', async () => {
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      vi.spyOn(storage, 'transactionSync').mockImplementationOnce(() => {
        throw new Error('the disk is gone');
      });
    });
    expect((await deliver({}, 'again')).status).toBe(503);
    const again = await deliver({}, 'again');
    await drained();

    expect([again.status, await again.json()]).toMatchObject([202, { duplicate: false }]);
    expect(await states()).toEqual([['queued']]);
  });

  it('13 · old signed body, new delivery id: no regression', async () => {
    await heard({}, 'first');
    await heard({ open: false, updated: 2 }, 'second');
    const replayed = await deliver({}, 'third');
    await drained();

    expect(await replayed.json()).toEqual({ ignored: 'stale' });
    expect(await states()).toEqual([['queued', 'inactive']]);
  });
});

describe('a preview', () => {
  it('53 · branch deleted before status: what was made of the commit is written to all the same', async () => {
    await heard({}, 'opened');
    await github.as('octo')('DELETE', `/repos/${REPOSITORY}/git/refs/heads/${branch}`);
    await heard({ merged: true, updated: 2 }, 'merged');

    expect(await states()).toEqual([['queued', 'inactive']]);
  });

  it.each([
    ['a script', 'javascript:alert(1)'],
    ['plain http', 'http://169.254.169.254/latest/meta-data'],
    ['a password', 'https://user:secret@example.com/'],
  ])('67 · javascript:, internal or redirecting URL: dropped, where an application names %s', async (_, url) => {
    const word = { op: 0, phase: 'Succeeded', health: 'Healthy', images: [`ghcr.io/acme/shop:${sha}`] } as const;
    await heard({}, 'opened');
    await say({ ...word, pr: number, environment: 'preview', annotations: { 'github.com/environment-url': url } }, 1);
    await pass(MINUTE);

    const [preview] = await deployments();
    expect(preview?.statuses.at(-1)).toMatchObject({ state: 'success', environment_url: '' });
  });

  it.each([
    ['signs of which nothing is left in Latin letters', `功能/${'ü'.repeat(297)}`, () => `pr-${number}-shop`],
    ['signs that have a Latin form', 'ü'.repeat(300), () => 'u'.repeat(50)],
    ['more words than fit', 'feature/'.repeat(38), () => Array.from({ length: 6 }, () => 'feature').join('-')],
  ])(
    '66 · a 300-character branch in Unicode, with %s: it has its deployment, and a safe name',
    async (_, name, safe) => {
      const answer = await deliver({ branch: name }, 'unicode');
      await drained();

      expect(answer.status).toBe(202);
      expect(await states()).toEqual([['queued']]);
      const [preview] = (await ledger(REPOSITORY).read()).previews;
      expect(preview?.name).toBe(safe());
      expect(preview?.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$/);
    },
  );
});

async function heard(look: Partial<Look>, delivery: string): Promise<void> {
  expect((await deliver(look, delivery)).status).toBe(202);
  await drained();
}

function deliver(look: Partial<Look>, delivery: string): Promise<Response> {
  const pull = pullOf({ number, branch, sha: '1'.repeat(40), updated: 0, ...look }, 0);
  const updatedAt = pull.updatedAt - T0 + Math.floor(Date.now() / 86_400_000) * 86_400_000;
  return send(REPOSITORY, { ...pull, sha, updatedAt, by: undefined }, `${branch}-${delivery}`);
}

async function headOf(name: string): Promise<string> {
  const { body } = await github.as('octo')('GET', `/repos/${REPOSITORY}/git/ref/heads/${name}`);
  return (body as { readonly object: { readonly sha: string } }).object.sha;
}
