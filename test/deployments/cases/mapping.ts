/** Phase and health of one application's one operation, row by row of the mapping. */
import { m2, s1 } from '../../../local/application.ts';
import { type Case, deleted, healthy, running, says, synced, until } from '../story.ts';

const BLOCKED = 'Sync operation blocked by sync window';
const op = 0;
const sha = s1;

export const mapping: readonly Case[] = [
  {
    name: 'a rollout is in progress while it runs and a success once it is healthy',
    story: [running('shop', { op, sha }), synced('shop', { op, sha }), healthy('shop', { op, sha })],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'an application that has never been synced says nothing yet',
    story: [says('shop', { noOperation: true, health: 'Missing' })],
    github: [],
  },
  {
    name: 'a deletion ends its rollout whatever phase and health say',
    story: [running('shop', { op, sha }), deleted('shop', { op, sha, phase: 'Succeeded' })],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 inactive shop was deleted'],
  },
  {
    name: 'a dry run is no deployment',
    story: [running('shop', { op, sha, dryRun: true }), healthy('shop', { op, sha, dryRun: true })],
    github: [],
    ignored: { 0: 'dry-run', 1: 'dry-run' },
  },
  {
    name: 'a partial sync is no deployment',
    story: [running('shop', { op, sha, partial: true }), says('shop', { op, sha, partial: true, phase: 'Failed' })],
    github: [],
    ignored: { 0: 'partial', 1: 'partial' },
  },
  {
    name: 'what comes after the success of an operation is monitoring, and not shown',
    story: [
      healthy('shop', { op, sha }),
      says('shop', { op, sha, health: 'Progressing', healthAt: 600 }, 600),
      says('shop', { op, sha, health: 'Degraded', healthAt: 610 }, 610),
      until(3600),
      healthy('shop', { op, sha, healthAt: 3700 }, 3700),
      says('shop', { op, sha, health: 'Missing', healthAt: 3800 }, 3800),
      until(7200),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'an automated operation on what has already succeeded is self-heal, and no deployment',
    story: [
      healthy('shop', { op, sha }),
      running('shop', { op: 60, sha, automated: true }),
      healthy('shop', { op: 60, sha, automated: true }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'the same content synced by hand after its success, even in vain, changes nothing',
    story: [
      healthy('shop', { op, sha }),
      running('shop', { op: 60, sha, automated: false }),
      says('shop', { op: 60, sha, automated: false, phase: 'Failed', health: 'Degraded' }),
      until(3600),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'it is queued while a sync window blocks it, then in progress',
    story: [running('shop', { op, sha, message: BLOCKED }), running('shop', { op, sha }), healthy('shop', { op, sha })],
    github: [
      'create #1 s1 production',
      '#1 queued shop: waiting for a sync window',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a weekend in a closed sync window is no failure; the deadline counts once it has opened',
    story: [
      running('shop', { op, sha, message: BLOCKED }, 1),
      until(2 * 86_400),
      running('shop', { op, sha }, 2 * 86_400 + 1),
      until(2 * 86_400 + 1800),
      until(2 * 86_400 + 1801),
    ],
    github: [
      'create #1 s1 production',
      '#1 queued shop: waiting for a sync window',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'an operation that has begun is never queued again',
    story: [running('shop', { op, sha }), running('shop', { op, sha, message: BLOCKED }), healthy('shop', { op, sha })],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 in_progress shop: waiting for a sync window',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a retry that Argo CD waits for is in progress, not a failure',
    story: [
      running('shop', { op, sha }),
      running('shop', { op, sha, retry: 1, retryLimit: 5 }),
      running('shop', { op, sha, retry: 2, retryLimit: 5 }),
      healthy('shop', { op, sha, retry: 2, retryLimit: 5 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 in_progress shop: retry 1 of 5',
      '#1 in_progress shop: retry 2 of 5',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a retry starts again without a result, and stays in its rollout',
    story: [
      running('shop', { op, sha }),
      running('shop', { op, sha, retry: 1, retryLimit: 2 }),
      running('shop', { op, retry: 1, retryLimit: 2, noResult: true, manifests: null }),
      synced('shop', { op, sha, retry: 1, retryLimit: 2 }),
      healthy('shop', { op, sha, retry: 1, retryLimit: 2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 in_progress shop: retry 1 of 2',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'running is shown once an operation',
    story: [
      running('shop', { op, sha }),
      running('shop', { op, sha, message: 'one or more synchronization tasks are running' }),
      running('shop', { op, sha, health: 'Progressing' }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out'],
  },
  {
    name: 'an operation that is being terminated stays as it is until it has failed',
    story: [
      running('shop', { op, sha }),
      says('shop', { op, sha, phase: 'Terminating', health: 'Progressing' }),
      says('shop', { op, sha, phase: 'Failed', message: 'Operation terminated', health: 'Progressing' }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 failure shop: Operation terminated'],
  },
  {
    name: 'a failed operation is a failure, and says which resource was refused',
    story: [
      running('shop', { op, sha }),
      says('shop', {
        op,
        sha,
        phase: 'Failed',
        failing: { kind: 'Job', name: 'migrate', message: 'Job has reached the specified backoff limit' },
      }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 failure shop: Job migrate: Job has reached the specified backoff limit',
    ],
  },
  {
    name: 'an operation that never got to apply is an error',
    story: [
      running('shop', { op, sha }),
      says('shop', { op, phase: 'Error', noResult: true, manifests: null, message: 'ComparisonError: no such path' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 error shop: ComparisonError: no such path',
    ],
  },
  {
    name: 'health that has changed after the operation finished is success at once',
    story: [says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: 6 }, 6)],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'health that may be older than the operation must hold for settle',
    story: [says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 6), until(35), until(36)],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'health of the very second in which the operation finished may be older than it',
    story: [says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: 5 }, 6), until(35)],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out'],
  },
  {
    name: 'health that goes back to Progressing has not settled, and a repeat does not start settle again',
    story: [
      says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 6),
      says('shop', { op, sha, finished: 5, health: 'Progressing', healthAt: 20 }, 20),
      until(60),
      says('shop', { op, sha, finished: 5, health: 'Unknown', healthAt: 61 }, 61),
      says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 70),
      says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 90),
      until(99),
      says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 100),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'settle is what the configuration says',
    config: { deployments: { settle: '0s' } },
    story: [says('shop', { op, sha, finished: 5, health: 'Healthy', healthAt: -100 }, 6)],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'applied but Progressing is in progress',
    story: [synced('shop', { op, sha })],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out'],
  },
  {
    name: 'Degraded for less than a minute is noise',
    story: [
      synced('shop', { op, sha }, 6),
      says('shop', { op, sha, health: 'Degraded', healthAt: 10 }, 10),
      says('shop', { op, sha, health: 'Degraded', healthAt: 10 }, 50),
      says('shop', { op, sha, health: 'Progressing', healthAt: 69 }, 69),
      says('shop', { op, sha, health: 'Degraded', healthAt: 75 }, 75),
      until(134),
      healthy('shop', { op, sha, healthAt: 134 }, 134),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'Degraded for a minute is a failure, whose recovery is a success',
    story: [
      synced('shop', { op, sha }, 6),
      says('shop', { op, sha, health: 'Degraded', healthAt: 10, healthMessage: 'back-off pulling image' }, 10),
      says('shop', { op, sha, health: 'Degraded', healthAt: 10, healthMessage: 'back-off pulling image' }, 50),
      until(69),
      until(70),
      says('shop', { op, sha, health: 'Progressing', healthAt: 80 }, 80),
      healthy('shop', { op, sha, healthAt: 90 }, 90),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 failure shop: back-off pulling image',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a paused canary is in progress for as long as it takes',
    story: [
      synced('shop', { op, sha }, 6),
      says('shop', { op, sha, health: 'Suspended', healthAt: 10 }, 10),
      until(7200),
      healthy('shop', { op, sha, healthAt: 7201 }, 7201),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 in_progress shop: suspended',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'nothing live is in progress to the deadline, then an error',
    story: [says('shop', { op, sha, health: 'Missing' }, 6), until(1805), until(1806)],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'Unknown health keeps what there was, and is an error at the deadline',
    story: [
      running('shop', { op, sha, message: BLOCKED }, 1),
      synced('shop', { op, sha }, 6),
      says('shop', { op, sha, health: 'Unknown', healthAt: 7 }, 7),
      until(1807),
    ],
    github: [
      'create #1 s1 production',
      '#1 queued shop: waiting for a sync window',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'Unknown health after Degraded became a failure keeps the failure',
    story: [
      says('shop', { op, sha, health: 'Degraded', healthAt: 10, healthMessage: 'crash loop' }, 10),
      until(70),
      says('shop', { op, sha, health: 'Unknown', healthAt: 80 }, 80),
      until(3600),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 failure shop: crash loop'],
  },
  {
    name: 'an operation of which nothing more is heard is an error at the deadline, and may still be a success',
    story: [running('shop', { op, sha }, 1), until(1800), until(1801), healthy('shop', { op, sha }, 2000)],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a sign of life puts the deadline off',
    config: { deployments: { deadline: '5m' } },
    story: [running('shop', { op, sha }, 1), synced('shop', { op, sha }, 300), until(599), until(600)],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 5m',
    ],
  },
  {
    name: 'health that lags behind the operation is not taken for that of the new release',
    story: [
      healthy('shop', { op, sha }, 6),
      running('shop', { op: 60, sha, manifests: m2 }, 61),
      says('shop', { op: 60, sha, manifests: m2, finished: 65, health: 'Healthy', healthAt: 6 }, 66),
      says('shop', { op: 60, sha, manifests: m2, finished: 65, health: 'Progressing', healthAt: 67 }, 67),
      healthy('shop', { op: 60, sha, manifests: m2, finished: 65, healthAt: 120 }, 120),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s1 production',
      '#2 in_progress shop: rolling out',
      '#2 success shop: healthy',
      '#1 inactive superseded by 1111111',
    ],
  },
  {
    name: 'Unknown health right after a closed sync window is an error at the deadline',
    story: [
      running('shop', { op, sha, message: BLOCKED }, 1),
      says('shop', { op, sha, health: 'Unknown' }, 6),
      until(1805),
      until(1806),
    ],
    github: [
      'create #1 s1 production',
      '#1 queued shop: waiting for a sync window',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'Unknown health after a paused canary is an error at the deadline',
    story: [
      says('shop', { op, sha, health: 'Suspended' }, 6),
      says('shop', { op, sha, health: 'Unknown', healthAt: 20 }, 20),
      until(1819),
      until(1820),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: suspended',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'an operation that is terminated right after a closed sync window, and no more heard of, is an error at the deadline',
    story: [
      running('shop', { op, sha, message: BLOCKED }, 1),
      says('shop', { op, sha, phase: 'Terminating', health: 'Progressing' }, 6),
      until(1805),
      until(1806),
    ],
    github: [
      'create #1 s1 production',
      '#1 queued shop: waiting for a sync window',
      '#1 in_progress shop: rolling out',
      '#1 error shop: no result from Argo CD for 30m',
    ],
  },
  {
    name: 'a retry is counted, with the limit where there is one',
    story: [
      running('shop', { op: 0, sha: s1, retry: 0 }),
      running('shop', { op: 0, sha: s1, retry: 1, retryLimit: -1 }),
      running('shop', { op: 0, sha: s1, retry: 2, retryLimit: 0 }),
      running('shop', { op: 0, sha: s1, retry: 3, retryLimit: 4 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 in_progress shop: retry 1',
      '#1 in_progress shop: retry 2',
      '#1 in_progress shop: retry 3 of 4',
    ],
  },
  {
    name: 'an operation that fails without a message tells the condition that is an error, else its phase',
    story: [
      says('shop', {
        op: 0,
        sha: s1,
        phase: 'Error',
        message: null,
        conditions: [
          { type: 'SharedResourceWarning', message: 'somebody else has it too' },
          { type: 'ComparisonError', message: 'no such path' },
        ],
      }),
      says('web', { op: 0, sha: s1, environment: 'web', phase: 'Error', message: null }),
      running('api', { op: 0, sha: s1, environment: 'api', message: null }),
    ],
    github: [
      'create #1 s1 production',
      '#1 error shop: no such path',
      'create #2 s1 web',
      '#2 error web: Error',
      'create #3 s1 api',
      '#3 in_progress api: rolling out',
    ],
  },
  {
    name: 'Degraded after it became a failure stays a failure, and does not begin anew',
    story: [
      says('shop', { op: 0, sha: s1, health: 'Degraded' }, 10),
      until(80),
      says('shop', { op: 0, sha: s1, health: 'Degraded', healthMessage: 'still' }, 90),
      until(300),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 failure shop: Degraded'],
  },
  {
    name: 'Degraded after another operation has succeeded is no longer the failure of the one before',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Failed' }, 6),
      says('shop', { op: 60, sha: s1, health: 'Degraded', healthMessage: 'crash loop' }, 70),
      until(200),
    ],
    github: [
      'create #1 s1 production',
      '#1 failure shop: one or more objects failed to apply',
      '#1 in_progress shop: rolling out',
      '#1 failure shop: crash loop',
    ],
  },
  {
    name: 'Missing after Degraded is in progress again',
    story: [
      says('shop', { op: 0, sha: s1, health: 'Degraded' }, 10),
      says('shop', { op: 0, sha: s1, health: 'Missing' }, 20),
      until(300),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out'],
  },
  {
    name: 'Unknown health is a sign of life, which puts the deadline off',
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      says('shop', { op: 0, sha: s1, health: 'Unknown' }, 1000),
      until(2700),
      healthy('shop', { op: 0, sha: s1 }, 2750),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a word of the same operation that names no image is about what it deploys',
    story: [running('shop', { op: 0, sha: s1 }), healthy('shop', { op: 0, images: [] })],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
];
