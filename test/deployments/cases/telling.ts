/** What promotions are told of the commits that they wait for, and what is learned from those that were merged. */
import { m2, s1, s2 } from '../../../local/application.ts';
import { type Case, healthy, type Step, says, synced, until } from '../story.ts';

const environment = 'sandbox';
const waits = (sha: string, at?: number): Step => ({
  kind: 'waits',
  environment: 'Sandbox',
  sha,
  ...(at === undefined ? {} : { at }),
});
const DIGEST = `sha256:${'d'.repeat(64)}`;
const promoted = (at: number): Step => ({ kind: 'promoted', environment: 'production', digest: DIGEST, sha: s1, at });

const DEPLOYED = ['create #1 s1 sandbox', '#1 success shop: healthy'] as const;

export const telling: readonly Case[] = [
  {
    name: 'a promotion that waits for a commit is told of each of its states, and of no other commit',
    story: [
      waits(s2),
      healthy('shop', { op: 0, sha: s1, environment }, 10),
      synced('shop', { op: 60, sha: s2, manifests: m2, environment }, 70),
      healthy('shop', { op: 60, sha: s2, manifests: m2, environment }, 90),
    ],
    github: [
      ...DEPLOYED,
      'create #2 s2 sandbox',
      '#2 in_progress shop: rolling out',
      'tell Sandbox s2 in_progress 70',
      '#2 success shop: healthy',
      '#1 inactive superseded by 2222222',
      'tell Sandbox s2 success 90',
    ],
  },
  {
    name: 'one that asks later is told since when it has succeeded',
    story: [healthy('shop', { op: 0, sha: s1, environment }, 10), waits(s1, 500)],
    github: [...DEPLOYED, 'tell Sandbox s1 success 10'],
  },
  {
    name: 'a commit that has succeeded and was replaced without failing is a success still',
    story: [
      healthy('shop', { op: 0, sha: s1, environment }, 10),
      healthy('shop', { op: 60, sha: s2, manifests: m2, environment }, 90),
      waits(s1, 500),
    ],
    github: [
      ...DEPLOYED,
      'create #2 s2 sandbox',
      '#2 success shop: healthy',
      '#1 inactive superseded by 2222222',
      'tell Sandbox s1 success 10',
    ],
  },
  {
    name: 'one that fails is told so, and since when it succeeds in the end',
    story: [
      waits(s1),
      synced('shop', { op: 0, sha: s1, environment }, 6),
      says('shop', { op: 0, sha: s1, environment, health: 'Degraded', healthAt: 10 }, 10),
      until(100),
      healthy('shop', { op: 0, sha: s1, environment, healthAt: 290 }, 300),
    ],
    github: [
      'create #1 s1 sandbox',
      '#1 in_progress shop: rolling out',
      'tell Sandbox s1 in_progress 6',
      '#1 failure shop: Degraded',
      'tell Sandbox s1 failure 70',
      '#1 success shop: healthy',
      'tell Sandbox s1 success 300',
    ],
  },
  {
    name: "a merged promotion's digest is its commit: no tag is read, and it is told what becomes of it",
    story: [promoted(1), healthy('shop', { op: 60, images: [`ghcr.io/acme/shop@${DIGEST}`] }, 70)],
    github: ['create #1 s1 production', '#1 success shop: healthy', 'tell production s1 success 70'],
  },
  {
    name: 'Argo CD may be quicker: what it said of the digest is placed once the promotion tells whose it is',
    story: [healthy('shop', { op: 60, images: [`ghcr.io/acme/shop@${DIGEST}`] }, 70), promoted(80)],
    github: ['create #1 s1 production', '#1 success shop: healthy', 'tell production s1 success 80'],
  },
];
