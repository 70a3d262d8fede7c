/** A refresh call in mode `action`: which ApplicationSets are asked, and what becomes of what Argo CD answers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { callAction } from '../../src/argocd/refresh-action.ts';

type Sent = { readonly call: string; readonly body: unknown };

const sets = [
  { group: 'argoproj.io', kind: 'ApplicationSet', version: 'v1alpha1', namespace: 'argocd', name: 'previews' },
  { group: 'argoproj.io', kind: 'ApplicationSet', version: 'v1alpha1', namespace: 'argocd', name: 'releases' },
];
const others = [
  { group: 'argoproj.io', kind: 'AppProject', version: 'v1alpha1', namespace: 'argocd', name: 'previews' },
  { kind: 'ConfigMap', version: 'v1', namespace: 'argocd', name: 'settings' },
];

/** An Argo CD whose Application holds these; `refusing` answers the action on one of them. */
function argoCd(resources: unknown, refusing: Readonly<Record<string, number>> = {}, reading = 200) {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    sent.push({ call: `${init.method} ${url.replace('https://argocd.example.com/api/v1', '')}`, body });
    if (init.method === 'GET') {
      return Response.json({ metadata: { name: 'apps' }, status: { resources } }, { status: reading });
    }
    const status = refusing[body.resourceName] ?? 200;
    return Response.json({}, { status });
  };
  return { sent, argoCd: { url: 'https://argocd.example.com', token: 'secret', fetch } };
}

describe('a refresh by the action', () => {
  it('asks every ApplicationSet that the Application holds, and nothing else', async () => {
    const { sent, argoCd: api } = argoCd([...others, ...sets]);

    expect(await callAction({ argoCd: api, application: 'apps' })).toEqual({ kind: 'taken' });
    const action = (resourceName: string) => ({
      call: 'POST /applications/apps/resource/actions/v2',
      body: {
        namespace: 'argocd',
        group: 'argoproj.io',
        version: 'v1alpha1',
        kind: 'ApplicationSet',
        resourceName,
        action: 'refresh',
      },
    });
    expect(sent).toEqual([{ call: 'GET /applications/apps', body: undefined }, action('previews'), action('releases')]);
  });

  it('names the namespace of an Application outside Argo CD’s own', async () => {
    const { sent, argoCd: api } = argoCd(sets.slice(0, 1));

    await callAction({ argoCd: api, application: 'team-a/apps' });

    expect(sent[0]?.call).toBe('GET /applications/apps?appNamespace=team-a');
    expect(sent[1]?.body).toMatchObject({ appNamespace: 'team-a', resourceName: 'previews' });
  });

  it.each<[string, unknown, Readonly<Record<string, number>>, string, string]>([
    ['it holds none', others, {}, 'refused', 'no-applicationset'],
    ['it holds nothing yet', null, {}, 'refused', 'no-applicationset'],
    ['it is no Application', 'x', {}, 'refused', 'no-applicationset'],
    ['one is forbidden', sets, { releases: 403 }, 'refused', 'http-403'],
    ['one is forbidden and one may pass', sets, { previews: 403, releases: 503 }, 'failed', 'http-503'],
    ['the action is not there', sets, { previews: 500, releases: 500 }, 'failed', 'http-500'],
  ])('is not taken where %s', async (_, resources, refusing, kind, code) => {
    const { argoCd: api } = argoCd(resources, refusing);

    expect(await callAction({ argoCd: api, application: 'apps' })).toMatchObject({ kind, reason: { code } });
  });
});

describe('what helps is said', () => {
  it.each([
    ['the action is answered with 500', { previews: 500, releases: 500 }, 200, /Is the action in argocd-cm\?/],
    ['the action is answered with 403', { previews: 403, releases: 403 }, 200, /has the rights$/],
    ['the Application is answered with 500', {}, 500, /it answered 500$/],
    ['the Application is answered with 403', {}, 403, /has the rights$/],
  ])('where %s', async (_, refusing, reading, said) => {
    const { argoCd: api } = argoCd(sets, refusing, reading);

    expect(await callAction({ argoCd: api, application: 'apps' })).toMatchObject({
      reason: { message: expect.stringMatching(said) },
    });
  });
});

describe('what is shipped for Argo CD', () => {
  const read = (name: string) => parse(readFileSync(`gitops/argo-config/argocd/refresh/${name}`, 'utf8')).data;

  it('defines the action that is called, and discovers it', () => {
    const actions = parse(read('argocd-cm.yaml')['resource.customizations.actions.argoproj.io_ApplicationSet']);

    expect(actions.definitions.map(({ name }: { name: string }) => name)).toEqual(['refresh']);
    expect(actions['discovery.lua']).toContain('actions["refresh"]');
    expect(actions.definitions[0]['action.lua']).toContain('argocd.argoproj.io/application-set-refresh');
  });

  it('gives the account these two rights on that Application alone', () => {
    const rights = read('argocd-rbac-cm.yaml')['policy.hawser.csv'].trim().split('\n');

    expect(rights).toEqual([
      'p, role:hawser, applications, get, argo-config/apps, allow',
      'p, role:hawser, applications, action/argoproj.io/ApplicationSet/refresh, argo-config/apps, allow',
      'g, hawser, role:hawser',
    ]);
  });
});
