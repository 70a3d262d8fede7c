/** Argo CD and GitHub tell in any order, late, and more than once. */
import { m2, s1, s2 } from '../../../local/application.ts';
import { type Case, healthy, pull, running, until } from '../../deployments/story.ts';
import { LABELLED, ON_ITS_WAY, p, QUEUED, READY, REFRESH, SUCCEEDED } from './words.ts';

export const order: readonly Case[] = [
  {
    name: 'Argo CD comes first: its rollout is the head’s',
    story: [
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      pull({ sha: s1, updated: 2 }, 8),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      until(60),
    ],
    github: [
      'create #1 s1 preview',
      '#1 in_progress shop-7: rolling out',
      REFRESH,
      ON_ITS_WAY,
      '#1 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'the head moved while Argo CD still deploys the former one: that shows nothing any more',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s2 }, 30),
      running('shop-7', { ...p, op: 31, sha: s1, manifests: m2 }, 32),
      healthy('shop-7', { ...p, op: 40, sha: s2, manifests: m2 }, 50),
      until(60),
    ],
    github: [
      ...SUCCEEDED,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
      '#2 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'an operation ahead of its delivery is remembered, and is in the rollout as soon as the push is heard of',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 10, sha: s2 }, 20),
      pull({ sha: s2, updated: 5 }, 30),
      until(60),
    ],
    github: [
      ...LABELLED,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'the head is what GitHub says, though the cluster’s clock is ahead',
    story: [
      pull({ sha: s1, updated: 1 }, 2),
      running('shop-7', { ...p, op: 100, sha: s1 }, 6),
      pull({ sha: s2, updated: 10 }, 11),
      healthy('shop-7', { ...p, op: 110, sha: s2, manifests: m2 }, 20),
      until(60),
    ],
    github: [
      ...LABELLED,
      '#1 in_progress shop-7: rolling out',
      ON_ITS_WAY,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
      '#2 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'a delivery that is late changes nothing',
    story: [pull({ sha: s2, updated: 20 }, 21), pull({ sha: s1, updated: 10 }, 22)],
    github: [REFRESH, 'create #1 s2 preview', QUEUED, ON_ITS_WAY],
    ignored: { 1: 'stale' },
  },
  {
    name: 'a redelivery changes nothing',
    story: [pull({ sha: s1, updated: 1 }, 2), pull({ sha: s1, updated: 1 }, 300)],
    github: LABELLED,
    ignored: { 1: 'stale' },
  },
  {
    name: 'closed is heard of before labelled: nothing comes to life',
    story: [pull({ sha: s1, labels: ['preview'], open: false, updated: 20 }, 21), pull({ sha: s1, updated: 10 }, 22)],
    github: [],
    ignored: { 0: 'no preview', 1: 'stale' },
  },
  {
    name: 'two different looks of one second: GitHub is asked which is the later',
    story: [
      pull({ sha: s1, updated: 5 }, 6),
      { kind: 'unheard', look: { sha: s1, labels: [], updated: 5 }, at: 7 },
      pull({ sha: s2, updated: 5 }, 8),
      until(60),
    ],
    github: [
      ...LABELLED,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
      'read 7',
    ],
  },
];
