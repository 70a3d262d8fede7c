/** Applications that are deleted, made again under their name, or moved to another environment. */
import { m2, s1, s2, s3 } from '../../../local/application.ts';
import { type Case, deleted, failedEarly, healthy, running, says, synced, until } from '../story.ts';

export const deletion: readonly Case[] = [
  {
    name: 'one of two is deleted: the other decides',
    story: [
      running('api', { op: 0, sha: s1 }),
      healthy('web', { op: 0, sha: s1 }),
      deleted('api', { op: 0, sha: s1 }),
      running('web', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress api: rolling out',
      '#1 success web: healthy',
      'create #2 s2 production',
      '#2 in_progress web: rolling out',
    ],
  },
  {
    name: 'a failure goes with the application that is deleted',
    story: [
      says('api', { op: 0, sha: s1, phase: 'Failed' }),
      running('web', { op: 0, sha: s1 }),
      deleted('api', { op: 0, sha: s1 }),
      healthy('web', { op: 0, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 failure api: one or more objects failed to apply',
      '#1 in_progress web: rolling out',
      '#1 success web: healthy',
    ],
  },
  {
    name: 'the last one is deleted: nothing is left, though it had failed',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      says('web', { op: 0, sha: s1, phase: 'Failed' }),
      deleted('api', { op: 0, sha: s1 }),
      deleted('web', { op: 0, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 failure web: one or more objects failed to apply',
      '#1 inactive web was deleted',
    ],
  },
  {
    name: 'one that is deleted in the middle of a rollout takes the success before it along',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      running('shop', { op: 60, sha: s2, manifests: m2 }),
      deleted('shop', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#1 inactive shop was deleted',
      '#2 inactive shop was deleted',
    ],
  },
  {
    name: 'a deleted application learns nothing more',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      deleted('shop', { op: 0, sha: s1 }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
      deleted('shop', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy', '#1 inactive shop was deleted'],
    ignored: { 2: 'deleted', 3: 'deleted' },
  },
  {
    name: 'a deletion counts whatever words came before it',
    story: [healthy('shop', { op: 0, sha: s1, generation: 9 }), deleted('shop', { op: 0, sha: s1, generation: 5 })],
    github: ['create #1 s1 production', '#1 success shop: healthy', '#1 inactive shop was deleted'],
  },
  {
    name: 'a deletion first heard of before anything else writes nothing, and nothing follows',
    story: [deleted('shop', { op: 0, sha: s1, generation: 5 }), healthy('shop', { op: 0, sha: s1, generation: 4 })],
    github: [],
    ignored: { 1: 'deleted' },
  },
  {
    name: 'an application that is deleted and made again has a rollout of its own, and its former self is not heard',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      deleted('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      running('shop', { op: 60, sha: s1, uid: 'second', created: 50 }),
      healthy('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      healthy('shop', { op: 60, sha: s1, uid: 'second', created: 50 }),
      deleted('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      '#1 inactive shop was deleted',
      'create #2 s1 production',
      '#2 in_progress shop: rolling out',
      '#2 success shop: healthy',
    ],
    ignored: { 3: 'stale', 5: 'stale' },
  },
  {
    name: 'an application made again, whose deletion was never told, has left its rollout',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      running('shop', { op: 60, sha: s2, uid: 'second', created: 50 }),
      deleted('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      healthy('shop', { op: 60, sha: s2, uid: 'second', created: 50 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#1 inactive shop was made again',
      '#2 success shop: healthy',
    ],
    ignored: { 2: 'stale' },
  },
  {
    name: 'one of two made again joins the rollout of the other',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      healthy('web', { op: 0, sha: s1, uid: 'first', created: -100 }),
      deleted('web', { op: 0, sha: s1, uid: 'first', created: -100 }),
      running('web', { op: 60, sha: s1, uid: 'second', created: 50 }),
      healthy('web', { op: 60, sha: s1, uid: 'second', created: 50 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 in_progress web: rolling out',
      '#1 success api: healthy',
    ],
  },
  {
    name: 'annotations that name another environment take the application there',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      healthy('shop', { op: 0, sha: s1, environment: 'sandbox' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, environment: 'sandbox' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s1 sandbox',
      '#2 success shop: healthy',
      '#1 inactive shop moved to another environment',
      'create #3 s2 sandbox',
      '#3 success shop: healthy',
      '#2 inactive superseded by 2222222',
    ],
  },
  {
    name: 'annotations that name another environment leave what others are still in',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      synced('web', { op: 0, sha: s1 }),
      synced('web', { op: 0, sha: s1, environment: 'sandbox' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 in_progress web: rolling out',
      'create #2 s1 sandbox',
      '#2 in_progress web: rolling out',
      '#1 success api: healthy',
    ],
  },
  {
    name: 'a deletion ends the early failure that was shown on the rollout of another',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      running('web', { op: 60, sha: s3, manifests: m2 }),
      failedEarly('api', { op: 62 }),
      deleted('api', { op: 62, manifests: null, noResult: true, phase: 'Error' }),
      healthy('web', { op: 60, sha: s3, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      'create #2 s3 production',
      '#2 in_progress web: rolling out',
      '#2 error api: ComparisonError: failed to generate manifest',
      '#1 inactive api was deleted',
      '#2 success web: healthy',
    ],
  },
  {
    name: 'annotations that name another environment count, though the last operation was a partial sync',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      says('shop', { op: 60, sha: s1, partial: true, health: 'Healthy', environment: 'sandbox' }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy', '#1 inactive shop moved to another environment'],
  },
  {
    name: 'annotations that name another environment count, though the operation failed before it had a commit',
    story: [healthy('shop', { op: 0, sha: s1 }), failedEarly('shop', { op: 60, environment: 'sandbox' })],
    github: ['create #1 s1 production', '#1 success shop: healthy', '#1 inactive shop moved to another environment'],
    failures: ['shop: ComparisonError: failed to generate manifest'],
  },
  {
    name: 'an application made again that is first heard of with a partial sync has left its rollout',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'first', created: -100 }),
      says('shop', { op: 60, sha: s1, partial: true, health: 'Healthy', uid: 'second', created: 50 }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy', '#1 inactive shop was made again'],
  },
  {
    name: 'one that is deleted while it is Degraded does not fail afterwards',
    story: [
      says('shop', { op: 0, sha: s1, health: 'Degraded', healthAt: 10 }, 10),
      deleted('shop', { op: 0, sha: s1 }, 60),
      until(7200),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 inactive shop was deleted'],
  },
];
