/** A preview's life, from its label to its closing, as the router reads it: through the doors, the ledger, the index and KV. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { app } from '../../functions/app.ts';
import type { Word } from '../../local/application.ts';
import { NamedPreviews } from '../../schemas/preview-entry.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { deliver, openPull } from './hook.ts';
import { bind, index, passIndex, ZONE } from './index-stage.ts';
import { REPOSITORY, shop, view } from './shop.ts';
import { github, ledger } from './stage.ts';

const config = {
  argocd: [{ name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['*'] }],
  previews: { url: 'https://{slug}.example-preview.dev' },
};
const { say, drained, pass, replay } = shop(config);
const WHILE = 20_000;
const PAGE = 'https://main.example.com/applications/argocd/shop';

let sha: string;
let number: number;
let branch: string;
let opened = 0;

beforeEach(async () => {
  opened += 1;
  branch = `named-${opened}`;
  number = await openPull(REPOSITORY, branch);
  sha = await github.commit({ repository: REPOSITORY, branch, message: 'begun' });
  await drained();
});

async function hear(given: { open?: boolean; labels?: string[] } = {}): Promise<void> {
  const { open = true, labels = ['preview'] } = given;
  const side = { ref: branch, repository: 1 };
  const pull = {
    number,
    title: 'A name',
    open,
    merged: !open,
    updatedAt: Instant.parse(Date.now()),
    head: { sha: Sha.parse(sha), ...side },
    base: { ref: 'main', repository: 1 },
    labels,
    comments: 0,
    sha,
    by: undefined,
  };
  expect((await deliver(REPOSITORY, pull, crypto.randomUUID())).status).toBe(202);
  await drained();
}

/** What KV says of both names, which say the same. */
async function read(): Promise<readonly string[]> {
  // What comes within a second of the last write waits for the alarm.
  await passIndex(2_000);
  const [one, other] = await Promise.all(
    [branch, `pr-${number}-shop`].map(async (name) => {
      const value = await env.PREVIEWS?.get(`${name}.${ZONE}`, 'json');
      return NamedPreviews.parse(value ?? []).map(({ state, log }) => (log === null ? state : `${state}, ${log}`));
    }),
  );
  expect(one).toEqual(other);
  return one ?? [];
}

describe('from the label to the closing', () => {
  it('a name is being built, ready, and gone', async () => {
    expect(await read()).toEqual([]);
    await hear();
    expect(await read()).toEqual(['building']);
    await pass(WHILE);
    const word: Word = { environment: 'preview', pr: number, op: WHILE / 1_000, sha, manifests: sha };
    await say({ ...word, phase: 'Running', health: 'Missing' }, 1);
    expect(await read()).toEqual([`building, ${PAGE}`]);
    await pass(WHILE);
    await say({ ...word, phase: 'Succeeded', health: 'Healthy' }, 2);
    await pass(WHILE);
    expect(await read()).toEqual(['ready']);

    await hear({ open: false });

    expect(await read()).toEqual(['gone']);
  });

  it('a name whose application does not come up has failed, and says where its log is', async () => {
    await hear();
    await say(
      { environment: 'preview', pr: number, op: 1, sha, manifests: sha, phase: 'Failed', health: 'Degraded' },
      1,
    );

    expect(await read()).toEqual([`failed, ${PAGE}`]);
  });
});

it('a renamed repository’s preview has the name that Argo CD gives it now, and not the former one', async () => {
  await hear();
  expect(await index().find(`pr-${number}-shop`)).toHaveLength(1);
  expect(await ledger(REPOSITORY).rename(Repository.parse('acme/mobile'), 1)).toBe(true);

  await hear({ labels: ['preview', 'bug'] });
  await ledger(REPOSITORY).sweep();
  await drained();

  // Of the former name nothing is there any more, and an index that is new does not say so.
  expect(await index().find(`pr-${number}-shop`)).toBeUndefined();
  expect((await index().find(`pr-${number}-mobile`))?.map(({ repository }) => repository)).toEqual([REPOSITORY]);
  expect(await index().find(branch)).toHaveLength(1);
});

