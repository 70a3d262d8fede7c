/** Calls whose end nobody saw: GitHub is asked what became of them before anything is tried again. */
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { s1 } from '../../local/application.ts';
import { calls, DEPLOYMENTS, HOUR, REPOSITORY, STATUSES, shop } from './shop.ts';
import { github, ledger } from './stage.ts';

const { say, pass, states } = shop();

describe('an uncertain end', () => {
  it('of a create is looked up before it is tried again: GitHub had acted, and nothing is made twice', async () => {
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    expect(await states()).toEqual([[]]);

    await pass(HOUR);

    expect(await states()).toEqual([['in_progress', 'error']]);
    expect((await calls()).filter((call) => call === 'POST deployment')).toHaveLength(1);
  });

  it('of a create is tried again where GitHub had not acted', async () => {
    await github.fault({ kind: 'drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    expect(await states()).toEqual([]);

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it.each(['act-then-drop', 'drop', 'server-error'] as const)(
    'of a status (%s) ends in that status, once',
    async (kind) => {
      await github.fault({ kind, method: 'POST', path: STATUSES });
      await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);

      await pass(HOUR);

      expect(await states()).toEqual([['success']]);
    },
  );

  it('leaves nothing made twice where the object was gone before it could remember what it had made', async () => {
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await evictDurableObject(ledger(REPOSITORY));

    await pass(HOUR);

    expect(await states()).toEqual([['success']]);
  });
});
