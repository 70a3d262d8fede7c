/** What a preview costs from its label to its end: every call of GitHub counted. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Word } from '../../local/application.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { deliver, openPull } from './hook.ts';
import { calls, REPOSITORY, shop } from './shop.ts';
import { github } from './stage.ts';

const { say, drained, pass, states } = shop({
  argocd: [{ name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['*'] }],
});
/** Long enough for Argo CD to roll out, and for what is gathered for the comment to be written. */
const WHILE = 20_000;

let number: number;
const heads: string[] = [];

beforeAll(async () => {
  number = await openPull(REPOSITORY, 'whole-life');
  for (const message of ['begun', 'mended', 'polished']) {
    heads.push(await github.commit({ repository: REPOSITORY, branch: 'whole-life', message }));
  }
});

describe('a preview from its label to its merge, with two pushes between', () => {
  it('costs 3 deployments and 12 statuses, and a comment that is edited 9 times: 25 calls, none of them a read', async () => {
    const start = Date.now();
    for (const [index, sha] of heads.entries()) {
      await hear({ sha, open: true, delivery: `push-${index}` });
      await pass(WHILE);
      const op = (Date.now() - start) / 1000;
      const word: Word = { environment: 'preview', pr: number, op, sha, manifests: sha };
      await say({ ...word, phase: 'Running', health: 'Missing' }, index * 3 + 1);
      await pass(WHILE);
      await say({ ...word, phase: 'Succeeded', health: 'Progressing' }, index * 3 + 2);
      await say({ ...word, phase: 'Succeeded', health: 'Healthy' }, index * 3 + 3);
      await pass(WHILE);
    }
    await hear({ sha: heads[2] ?? '', open: false, delivery: 'merge' });
    await pass(WHILE);

    const whole = ['queued', 'in_progress', 'success', 'inactive'];
    expect(await states()).toEqual([whole, whole, whole]);
    const made = Map.groupBy(await calls(), (call) => call.replace(/\d+$/, 'ID'));
    expect(Object.fromEntries([...made].map(([call, { length }]) => [call, length]))).toEqual({
      'POST deployment': 3,
      'POST status': 12,
      [`POST /repos/acme/shop/issues/${number}/comments`]: 1,
      'PATCH /repos/acme/shop/issues/comments/ID': 9,
    });
  });
});

async function hear({ sha, open, delivery }: { sha: string; open: boolean; delivery: string }): Promise<void> {
  const side = { ref: 'whole-life', repository: 1 };
  const pull = {
    number,
    title: 'A whole life',
    open,
    merged: !open,
    updatedAt: Instant.parse(Date.now()),
    head: { sha: Sha.parse(sha), ...side },
    base: { ref: 'main', repository: 1 },
    labels: ['preview'],
    comments: 0,
    sha,
    by: delivery === 'push-0' ? 'octo' : undefined,
  };
  expect((await deliver(REPOSITORY, pull, delivery)).status).toBe(202);
  await drained();
}
