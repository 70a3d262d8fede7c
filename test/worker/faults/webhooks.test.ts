/** GitHub's own events that come twice, late or again, and those about what Hawser wrote. Each name begins with its row of docs/reliability.md. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Instant } from '../../../src/words/instant.ts';
import { Sha } from '../../../src/words/sha.ts';
import { deliver, openPull, post, review } from '../hook.ts';
import { calls, REPOSITORY, shop, view } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { drained, states } = shop();
const MiB = 1_048_576;

/** Real pull requests: what earlier tests left on one must not be another's. */
let numbers: number[];
let sha: string;
let pull: number;

beforeAll(async () => {
  numbers = [];
  for (const branch of ['hooks-a', 'hooks-b', 'hooks-c', 'hooks-d', 'hooks-e', 'hooks-f', 'hooks-g']) {
    numbers.push(await openPull(REPOSITORY, branch));
  }
  sha = await github.commit({ repository: REPOSITORY, message: 'A head' });
});

/** One look at the pull request of this test, so many seconds later than its first. */
function look(
  delivery: string,
  seconds: number,
  more: Partial<{ open: boolean; labels: string[]; title: string }> = {},
) {
  const side = { ref: `hooks-${pull}`, repository: 7 };
  return deliver(
    REPOSITORY,
    {
      number: pull,
      title: 'A change',
      open: true,
      merged: false,
      head: { sha: Sha.parse(sha), ...side },
      base: side,
      labels: ['preview'],
      comments: 0,
      ...more,
      sha,
      updatedAt: Instant.parse(Date.now() + seconds * 1_000),
      by: 'octo',
    },
    delivery,
  );
}

describe("the same delivery of GitHub's", () => {
  it('11 · same delivery ×100 concurrently: one effect', async () => {
    pull = numbers[0] ?? 0;

    const answers = await Promise.all(Array.from({ length: 100 }, () => look('11-once', 0)));
    await drained();

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
    expect((await calls()).filter((call) => call === 'POST deployment')).toHaveLength(1);
    expect(await states()).toEqual([['queued']]);
  });

  it('12 · redelivery after failure before commit: processed, under the same delivery id', async () => {
    pull = numbers[1] ?? 0;
    await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
      vi.spyOn(storage, 'transactionSync').mockImplementationOnce(() => {
        throw new Error('the disk is gone');
      });
    });

    const failed = await look('12-again', 0);
    const again = await look('12-again', 0);
    const third = await look('12-again', 0);
    await drained();

    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '2']);
    expect([again.status, await again.json()]).toEqual([202, { event: '12-again', duplicate: false }]);
    expect([third.status, await third.json()]).toEqual([200, { event: '12-again', duplicate: true }]);
    expect(await states()).toEqual([['queued']]);
  });

  it('13 · old signed body, new delivery id: no regression', async () => {
    pull = numbers[2] ?? 0;
    await look('13-labelled', 0);
    await drained();
    await look('13-closed', 5, { open: false });
    await drained();

    const replayed = await look('13-labelled-under-another-id', 0);
    await drained();

    expect([replayed.status, await replayed.json()]).toEqual([200, { ignored: 'stale' }]);
    expect((await states()).map((shown) => shown.at(-1))).toEqual(['inactive']);
  });
});

describe('a review', () => {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

  it('is a sign of life, and so is each comment in it and each thread that is resolved; to repeat one is none', async () => {
    pull = numbers[6] ?? 0;
    await look('reviewed', 0);
    const told = [
      ['pull_request_review', { action: 'submitted', review: { submitted_at: at(60) } }, at(60)],
      ['pull_request_review_comment', { action: 'created', comment: { created_at: at(120) } }, at(120)],
      ['pull_request_review_thread', { action: 'resolved', updated_at: at(180) }, at(180)],
      [
        'pull_request_review_thread',
        {
          action: 'unresolved',
          pull_request: { number: pull, updated_at: at(240), head: { ref: 'a-branch' } },
          sender: undefined,
        },
        at(240),
      ],
    ] as const;

    for (const [event, said, moment] of told) {
      const answer = await review(REPOSITORY, pull, event, said);
      expect([answer.status, await answer.json()]).toMatchObject([202, { duplicate: false }]);
      expect((await view()).previews).toMatchObject([{ number: pull, touchedAt: Date.parse(moment) }]);
    }

    const again = await review(REPOSITORY, pull, told[0][0], told[0][1]);
    expect([again.status, await again.json()]).toEqual([200, { ignored: 'stale' }]);
  });

  it.each([
    ['pull_request_review', 'edited'],
    ['pull_request_review', 'dismissed'],
    ['pull_request_review_comment', 'deleted'],
  ])('%s %s is none', async (event, action) => {
    const answer = await review(REPOSITORY, numbers[6] ?? 0, event, { action });

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: `a review was ${action}` }]);
  });
});

describe('what Hawser itself wrote', () => {
  it.each([
    [
      'its deployment',
      'deployment',
      {
        action: 'created',
        deployment: { id: 1, environment: 'preview', payload: { hawser: { v: 1, key: 'a', pr: 1 } } },
      },
      'a deployment that does not ask to be adopted',
    ],
    [
      'its status',
      'deployment_status',
      { action: 'created', deployment_status: { state: 'success' } },
      'deployment_status is not handled',
    ],
    [
      'its comment',
      'issue_comment',
      { action: 'created', comment: { performed_via_github_app: { slug: 'hawser' } } },
      'a comment that no person wrote',
    ],
    ['its comment, edited', 'issue_comment', { action: 'edited', comment: {} }, 'a comment was edited'],
    ['a review of a robot', 'pull_request_review', { action: 'submitted' }, 'a review that no person wrote'],
  ])('68 · own writes echo back: %s is ignored', async (_, event, payload, ignored) => {
    const echo = {
      issue: { number: numbers[3], pull_request: {} },
      pull_request: { number: numbers[3], updated_at: new Date().toISOString(), head: { ref: 'a-branch' } },
      repository: { full_name: REPOSITORY },
      sender: { login: 'hawser[bot]', type: 'Bot' },
      ...payload,
      ...('deployment' in payload ? { deployment: { sha, ...payload.deployment } } : {}),
      ...('comment' in payload ? { comment: { created_at: new Date().toISOString(), ...payload.comment } } : {}),
    };

    const answer = await post(event, crypto.randomUUID(), echo);
    await drained();

    expect([answer.status, await answer.json()]).toEqual([200, { ignored }]);
    expect(await calls()).toEqual([]);
  });

  it('68 · own writes echo back: a label that it took off itself is one more look, and nothing is written for it', async () => {
    pull = numbers[4] ?? 0;
    await look('68-labelled', 0);
    await look('68-closed', 5, { labels: [] });
    await drained();
    const before = await calls();

    await look('68-closed-again', 5, { labels: [] });
    await drained();

    expect(await calls()).toEqual(before);
  });
});

it('7 · oversize: a pull request of more than 5 MiB is authentic, ignored with the reason, and nothing of it is kept', async () => {
  pull = numbers[5] ?? 0;

  const answer = await look('7-huge', 0, { title: 'x'.repeat(5 * MiB) });
  await drained();

  expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'larger than 5 MiB' }]);
  expect((await view()).previews).toEqual([]);
  expect(await states()).toEqual([]);
});
