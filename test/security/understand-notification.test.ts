/** What a notification says, of whom, and whether its sender may say it. */
import { describe, expect, it } from 'vitest';
import { understandNotification } from '../../functions/understand-notification.ts';
import type { ConfiguredInstance } from '../../schemas/config.ts';
import { annotated, capturedApplication } from './captured-application.ts';

const main: ConfiguredInstance = {
  name: 'main',
  url: 'https://argocd.example.com',
  repositories: ['acme/*'],
  environments: ['*'],
  refresh: { mode: 'off' },
};
const { url: _, ...unplaced } = main;

describe('an event', () => {
  it('is made of an Application as Argo CD keeps it, whole', () => {
    const understood = understandNotification({ v: 1, app: capturedApplication() }, main);

    expect(understood).toMatchObject({
      kind: 'event',
      repository: 'acme/shop',
      environment: 'production',
      event: {
        kind: 'notification',
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        instance: 'main',
        page: 'https://argocd.example.com/applications/argo-cd/velero-test',
        app: { metadata: { generation: 263 }, status: { operationState: { phase: 'Succeeded' } } },
      },
    });
  });

  it('belongs to the repository in lower case, and to the environment as it is written', () => {
    const app = capturedApplication(annotated('Shop', 'Production', 'ACME'));

    expect(understandNotification({ v: 1, app }, main)).toMatchObject({
      repository: 'acme/shop',
      environment: 'Production',
    });
  });

  it.each([
    ['the same words', { v: 1, app: capturedApplication() }, main, true],
    [
      'the same with a field more that nobody reads',
      { v: 1, sentAt: 'now', app: { ...capturedApplication(), x: 1 } },
      main,
      true,
    ],
    [
      'the same with nothing written as null',
      { v: 1, instance: null, app: { ...capturedApplication(), operation: null } },
      main,
      true,
    ],
    ['another generation', { v: 1, app: changed({ generation: 264 }) }, main, false],
    ['another instance', { v: 1, app: capturedApplication() }, { ...main, name: 'other' }, false],
  ])('is known again by its id: %s', (_, body, instance, same) => {
    const first = understandNotification({ v: 1, app: capturedApplication() }, main);
    const second = understandNotification(body, instance);

    expect(idOf(second) === idOf(first)).toBe(same);
  });

  it.each([
    ['the configured one', main, 'https://evil.example', 'https://argocd.example.com/applications/argo-cd/velero-test'],
    [
      'the one it names, where none is configured',
      unplaced,
      'https://argo.acme.inc/x/?a=b#c',
      'https://argo.acme.inc/x/applications/argo-cd/velero-test',
    ],
    ['none, where that is http', unplaced, 'http://argo.acme.inc', undefined],
    ['none, where that is a script', unplaced, 'javascript:alert(1)', undefined],
    ['none, where that holds a password', unplaced, 'https://a:b@argo.acme.inc', undefined],
    ['none, where that is no URL', unplaced, '<no value>', undefined],
    ['none, where nothing is named', unplaced, null, undefined],
  ])("leads to a page of Argo CD's: %s", (_, instance, argocdUrl, page) => {
    const understood = understandNotification({ v: 1, argocdUrl, app: capturedApplication() }, instance);

    expect(understood.kind === 'event' ? understood.event.page : 'refused').toBe(page);
  });

  it('keeps names from being more than a segment of the page', () => {
    const app = changed({ namespace: 'a/b', name: '?x=1#y' });

    expect(understandNotification({ v: 1, app }, main)).toMatchObject({
      event: { page: 'https://argocd.example.com/applications/a%2Fb/%3Fx%3D1%23y' },
    });
  });

  it('is not changed by the keys that JavaScript objects inherit', () => {
    const hostile = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const text = `${hostile},"v":1,"app":${JSON.stringify(capturedApplication()).replace('{', `${hostile},`)}}`;

    const understood = understandNotification(JSON.parse(text), main);

    expect(idOf(understood)).toBe(idOf(understandNotification({ v: 1, app: capturedApplication() }, main)));
    expect(Reflect.get({}, 'polluted')).toBe(undefined);
  });
});

