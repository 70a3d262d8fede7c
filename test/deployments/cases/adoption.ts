/** Deployments that a workflow makes on GitHub before Argo CD says anything of their commit, and asks to have gone on with. */
import { m2, s1, s2 } from '../../../local/application.ts';
import { type Case, deleted, healthy, running, type Step, says } from '../story.ts';

const adopts = (id: number, sha: string, environment = 'production'): Step => ({
  kind: 'adopts',
  id,
  sha,
  environment,
});

export const adoption: readonly Case[] = [
  {
    name: 'a deployment that a workflow made is gone on with once its commit comes, in its own environment alone',
    story: [
      adopts(50, s1, 'Staging'),
      adopts(51, s2),
      running('shop', { op: 0, sha: s1 }),
      running('shop-staging', { op: 0, sha: s1, environment: 'staging' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#50 in_progress shop-staging: rolling out',
      '#51 success shop: healthy',
      '#1 inactive superseded by 2222222',
    ],
  },
  {
    name: 'a deployment that a workflow tells of twice is one, and the next rollout gets its own',
    story: [
      adopts(50, s1),
      adopts(50, s1),
      healthy('shop', { op: 0, sha: s1 }),
      adopts(50, s1),
      healthy('shop', { op: 60, sha: s1, manifests: m2 }),
    ],
    github: [
      '#50 success shop: healthy',
      'create #1 s1 production',
      '#1 success shop: healthy',
      '#50 inactive superseded by 1111111',
    ],
  },
  {
    name: 'of several deployments of a commit, the rollout goes on with the newest, and the next one with the one before',
    story: [
      adopts(50, s1),
      adopts(51, s1),
      healthy('shop', { op: 0, sha: s1 }),
      healthy('shop', { op: 60, sha: s1, manifests: m2 }),
    ],
    github: ['#51 success shop: healthy', '#50 success shop: healthy', '#51 inactive superseded by 1111111'],
  },
  {
    name: 'a deployment that comes too late is retired in favour of the one of the newest rollout of its commit',
    story: [
      running('shop', { op: 7200, sha: s1 }, 7201),
      running('web', { op: 0, sha: s1 }, 7202),
      adopts(50, s1),
      adopts(51, s2),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      'create #2 s1 production',
      '#2 in_progress web: rolling out',
      'retire 50 superseded by deployment 1',
    ],
  },
  {
    name: 'a deployment is not for a rollout of its commit that is over',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      deleted('shop', { op: 0, sha: s1 }),
      adopts(50, s1),
      healthy('web', { op: 60, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      '#1 inactive shop was deleted',
      '#50 success web: healthy',
    ],
  },
  {
    name: 'a deployment is not for a rollout of its commit that GitHub never heard of',
    story: [
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
      says('web', { op: 0, sha: s1, phase: 'Failed' }),
      adopts(50, s1),
      healthy('shop', { op: 120, sha: s1 }),
    ],
    github: [
      'create #1 s2 production',
      '#1 success shop: healthy',
      '#50 success shop: healthy',
      '#1 inactive superseded by 1111111',
    ],
  },
  {
    name: 'the last twenty deployments wait for their commits',
    story: [
      adopts(50, s1, 'forgotten'),
      adopts(50, s1, 'kept'),
      ...Array.from({ length: 20 }, (_, index) => adopts(100 + index, s2, 'forgotten')),
      ...Array.from({ length: 19 }, (_, index) => adopts(200 + index, s2, 'kept')),
      healthy('shop', { op: 0, sha: s1, environment: 'forgotten' }),
      healthy('web', { op: 0, sha: s1, environment: 'kept' }),
    ],
    github: ['create #1 s1 forgotten', '#1 success shop: healthy', '#50 success web: healthy'],
  },
];
