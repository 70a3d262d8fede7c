/** What is read of a sync operation, of which Argo CD's versions tell more or less. */
import { describe, expect, it } from 'vitest';
import { applicationSaying, m1, m2, s1, T0 } from '../../local/application.ts';
import type { Application } from '../../schemas/notification.ts';
import { operationOf } from '../../src/deployments/operation.ts';

type State = NonNullable<NonNullable<Application['status']>['operationState']>;

const SECOND = '2026-11-02T09:00:05Z';
const kustomized = (...images: string[]) => ({ kustomize: { images } });

/** An operation of which nothing is told but these fields of its state; `requested`: what stands on the application. */
function told(state: State, requested?: Application['operation']) {
  const { metadata } = applicationSaying('shop', {}, 1);
  const operationState = { phase: 'Running', startedAt: SECOND, ...state };
  return operationOf({ metadata, operation: requested, status: { operationState } });
}

describe('what is no operation', () => {
  it.each<readonly [string, State]>([
    ['has no phase', { phase: undefined }],
    ['has not started', { startedAt: undefined }],
    ['started at what is no time', { startedAt: 'yesterday' }],
  ])('%s', (_, state) => {
    expect(told(state)).toBeUndefined();
  });

  it('is an application without a status', () => {
    expect(operationOf({ metadata: applicationSaying('shop', {}, 1).metadata })).toBeUndefined();
  });
});

it('takes nothing for granted that is not told', () => {
  expect(told({})).toEqual({
    state: { phase: 'Running', startedAt: SECOND },
    startedAt: SECOND,
    start: T0 + 5000,
    phase: 'Running',
    revisions: undefined,
    requestedImages: [],
    appliedImages: [],
    retryLimit: undefined,
    lesser: undefined,
  });
});

describe('the request', () => {
  const request = { sync: { revision: s1, dryRun: true, source: kustomized('shop:v1') }, retry: { limit: 3 } };
  const read = { revisions: [s1], requestedImages: ['shop:v1'], retryLimit: 3, lesser: 'dry-run' };

  it('is read where the operation keeps it', () => {
    expect(told({ operation: request, phase: 'Succeeded' })).toMatchObject(read);
  });

  it('is read from the application while the operation that runs has no copy of it', () => {
    expect(told({}, request)).toMatchObject(read);
  });

  it('that stands on the application is of another operation than one that has ended', () => {
    expect(told({ phase: 'Succeeded' }, request)).toMatchObject({ requestedImages: [], lesser: undefined });
  });

  it('of an operation that only names resources is a partial sync', () => {
    expect(told({ operation: { sync: { resources: [{}] } } })?.lesser).toBe('partial');
    expect(told({ operation: { sync: { resources: [] } } })?.lesser).toBeUndefined();
  });

  it('may be of several sources, some of which override no image', () => {
    const sources = [kustomized('shop:v1'), {}, { kustomize: {} }, kustomized('web:v2')];

    expect(told({ operation: { sync: { sources } } })?.requestedImages).toEqual(['shop:v1', 'web:v2']);
  });

  it('is told by the result where the operation names no source', () => {
    const result = { sources: [kustomized('shop:v1')], source: kustomized('web:v2') };

    expect(told({ operation: { sync: {} }, syncResult: result })?.requestedImages).toEqual(['shop:v1', 'web:v2']);
  });

  it('counts before the result', () => {
    const sync = { sources: [kustomized('shop:v2')], source: kustomized('web:v2') };
    const syncResult = { sources: [kustomized('shop:v1')], source: kustomized('web:v1') };

    expect(told({ operation: { sync }, syncResult })?.requestedImages).toEqual(['shop:v2', 'web:v2']);
  });
});

describe('the revisions', () => {
  const digest = `sha256:${'d'.repeat(64)}`;

  it.each<readonly [string, NonNullable<State['syncResult']>, string | undefined, readonly string[]]>([
    ['of the result count before those that are asked for', { revision: m1 }, m2, [m1]],
    ['of the result are exact, whatever they look like', { revision: 'main' }, undefined, ['main']],
    ['of several sources count before the one', { revision: m1, revisions: [m1, m2] }, undefined, [m1, m2]],
    ['are the one where the list is empty', { revision: m1, revisions: [] }, undefined, [m1]],
  ])('%s', (_, syncResult, asked, expected) => {
    expect(told({ syncResult, operation: { sync: { revision: asked } } })?.revisions).toEqual(expected);
  });

  it.each([s1, digest, '1.2.3', 'v1.2.3', '10.20.30', 'v1.2.3-rc.1+build'])(
    'that are asked for are told by %s',
    (asked) => {
      expect(told({ operation: { sync: { revision: asked } } })?.revisions).toEqual([asked]);
    },
  );

  it.each(['main', 'v1', '1.2', s1.slice(1), `revert/${s1}`, `${s1}-again`, 'release-1.2.3', digest.slice(0, -1)])(
    'that are asked for are not told by %s, which is moved or may be',
    (asked) => {
      expect(told({ operation: { sync: { revision: asked } } })?.revisions).toBeUndefined();
    },
  );

  it('that are asked for are told by all of them or by none', () => {
    expect(told({ operation: { sync: { revisions: [m1, 'main'] } } })?.revisions).toBeUndefined();
  });
});

it('reads the images of all resources that were applied, of which some have none', () => {
  const resources = [{ images: ['shop:v1', 'proxy:v2'] }, {}, { images: ['shop:v1'] }];

  expect(told({ syncResult: { resources } })?.appliedImages).toEqual(['shop:v1', 'proxy:v2', 'shop:v1']);
});
