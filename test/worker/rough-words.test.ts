/** Words that no honest sender would say, or says much too late: they harm nothing, and are repeated nowhere. */
import { describe, expect, it, vi } from 'vitest';
import { applicationSaying, s1, s2 } from '../../local/application.ts';
import { calls, DEPLOYMENTS, HOUR, OTHERS, shop, view } from './shop.ts';
import { github } from './stage.ts';

const { send, say, drained, pass, post, states } = shop({ previews: { url: 'https://{slug}.example.com' } });

describe('text that is none', () => {
  const SLUG = { 'github.com/branch-slug': '\ud800' };

  it.each([
    ['a name', applicationSaying('shop\ud800', { op: 0, sha: s1 }, 1)],
    ['a slug', applicationSaying('shop', { op: 0, sha: s1, pr: 7, environment: 'preview', annotations: SLUG }, 1)],
  ])('half a character in %s is the fault of its sender', async (_, app) => {
    const answer = await post({ v: 1, instance: 'main', app });

    expect(answer.status).toBe(400);
  });
});

describe('what Argo CD says', () => {
  const SECRET = 'PLANTED';

  it('stands in no log line and in no refusal, whatever became of it', async () => {
    const logged = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    const refused = [
      { v: 1, app: { metadata: { name: SECRET } } },
      { v: SECRET },
      {
        v: 1,
        app: { ...applicationSaying('shop', { op: 0, annotations: { 'github.com/owner': `${SECRET}/..` } }, 1) },
      },
    ];
    await say(
      {
        op: 0,
        phase: 'Failed',
        sha: s1,
        message: SECRET,
        health: 'Degraded',
        healthMessage: SECRET,
        failing: { kind: SECRET, name: SECRET, message: SECRET },
        conditions: [{ type: 'SyncError', message: SECRET }],
        annotations: { 'github.com/branch-slug': SECRET },
      },
      1,
    );
    await github.fault({ kind: 'refuse', status: 422, message: SECRET, method: 'POST', path: DEPLOYMENTS });
    await say({ op: 60, phase: 'Running', sha: s2, manifests: OTHERS }, 2);
    const answers = await Promise.all(refused.map(async (body) => (await post(body)).text()));

    const lines = logged.flatMap(({ mock }) => mock.calls.map(String));
    expect(lines.filter((line) => line.includes('effect given up'))).toHaveLength(1);
    expect([...lines, ...answers].join('\n')).not.toMatch(/PLANTED|-token-0123|BEGIN|ghs_|eyJ/);
  });

  it('opens nothing where an application of an old preview heals after ninety days', async () => {
    const preview = { environment: 'preview', pr: 7, phase: 'Succeeded', health: 'Healthy' } as const;
    await say({ ...preview, op: 0, sha: s1 }, 1, 'api-7');
    await say({ ...preview, op: 0, sha: s1 }, 1, 'web-7');
    await say({ ...preview, op: 60, sha: s2, manifests: OTHERS }, 2, 'api-7');
    expect(await states()).toEqual([['success', 'inactive'], ['success']]);
    await github.clear();

    await pass(91 * 24 * HOUR);
    await drained();
    await say({ ...preview, op: 91 * 24 * 3600 + 100, sha: s1 }, 2, 'web-7');

    expect(await calls()).toEqual([]);
  });

  it('is shown where nothing can be made of it, however many applications there are', async () => {
    const deleted = (index: number) => send({ op: 0, sha: s1, deleted: true, uid: `uid ${index}` }, 1, `a-pr-${index}`);
    await Promise.all(Array.from({ length: 205 }, (_, index) => deleted(index)));
    const images = [`ghcr.io/acme/shop@sha256:${'d'.repeat(64)}`];
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', images }, 1, 'z-shop');

    expect((await view()).unresolved).toMatchObject([{ application: expect.stringContaining('z-shop') }]);
  });
});
