/**
 * What Argo CD says, and what GitHub gets to see for it. Read `story` as the notifications in the order of their
 * arrival: `op` is the second in which the sync operation started, `sha` the commit of the image it applies.
 */
import { m1, m2, s1, s2 } from './argo.ts';
import { type Case, healthy, running, says, synced, until } from './story.ts';

export const cases: readonly Case[] = [
  {
    name: 'a rollout is in progress while it runs and a success once it is healthy',
    story: [
      running('shop', { op: 0, sha: s1 }),
      synced('shop', { op: 0, sha: s1 }),
      healthy('shop', { op: 0, sha: s1 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'health that may be older than the operation must hold for settle',
    story: [healthy('shop', { op: 0, sha: s1, finished: 5, healthAt: -100 }), until(30), until(31)],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a second commit supersedes the first once it has succeeded',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      running('shop', { op: 60, sha: s2, manifests: m2 }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#2 success shop: healthy',
      '#1 inactive superseded by 2222222',
    ],
  },
  {
    name: 'self-heal after a success changes nothing',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      running('shop', { op: 60, sha: s1, partial: true }),
      says('shop', { op: 60, sha: s1, partial: true, health: 'Healthy' }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
    ignored: { 1: 'partial', 2: 'partial' },
  },
  {
    name: 'a change of configuration alone opens a rollout of its own',
    story: [healthy('shop', { op: 0, sha: s1, manifests: m1 }), healthy('shop', { op: 60, sha: s1, manifests: m2 })],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s1 production',
      '#2 success shop: healthy',
      '#1 inactive superseded by 1111111',
    ],
  },
];
