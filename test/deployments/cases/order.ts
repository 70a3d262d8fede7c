/** Words that come twice, late, or before those that explain them. `generation` is how Argo CD counted them. */
import { m2, s1, s2 } from '../../../local/application.ts';
import { type Case, deleted, failedEarly, healthy, running, says, synced, tag } from '../story.ts';

export const order: readonly Case[] = [
  {
    name: 'a word that comes twice is shown once',
    story: [
      running('shop', { op: 0, sha: s1, generation: 1 }),
      running('shop', { op: 0, sha: s1, generation: 1 }),
      healthy('shop', { op: 0, sha: s1, generation: 2 }),
      healthy('shop', { op: 0, sha: s1, generation: 2 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a word that comes after a newer one is stale',
    story: [
      healthy('shop', { op: 0, sha: s1, generation: 3 }),
      running('shop', { op: 0, sha: s1, generation: 1 }),
      synced('shop', { op: 0, sha: s1, generation: 2 }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
    ignored: { 1: 'stale', 2: 'stale' },
  },
  {
    name: 'of two words of one generation the later one counts',
    story: [synced('shop', { op: 0, sha: s1, generation: 3 }), healthy('shop', { op: 0, sha: s1, generation: 3 })],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'an operation that comes after a newer one is stale, and nobody hears of its commit',
    story: [
      running('shop', { op: 60, sha: s2, manifests: m2, generation: 4 }),
      says('shop', { op: 0, sha: s1, phase: 'Failed', generation: 2 }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, generation: 5 }),
      healthy('shop', { op: 0, sha: s1, generation: 3 }),
    ],
    github: ['create #1 s2 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
    ignored: { 1: 'stale', 3: 'stale' },
  },
  {
    name: 'a failure without a commit that comes before the older words of its application is shown once they are here',
    story: [
      says('shop', { op: 60, phase: 'Failed', noResult: true, manifests: null, generation: 3 }),
      running('shop', { op: 60, sha: s2, manifests: m2, generation: 2 }),
    ],
    github: ['create #1 s2 production', '#1 failure shop: one or more objects failed to apply'],
  },
  {
    name: 'a failure without a commit waits for the words of its own operation, not for those of the one before',
    story: [
      failedEarly('shop', { op: 60, generation: 3 }),
      healthy('shop', { op: 0, sha: s1, generation: 2 }),
      running('shop', { op: 0, sha: s1, generation: 1 }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
    ignored: { 2: 'stale' },
    failures: ['shop: ComparisonError: failed to generate manifest'],
  },
  {
    name: 'a failure without a commit that comes after newer words is stale',
    story: [
      running('shop', { op: 60, sha: s2, manifests: m2, generation: 4 }),
      failedEarly('shop', { op: 0, generation: 3 }),
    ],
    github: ['create #1 s2 production', '#1 in_progress shop: rolling out'],
    ignored: { 1: 'stale' },
  },
  {
    name: 'a repeated failure without a commit does not speak over those that are in the rollout',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      running('web', { op: 60, sha: s2, manifests: m2 }),
      failedEarly('api', { op: 62, generation: 2 }),
      synced('web', { op: 60, sha: s2, manifests: m2 }),
      failedEarly('api', { op: 62, generation: 2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      'create #2 s2 production',
      '#2 in_progress web: rolling out',
      '#2 error api: ComparisonError: failed to generate manifest',
      '#2 in_progress web: rolling out',
    ],
  },
  {
    name: 'partial syncs that come late do not take health back',
    story: [
      synced('shop', { op: 0, sha: s1, generation: 1 }),
      says('shop', { op: 60, sha: s1, partial: true, health: 'Suspended', generation: 3 }),
      says('shop', { op: 60, sha: s1, partial: true, health: 'Progressing', generation: 2 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 in_progress shop: suspended'],
    ignored: { 2: 'stale' },
  },
  {
    name: 'words that come after the deletion, and from before it, are not heard',
    story: [
      deleted('shop', { op: 60, sha: s2, manifests: m2, generation: 9 }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, generation: 8 }),
      running('shop', { op: 0, sha: s1, generation: 2 }),
    ],
    github: [],
    ignored: { 1: 'deleted', 2: 'deleted' },
  },
  {
    name: 'a word that waits for the commit of its tag is not overtaken by an older one',
    story: [
      healthy('shop', { op: 60, images: ['ghcr.io/acme/shop:v2.0.0'], manifests: m2, generation: 5 }),
      running('shop', { op: 0, sha: s1, generation: 2 }),
      tag('v2.0.0', s2),
      running('shop', { op: 120, images: ['ghcr.io/acme/shop:v2.0.0'], manifests: m2, generation: 6 }),
      healthy('shop', { op: 0, sha: s1, generation: 3 }),
    ],
    github: [
      'tag v2.0.0',
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      'tag v2.0.0',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#1 inactive superseded by 2222222',
    ],
    ignored: { 4: 'stale' },
  },
  {
    name: 'a rollout of two applications is the same whoever speaks first',
    story: [
      healthy('web', { op: 62, sha: s2, manifests: m2, generation: 4 }),
      running('api', { op: 0, sha: s1, generation: 1 }),
      running('api', { op: 60, sha: s2, manifests: m2, generation: 3 }),
      healthy('web', { op: 2, sha: s1, generation: 2 }),
      healthy('api', { op: 60, sha: s2, manifests: m2, generation: 4 }),
      healthy('api', { op: 0, sha: s1, generation: 2 }),
    ],
    github: [
      'create #1 s2 production',
      '#1 success web: healthy',
      '#1 in_progress api: rolling out',
      '#1 success api: healthy',
    ],
    ignored: { 3: 'stale', 5: 'stale' },
  },
  {
    name: 'a partial sync does not take the place of a word that waits for the commit of its tag',
    story: [
      synced('shop', { op: 0, sha: s1, generation: 1 }),
      running('shop', { op: 60, images: ['ghcr.io/acme/shop:v2.0.0'], manifests: m2, generation: 2 }),
      says('shop', { op: 70, sha: s1, partial: true, health: 'Progressing', generation: 3 }),
      tag('v2.0.0', s2),
      healthy('web', { op: 90, images: ['ghcr.io/acme/shop:v2.0.0'], manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      'tag v2.0.0',
      'tag v2.0.0',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#1 inactive superseded by 2222222',
    ],
  },
];
