/** Histories in which applications leave: what the property test of order once found, kept as cases. */
import { m2, m3, s1, s2, s3 } from '../../../local/application.ts';
import { type Case, deleted, failedEarly, healthy, running, says } from '../story.ts';

const preview = { environment: 'preview', pr: 7 } as const;

export const departures: readonly Case[] = [
  {
    name: "a preview's failed rollout is not joined again when its commit comes back",
    story: [
      says('api', { ...preview, op: 0, sha: s1, phase: 'Failed' }),
      running('api', { ...preview, op: 60, sha: s2, manifests: m2 }),
      healthy('web', { ...preview, op: 120, sha: s1, manifests: m3 }),
      healthy('api', { ...preview, op: 121, sha: s1, manifests: m3 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 failure api: one or more objects failed to apply',
      'create #2 s2 preview',
      '#2 in_progress api: rolling out',
      'create #3 s1 preview',
      '#2 inactive superseded by 1111111',
      '#3 success web: healthy',
      '#3 success api: healthy',
    ],
  },
  {
    name: 'an operation whose manifests were never told is the one that the next one tells them of',
    story: [
      running('shop', { op: 0, noResult: true, manifests: null, requested: [`ghcr.io/acme/shop:${s1}`] }),
      healthy('shop', { op: 60, sha: s1 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a rollout that came to nothing when its application was deleted takes no place from an older one',
    story: [healthy('api', { op: 3, sha: s1 }), deleted('api', { op: 3, sha: s1 }), healthy('web', { op: 0, sha: s1 })],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 inactive api was deleted',
      'create #2 s1 production',
      '#2 success web: healthy',
    ],
  },
  {
    name: 'one that became inactive is not revived by an operation of the same second',
    story: [healthy('api', { op: 0, sha: s1 }), deleted('api', { op: 0, sha: s1 }), healthy('web', { op: 0, sha: s1 })],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 inactive api was deleted',
      'create #2 s1 production',
      '#2 success web: healthy',
    ],
  },
  {
    name: 'a success that only the deleted application had run is gone with it',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      healthy('web', { op: 60, sha: s2, manifests: m2 }),
      running('web', { op: 120, sha: s3, manifests: m3 }),
      deleted('web', { op: 120, sha: s3 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      'create #2 s2 production',
      '#2 success web: healthy',
      'create #3 s3 production',
      '#3 in_progress web: rolling out',
      '#2 inactive web was deleted',
      '#3 inactive web was deleted',
    ],
  },
  {
    name: 'an older rollout that was not worth showing is shown once the newer one is gone',
    story: [
      healthy('web', { op: 60, sha: s2, manifests: m2 }),
      healthy('api', { op: 0, sha: s1 }),
      deleted('web', { op: 60, sha: s2 }),
    ],
    github: [
      'create #1 s2 production',
      '#1 success web: healthy',
      '#1 inactive web was deleted',
      'create #2 s1 production',
      '#2 success api: healthy',
    ],
  },
  {
    name: 'an early failure of a stranger goes with the deletion of the one that held the rollout up',
    story: [
      healthy('jobs', { op: 0, sha: s1 }),
      running('web', { op: 1, sha: s1 }),
      failedEarly('api', { op: 2 }),
      deleted('web', { op: 1, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success jobs: healthy',
      '#1 in_progress web: rolling out',
      '#1 error api: ComparisonError: failed to generate manifest',
      '#1 success jobs: healthy',
    ],
  },
  {
    name: 'an early failure of one that had succeeded gives way to the next word of the one that had not',
    story: [
      healthy('api', { op: 0, sha: s1 }),
      running('web', { op: 1, sha: s1 }),
      failedEarly('api', { op: 60 }),
      healthy('web', { op: 1, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success api: healthy',
      '#1 in_progress web: rolling out',
      '#1 error api: ComparisonError: failed to generate manifest',
      '#1 success api: healthy',
    ],
  },
  {
    name: 'an early failure in the own rollout is shown in the place of that of a stranger, whichever is worse',
    story: [
      running('api', { op: 0, sha: s1 }),
      running('web', { op: 0, sha: s1 }),
      failedEarly('cart', { op: 10 }),
      failedEarly('web', { op: 60, phase: 'Failed', message: 'helm is gone' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress api: rolling out',
      '#1 error cart: ComparisonError: failed to generate manifest',
      '#1 failure web: helm is gone',
    ],
  },
];
