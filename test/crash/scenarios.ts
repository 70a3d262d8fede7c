/** The scenarios that are crashed in at every step. */
import { m1, m2, s1, s2 } from '../../local/application.ts';
import { deleted, healthy, pull, running, says, synced, tag } from '../deployments/story.ts';
import type { Scenario } from './scenario.ts';

const preview = { environment: 'preview', pr: 7 } as const;

export const scenarios: readonly Scenario[] = [
  {
    name: 'two applications roll out together, and the former rollout is superseded',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      healthy('web', { op: 0, sha: s1 }),
      running('api', { op: 120, sha: s2, manifests: m2 }, 120),
      running('web', { op: 122, sha: s2, manifests: m2 }),
      healthy('api', { op: 120, sha: s2, manifests: m2 }),
      healthy('web', { op: 122, sha: s2, manifests: m2 }),
    ],
    github: ['production s1 inactive superseded by 2222222', 'production s2 success api: healthy'],
  },
  {
    name: 'a release is found by its Git tag, the next one fails, and it is rolled back',
    story: [
      tag('v1.0.0', s1),
      tag('v1.1.0', s2),
      running('shop', { op: 0, images: ['ghcr.io/acme/shop:1.0.0'], manifests: m1 }),
      healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:1.0.0'], manifests: m1 }),
      synced('shop', { op: 120, images: ['ghcr.io/acme/shop:v1.1.0'], manifests: m2 }, 120),
      says('shop', { op: 120, images: ['ghcr.io/acme/shop:v1.1.0'], manifests: m2, phase: 'Failed' }),
      running('shop', { op: 240, images: ['ghcr.io/acme/shop:1.0.0'], manifests: m1 }, 240),
      healthy('shop', { op: 240, images: ['ghcr.io/acme/shop:1.0.0'], manifests: m1 }),
    ],
    github: [
      'production s1 inactive superseded by 1111111',
      'production s2 failure shop: one or more objects failed to apply',
      'production s1 success shop: healthy',
    ],
  },
  {
    name: 'a pull request is labelled, gets its preview, is pushed to again, and is merged',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...preview, op: 5, sha: s1 }, 20),
      pull({ sha: s2 }, 60),
      running('shop-7', { ...preview, op: 65, sha: s2, manifests: m2 }),
      healthy('shop-7', { ...preview, op: 65, sha: s2, manifests: m2 }, 120),
      pull({ sha: s2, merged: true }),
      deleted('shop-7', { ...preview, op: 65, sha: s2, manifests: m2 }),
    ],
    github: [
      'preview s1 inactive superseded by 2222222',
      'preview s2 inactive the pull request was merged',
      'comment 7 ⚪ **The preview is removed**: the pull request was merged.',
    ],
  },
  {
    name: 'an image is published, proposed, and merged by rule',
    story: [{ kind: 'publishes', tag: 'v1.1.0' }],
    github: ['merged Promote shop v1.1.0 to the overlay', 'check success', 'pins v1.1.0', 'no branch left'],
    byKillAlone: true,
  },
];
