/** A preview has one head: what is older is gone at once. */
import { m1, m2, s1, s2, s3 } from '../../../local/application.ts';
import { type Case, deleted, healthy, running, says, synced } from '../story.ts';

const preview = { environment: 'preview', pr: 7 } as const;

export const previews: readonly Case[] = [
  {
    name: 'a preview has an environment that will be gone, and an address of its own',
    detailed: true,
    config: { previews: { url: 'https://{slug}-{number}.{repo}.{owner}.example.com' } },
    story: [healthy('shop-7', { ...preview, op: 0, sha: s1, annotations: { 'github.com/branch-slug': 'feat-x' } })],
    github: [
      'create #1 s1 preview, transient',
      '#1 success shop-7: healthy, log https://main.example.com/applications/argocd/shop-7, at https://feat-x-7.shop.acme.example.com/',
    ],
  },
  {
    name: 'the next push makes the former rollout inactive at once',
    story: [
      healthy('shop-7', { ...preview, op: 0, sha: s1 }),
      running('shop-7', { ...preview, op: 60, sha: s2 }),
      healthy('shop-7', { ...preview, op: 60, sha: s2 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 success shop-7: healthy',
      'create #2 s2 preview',
      '#2 in_progress shop-7: rolling out',
      '#1 inactive superseded by 2222222',
      '#2 success shop-7: healthy',
    ],
  },
  {
    name: 'a failed rollout of a preview that was left keeps its state',
    story: [
      says('shop-7', { ...preview, op: 0, sha: s1, phase: 'Failed' }),
      running('shop-7', { ...preview, op: 60, sha: s2 }),
      healthy('shop-7', { ...preview, op: 60, sha: s2 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 failure shop-7: one or more objects failed to apply',
      'create #2 s2 preview',
      '#2 in_progress shop-7: rolling out',
      '#2 success shop-7: healthy',
    ],
  },
  {
    name: 'an application that is still at the former push says nothing of it any more, and joins the next',
    story: [
      healthy('api-7', { ...preview, op: 0, sha: s1 }),
      synced('web-7', { ...preview, op: 0, sha: s1 }),
      running('api-7', { ...preview, op: 60, sha: s2 }),
      healthy('web-7', { ...preview, op: 0, sha: s1 }),
      running('web-7', { ...preview, op: 62, sha: s2 }),
      healthy('api-7', { ...preview, op: 60, sha: s2 }),
      healthy('web-7', { ...preview, op: 62, sha: s2 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 success api-7: healthy',
      '#1 in_progress web-7: rolling out',
      'create #2 s2 preview',
      '#2 in_progress api-7: rolling out',
      '#1 inactive superseded by 2222222',
      '#2 in_progress web-7: rolling out',
      '#2 success api-7: healthy',
    ],
  },
  {
    name: 'a former push first heard of after the next has opened gets no deployment',
    story: [
      running('api-7', { ...preview, op: 60, sha: s2 }),
      healthy('web-7', { ...preview, op: 0, sha: s1 }),
      healthy('api-7', { ...preview, op: 60, sha: s2 }),
    ],
    github: ['create #1 s2 preview', '#1 in_progress api-7: rolling out', '#1 success api-7: healthy'],
  },
  {
    name: 'previews of two pull requests are apart, though they share the name of their environment',
    story: [
      healthy('shop-7', { ...preview, op: 0, sha: s1 }),
      healthy('shop-8', { ...preview, pr: 8, op: 60, sha: s2 }),
      deleted('shop-7', { ...preview, op: 0, sha: s1 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 success shop-7: healthy',
      'create #2 s2 preview',
      '#2 success shop-8: healthy',
      '#1 inactive shop-7 was deleted',
    ],
  },
  {
    name: 'a force push back to a former commit opens another rollout',
    story: [
      healthy('shop-7', { ...preview, op: 0, sha: s1, manifests: m1 }),
      healthy('shop-7', { ...preview, op: 60, sha: s2, manifests: m1 }),
      healthy('shop-7', { ...preview, op: 120, sha: s1, manifests: m1 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 success shop-7: healthy',
      'create #2 s2 preview',
      '#2 success shop-7: healthy',
      '#1 inactive superseded by 2222222',
      'create #3 s1 preview',
      '#3 success shop-7: healthy',
      '#2 inactive superseded by 1111111',
    ],
  },
  {
    name: 'a second push before the first was applied, with its deletion at last',
    story: [
      running('shop-7', { ...preview, op: 0, requested: [`ghcr.io/acme/shop=:${s1}`], noResult: true }),
      running('shop-7', { ...preview, op: 5, requested: [`ghcr.io/acme/shop=:${s3}`], noResult: true }),
      synced('shop-7', { ...preview, op: 5, sha: s3, requested: [`ghcr.io/acme/shop=:${s3}`], manifests: m2 }),
      deleted('shop-7', { ...preview, op: 5, sha: s3, manifests: m2 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 in_progress shop-7: rolling out',
      'create #2 s3 preview',
      '#2 in_progress shop-7: rolling out',
      '#1 inactive superseded by 3333333',
      '#2 inactive shop-7 was deleted',
    ],
  },
  {
    name: 'a failed rollout of a preview that somebody is still in is gone when the next opens',
    story: [
      says('api-7', { ...preview, op: 0, sha: s1, phase: 'Failed' }),
      healthy('web-7', { ...preview, op: 0, sha: s1 }),
      running('web-7', { ...preview, op: 60, sha: s2 }),
      healthy('web-7', { ...preview, op: 60, sha: s2 }),
    ],
    github: [
      'create #1 s1 preview',
      '#1 failure api-7: one or more objects failed to apply',
      'create #2 s2 preview',
      '#2 in_progress web-7: rolling out',
      '#1 inactive superseded by 2222222',
      '#2 success web-7: healthy',
    ],
  },
];