describe('a refusal', () => {
  it.each([
    ['a number', 7, undefined],
    ['a list', [], undefined],
    ['nothing', null, undefined],
    ['another version', { v: 2, app: capturedApplication() }, 'v'],
    ['no application', { v: 1 }, 'app'],
    ['no metadata', { v: 1, app: {} }, 'app.metadata'],
    ['no name', { v: 1, app: changed({ name: undefined }) }, 'app.metadata.name'],
    ['an empty namespace', { v: 1, app: changed({ namespace: '' }) }, 'app.metadata.namespace'],
    ['no uid', { v: 1, app: changed({ uid: null }) }, 'app.metadata.uid'],
    ['no generation', { v: 1, app: changed({ generation: undefined }) }, 'app.metadata.generation'],
    ['a generation in quotes', { v: 1, app: changed({ generation: '263' }) }, 'app.metadata.generation'],
    [
      'an owner that is none',
      { v: 1, app: capturedApplication(annotated('shop', 'x', '../acme')) },
      'app.metadata.annotations["github.com/owner"]',
    ],
    [
      'a repository that is none',
      { v: 1, app: capturedApplication(annotated('..')) },
      'app.metadata.annotations["github.com/repo"]',
    ],
    [
      'an environment of two lines',
      { v: 1, app: capturedApplication(annotated('shop', 'a\nb')) },
      'app.metadata.annotations["github.com/environment"]',
    ],
    [
      'no owner among the annotations',
      { v: 1, app: capturedApplication(annotated('shop', 'x', '')) },
      'app.metadata.annotations["github.com/owner"]',
    ],
    [
      'no repository among them',
      { v: 1, app: capturedApplication(annotated('')) },
      'app.metadata.annotations["github.com/repo"]',
    ],
    [
      'no environment among them',
      { v: 1, app: capturedApplication(annotated('shop', '')) },
      'app.metadata.annotations["github.com/environment"]',
    ],
  ])('names the field: %s', (_, body, path) => {
    const understood = understandNotification(body, main);

    expect(understood).toEqual({
      kind: 'refused',
      answer: { kind: 'malformed', error: expect.any(String), ...(path === undefined ? {} : { path }) },
    });
  });

  it('says of a missing field that it is missing', () => {
    expect(understandNotification({ v: 1, app: changed({ generation: undefined }) }, main)).toMatchObject({
      answer: { error: 'is required' },
    });
  });

  it.each([
    ['without any', {}],
    ['without the list', null],
    ['with those of others alone', { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' }],
    ['with ours, all empty', annotated('', '', '')],
  ])('is no error for an application %s of the annotations', (_, annotations) => {
    expect(understandNotification({ v: 1, app: capturedApplication(annotations) }, main)).toEqual({
      kind: 'refused',
      answer: { kind: 'ignored', why: 'not annotated' },
    });
  });

  it.each([
    ['for another instance', { v: 1, instance: 'other', app: capturedApplication() }, main],
    [
      "of a repository that is not the instance's",
      { v: 1, app: capturedApplication(annotated('shop', 'x', 'evil')) },
      main,
    ],
    [
      "of an environment that is not the instance's",
      { v: 1, app: capturedApplication() },
      { ...main, environments: ['sandbox'] },
    ],
    ['of a project that is not listed', { v: 1, app: capturedApplication() }, { ...main, projects: [] }],
  ])('meets who speaks %s', (_, body, instance) => {
    expect(understandNotification(body, instance)).toMatchObject({
      kind: 'refused',
      answer: { kind: 'forbidden' },
      environment: expect.any(String),
    });
  });
});

function changed(metadata: Record<string, unknown>) {
  const app = capturedApplication();
  return { ...app, metadata: { ...app.metadata, ...metadata } };
}

function idOf(understood: Awaited<ReturnType<typeof understandNotification>>): string | undefined {
  return understood.kind === 'event' ? understood.event.id : undefined;
}
