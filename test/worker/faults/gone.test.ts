/**
 * The App loses an account or a repository, by GitHub's own word: its ledgers pause, say so, and go on when it is undone. Each
 * name begins with its row of docs/reliability.md.
 */
import { exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { s1 } from '../../../local/application.ts';
import { post } from '../hook.ts';
import { calls, DEPLOYMENTS, HOUR, REPOSITORY, shop, view } from '../shop.ts';
import { github } from '../stage.ts';

const { say, send, pass, api, drained, states } = shop();
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const healthy = { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 } as const;
const account = { account: { login: 'Acme' } };
const about = { id: 1, full_name: 'Acme/Shop' };
const named = (action: string, more: object = {}) => ({ action, ...more });

let number = 0;

async function hears(event: string, payload: object) {
  number += 1;
  const answer = await post(event, `gone-${number}`, payload);
  return { status: answer.status, body: await answer.json() };
}

const TAKEN = { status: 202, body: { event: expect.any(String), duplicate: false } };
const KNOWN = { status: 200, body: { ignored: 'known already, or of no repository here' } };

async function health() {
  const answer = await exports.default.fetch('https://hawser.test/healthz');
  const { checks } = await answer.json<{ checks: Record<string, { ok: boolean; message?: string }> }>();
  return checks['github installations'];
}

async function closed(): Promise<unknown> {
  return (await (await api(`/${REPOSITORY}`)).json<{ closed?: unknown }>()).closed;
}

/** Event and payload that take it away, the code that is told, and those that bring it back. */
const LOSSES: readonly (readonly [string, string, object, string, string, object])[] = [
  [
    '57 · App suspended',
    'installation',
    named('suspend', { installation: account }),
    'app-suspended',
    'installation',
    named('unsuspend', { installation: account }),
  ],
  [
    '23 · uninstalled',
    'installation',
    named('deleted', { installation: account }),
    'app-uninstalled',
    'installation',
    named('created', { installation: account }),
  ],
  [
    '23 · taken out of the installation',
    'installation_repositories',
    named('removed', { installation: account, repositories_added: [], repositories_removed: [about] }),
    'repository-removed',
    'installation_repositories',
    named('added', { installation: account, repositories_added: [about], repositories_removed: [] }),
  ],
  [
    '56 · archived repository',
    'repository',
    named('archived', { repository: about }),
    'repository-archived',
    'repository',
    named('unarchived', { repository: about }),
  ],
];

describe('a loss that GitHub tells of', () => {
  it.each(LOSSES)(
    '%s: nothing is sent, nothing given up, and it goes on when it is undone',
    async (...[, event, loss, code, undoing, undone]) => {
      await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
      await github.clear();

      expect(await hears(event, loss)).toEqual(TAKEN);
      expect(await hears(event, loss)).toEqual(KNOWN);
      expect(await closed()).toMatchObject({ code, message: expect.stringMatching(/./), since: expect.any(String) });
      expect(await health()).toEqual({ ok: true });

      expect((await send(healthy, 1)).status).toBe(202);
      await drained();

      expect(await calls()).toEqual([]);
      expect((await view()).outbox).toMatchObject({ pending: [{ attempts: 0, reason: { code } }], dead: [] });
      expect(await health()).toMatchObject({ ok: false, message: expect.stringContaining('GET /api/repositories') });

      expect(await hears(undoing, undone)).toEqual(TAKEN);
      await drained();

      expect(await states()).toEqual([['success'], ['success']]);
      expect(await closed()).toBeUndefined();
      expect(await health()).toEqual({ ok: true });
    },
  );

  it('57 · App suspended: for longer than a dead letter takes, nothing becomes one', async () => {
    await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
    await github.installation(1, { suspended: true });
    await hears('installation', named('suspend', { installation: account }));
    await send(healthy, 1);
    await pass(DAY + HOUR);

    expect((await view()).outbox).toMatchObject({ pending: [{ reason: { code: 'app-suspended' } }], dead: [] });
    // One look now and then, and nothing else.
    expect((await calls()).filter((call) => call.startsWith('POST'))).toHaveLength(2);
    await github.installation(1, { suspended: false });
    await hears('installation', named('unsuspend', { installation: account }));
    await drained();

    expect(await states()).toEqual([['success'], ['success']]);
  }, 30_000);

  it('57 · App suspended: where nobody tells that it is undone, one effect finds out within ten minutes', async () => {
    await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
    await hears('installation', named('suspend', { installation: account }));
    await send(healthy, 1);
    await drained();
    expect(await states()).toEqual([['success']]);

    await pass(11 * MINUTE);

    expect(await states()).toEqual([['success'], ['success']]);
    expect(await closed()).toBeUndefined();
  });

  it('57 · permission accepted: what was parked for the lack of it goes at once', async () => {
    await github.fault({
      kind: 'refuse',
      status: 403,
      message: 'Resource not accessible by integration',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say(healthy, 1);
    expect((await view()).outbox.pending).toMatchObject([{ reason: { code: 'forbidden' } }]);

    await hears('installation', named('new_permissions_accepted', { installation: account }));
    await drained();

    expect(await states()).toEqual([['success']]);
  });

  it('23 · deleted repository: told late of one that is there, it is not believed; where GitHub says nothing, it is asked for again', async () => {
    await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
    expect(await hears('repository', named('deleted', { repository: about }))).toMatchObject({ status: 200 });
    expect(await closed()).toBeUndefined();
    await github.fault({ kind: 'down' });
    expect(await hears('repository', named('deleted', { repository: about }))).toMatchObject({ status: 503 });
    await github.clearFaults();
    expect(await closed()).toBeUndefined();
  });

  it('23 · deleted repository: what is owed there becomes a dead letter, with what to do', async () => {
    await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
    await github.fault({
      kind: 'refuse',
      status: 404,
      message: 'Not Found',
      path: '/acme/shop/installation$',
      times: 1,
    });
    expect(await hears('repository', named('deleted', { repository: about }))).toEqual(TAKEN);
    await say(healthy, 1);

    expect((await view()).outbox).toMatchObject({
      pending: [],
      dead: [{ reason: { code: 'repository-deleted', message: expect.stringContaining('stop sending for it') } }],
    });
    expect(await closed()).toMatchObject({ code: 'repository-deleted' });
  });

  it('55 · transferred to other installation: the old name is parked, and says what to do', async () => {
    await say({ ...healthy, environment: 'sandbox', uid: 'before' }, 1, 'before');
    const moved = {
      repository: { id: 1, full_name: 'rival/shop' },
      changes: { owner: { from: { organization: { login: 'acme' } } } },
    };

    expect(await hears('repository', named('transferred', moved))).toEqual(TAKEN);
    await send(healthy, 1);
    await drained();

    expect(await states()).toEqual([['success']]);
    expect(await closed()).toMatchObject({
      code: 'repository-transferred',
      message: expect.stringContaining('its new name'),
    });
  });

  it.each([
    [
      'installation',
      named('deleted', { installation: { account: { slug: 'an-enterprise' } } }),
      'an installation of no account with repositories',
    ],
    ['installation', named('dreamt_of', { installation: account }), 'an installation was dreamt_of'],
    ['repository', named('edited', { repository: about }), 'a repository was edited'],
    ['repository', named('archived', { repository: { id: 1, full_name: 'acme/never-heard-of' } }), KNOWN.body.ignored],
  ])('9 · %s with nothing in it for a ledger: ignored, with the reason', async (event, payload, ignored) => {
    expect(await hears(event, payload)).toEqual({ status: 200, body: { ignored } });
  });
});
