/**
 * A repository gets another name: what is known of it stays in one ledger, by whichever name it is spoken of. Each name begins
 * with its row of docs/reliability.md.
 */
import { describe, expect, it } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { Sha } from '../../../src/words/sha.ts';
import { deliver, post } from '../hook.ts';
import { REPOSITORY, shop, view } from '../shop.ts';
import { github, ledger } from '../stage.ts';

const { say, body, post: notify, api, drained, states } = shop();
const NEW = 'acme/mobile';
const NEWER = 'acme/other-shop';
/** GitHub's number of the repository, which no rename changes. */
const ID = 42;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const TAKEN = { status: 202, body: { event: expect.any(String), duplicate: false } };

let number = 0;

async function renamed(from: string, to: string) {
  number += 1;
  const changes = { repository: { name: { from } } };
  const payload = { action: 'renamed', repository: { id: ID, full_name: to }, changes };
  const answer = await post('repository', `renamed-${number}`, payload);
  return { status: answer.status, body: await answer.json() };
}

/** A notification whose annotation has the new name. */
function notifyNew() {
  const said = body({ ...healthy, environment: 'sandbox', uid: 'new' }, 1, 'new');
  return notify(JSON.parse(JSON.stringify(said).replace('"github.com/repo":"shop"', '"github.com/repo":"mobile"')));
}

async function paths(): Promise<readonly string[]> {
  const made = (await github.calls()).filter(({ method, path }) => method === 'POST' && path.startsWith('/repos/'));
  return made.map(({ path }) => path.replace(/\d+/, ':id'));
}

function opened(repository: string, id: number, text: string) {
  const sha = Sha.parse(text);
  number += 1;
  const side = { ref: 'topic', repository: id };
  const pull = {
    number: 900,
    title: 'A topic',
    open: true,
    merged: false,
    head: { sha, ...side },
    base: side,
    labels: ['preview'],
  };
  return deliver(repository, { ...pull, comments: 0, sha, updatedAt: Date.now(), by: 'octo' }, `pull-${number}`);
}

describe('54 · repository renamed', () => {
  it('one ledger goes on, whichever name it is spoken of by, and GitHub is called by the present one', async () => {
    await say(healthy, 1);
    expect(await states()).toEqual([['success']]);
    await github.clear();

    expect(await renamed('shop', NEW)).toEqual(TAKEN);
    expect((await notifyNew()).status).toBe(202);
    await say({ ...healthy, environment: 'staging', uid: 'old' }, 1, 'old');

    expect(new Set(await paths())).toEqual(new Set([`/repos/${NEW}/deployments`]));
    const minted = (await github.calls()).filter(({ path }) => path.endsWith('/access_tokens'));
    expect(minted.at(-1)?.body).toMatchObject({ repositories: ['mobile'] });
    const environments = (await view()).deployments.map(({ environment }) => environment);
    expect(new Set(environments)).toEqual(new Set(['production', 'sandbox', 'staging']));
    const [byOld, byNew] = await Promise.all([REPOSITORY, NEW].map(async (name) => (await api(`/${name}`)).json()));
    expect(byNew).toEqual(byOld);
  });

  it('and once more, and back: the same ledger', async () => {
    await say(healthy, 1);

    expect(await renamed('shop', NEW)).toEqual(TAKEN);
    expect(await renamed('mobile', NEWER)).toEqual(TAKEN);
    await github.clear();
    await say({ ...healthy, environment: 'sandbox', uid: 'one' }, 1, 'one');
    expect(new Set(await paths())).toEqual(new Set([`/repos/${NEWER}/deployments`]));

    expect(await renamed('other-shop', REPOSITORY)).toEqual(TAKEN);
    await say({ ...healthy, environment: 'staging', uid: 'two' }, 1, 'two');

    expect(await states()).toEqual([['success'], ['success']]);
  });

  it('a repository that is made under the former name is another one: nothing of it gets in', async () => {
    await say(healthy, 1);
    await renamed('shop', NEW);
    const sha = (await view()).deployments[0]?.sha ?? '';

    const mine = await opened(NEW, ID, sha);
    const late = await opened(REPOSITORY, ID, sha);
    const others = await opened(REPOSITORY, ID + 1, sha);

    expect(mine.status).toBe(202);
    // Sent before the rename and repeated after it: the same repository, and the same look.
    expect(await late.json()).toEqual({ ignored: 'stale' });
    expect(await others.json()).toEqual({ ignored: 'another repository' });
    await drained();
  });

  it('where the new name was heard of first, the two stay apart, and the old one says so', async () => {
    await say(healthy, 1);
    expect((await notifyNew()).status).toBe(202);

    expect(await renamed('shop', NEW)).toEqual(TAKEN);

    const { closed } = await (await api(`/${REPOSITORY}`)).json<{ closed: unknown }>();
    expect(closed).toMatchObject({
      code: 'repository-renamed',
      message: expect.stringContaining('write the new name'),
    });
    expect((await ledger(NEW).read()).deployments.map(({ environment }) => environment)).toEqual(['sandbox']);
  });

  it('one that was never heard of: ignored, and no ledger made', async () => {
    expect(await renamed('never-heard-of', NEW)).toEqual({
      status: 200,
      body: { ignored: 'known already, or of no repository here' },
    });
    expect((await api(`/${NEW}`)).status).toBe(404);
  });
});