describe('an index that does not answer', () => {
  const isReached = (is: boolean) =>
    runInDurableObject(ledger(REPOSITORY), (object) => {
      const unreached = { put: () => Promise.reject(new Error('overloaded')) };
      const none = { idFromName: () => 'the index', get: () => unreached };
      Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), PREVIEW_INDEX: is ? env.PREVIEW_INDEX : none });
    });

  it('is told when it does; after a day it is a dead letter, and a replay tells what is so then', async () => {
    await isReached(false);
    await hear();
    expect((await view()).outbox.pending).toContainEqual(
      expect.objectContaining({ lane: `index ${number} ${ZONE}`, reason: { code: 'fault', message: 'Error' } }),
    );
    await pass(26 * 3_600_000);
    const { dead } = (await view()).outbox;
    const letter = dead.find(({ lane }) => lane === `index ${number} ${ZONE}`);
    expect(letter).toBeDefined();
    await isReached(true);

    expect((await replay(letter?.id)).status).toBe(202);
    await drained();

    // Nothing was heard of it within its deadline.
    expect(await read()).toEqual(['unheard']);
    expect((await view()).outbox.dead.filter(({ lane }) => lane.startsWith('index'))).toEqual([]);
  });

  it('is told by the next sweep where nobody replays the letter', async () => {
    await isReached(false);
    await hear();
    await pass(26 * 3_600_000);
    expect((await view()).outbox.dead.filter(({ lane }) => lane.startsWith('index'))).toHaveLength(1);
    await isReached(true);

    await ledger(REPOSITORY).sweep();
    await drained();

    expect(await read()).toEqual(['unheard']);
    expect((await view()).outbox.dead.filter(({ lane }) => lane.startsWith('index'))).toEqual([]);
  });

  it('has what it lost again after the next sweep', async () => {
    await hear();
    expect(await read()).toEqual(['building']);
    await runInDurableObject(index(), (_, { storage }) => storage.deleteAll());
    await runInDurableObject(index(), (_, state) => state.abort('lost')).catch(() => undefined);
    expect(await index().find(branch)).toBeUndefined();

    await ledger(REPOSITORY).sweep();
    await drained();

    expect((await index().find(branch))?.map(({ state }) => state)).toEqual(['building']);
  });
});

describe('what an operator sees of the index', () => {
  const given = { ...env, HAWSER: JSON.stringify(config) };
  const ask = (path: string) =>
    app.request(
      `https://hawser.example.com${path}`,
      {
        headers: { authorization: `Bearer ${inject('secrets')['HAWSER_OPERATOR_TOKEN']}` },
      },
      given,
    );
  const check = async () => {
    const { checks } = await (await ask('/healthz')).json<{ checks: Record<string, { ok: boolean }> }>();
    return checks['preview index']?.ok;
  };
  const metric = async () =>
    /^hawser_preview_names_unwritten.*$/m.exec(await (await ask('/metrics')).text())?.[0] ?? '';

  it('is green while KV takes what is written, red when it has refused for minutes, and green again', async () => {
    await hear();
    await read();
    expect([await check(), await metric()]).toEqual([true, `hawser_preview_names_unwritten{zone="${ZONE}"} 0`]);
    const kv = env.PREVIEWS;
    await bind({ put: () => Promise.reject(new Error('429')), delete: () => Promise.reject(new Error('429')) });
    await hear({ open: false });
    await passIndex(30 * 60_000);
    expect([await check(), await metric()]).toEqual([false, `hawser_preview_names_unwritten{zone="${ZONE}"} 2`]);

    await bind(kv);
    await passIndex(600_000 * 1.25);

    expect(await read()).toEqual(['gone']);
    expect([await check(), await metric()]).toEqual([true, `hawser_preview_names_unwritten{zone="${ZONE}"} 0`]);
  });
});
