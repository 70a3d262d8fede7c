/** Rollouts of one application, one after the other: what opens one, what stays in it, how the older one ends. */
import { m1, m2, m3, s1, s2, s3 } from '../../../local/application.ts';
import { type Case, failedEarly, healthy, running, says, synced, until } from '../story.ts';

export const rollouts: readonly Case[] = [
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
    name: 'self-heal in the middle of a rollout: its phase is ignored, its health counts',
    story: [
      synced('shop', { op: 0, sha: s1 }),
      says('shop', { op: 60, sha: s1, partial: true, phase: 'Running', health: 'Progressing' }),
      says('shop', { op: 60, sha: s1, partial: true, phase: 'Failed', health: 'Progressing' }),
      says('shop', { op: 60, sha: s1, partial: true, phase: 'Succeeded', health: 'Healthy', healthAt: 66 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a partial sync while the operation has not succeeded teaches nothing',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Failed', health: 'Degraded' }),
      says('shop', { op: 60, sha: s1, partial: true, phase: 'Succeeded', health: 'Healthy' }),
    ],
    github: ['create #1 s1 production', '#1 failure shop: one or more objects failed to apply'],
    ignored: { 1: 'partial' },
  },
  {
    name: 'a partial sync of other images is not where the application goes',
    story: [
      synced('shop', { op: 0, sha: s1 }),
      says('shop', { op: 60, sha: s2, manifests: m2, partial: true, phase: 'Succeeded', health: 'Progressing' }),
      healthy('shop', { op: 120, sha: s1 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a dry run in the middle of a rollout: its health counts',
    story: [
      synced('shop', { op: 0, sha: s1 }),
      says('shop', { op: 60, sha: s2, manifests: m2, dryRun: true, health: 'Healthy', healthAt: 66 }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'the same content synced again after a failure stays in its rollout',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Failed' }),
      running('shop', { op: 60, sha: s1, automated: false }),
      healthy('shop', { op: 60, sha: s1, automated: false }),
    ],
    github: [
      'create #1 s1 production',
      '#1 failure shop: one or more objects failed to apply',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a rollback after a success is a rollout of its own',
    story: [
      healthy('shop', { op: 0, sha: s1, manifests: m1 }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
      running('shop', { op: 120, sha: s1, manifests: m1 }),
      healthy('shop', { op: 120, sha: s1, manifests: m1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 success shop: healthy',
      '#1 inactive superseded by 2222222',
      'create #3 s1 production',
      '#3 in_progress shop: rolling out',
      '#3 success shop: healthy',
      '#2 inactive superseded by 1111111',
    ],
  },
  {
    name: 'a rollback after a failure supersedes the success before it, and the failure stays to be read',
    story: [
      healthy('shop', { op: 0, sha: s1, manifests: m1 }),
      says('shop', { op: 60, sha: s2, manifests: m2, phase: 'Failed' }),
      running('shop', { op: 120, sha: s1, manifests: m3 }),
      healthy('shop', { op: 120, sha: s1, manifests: m3 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 failure shop: one or more objects failed to apply',
      'create #3 s1 production',
      '#3 in_progress shop: rolling out',
      '#3 success shop: healthy',
      '#1 inactive superseded by 1111111',
    ],
  },
  {
    name: 'an error stays to be read as a failure does',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Error' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
      healthy('shop', { op: 120, sha: s3, manifests: m3 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 error shop: ComparisonError: failed to generate manifest',
      'create #2 s2 production',
      '#2 success shop: healthy',
      'create #3 s3 production',
      '#3 success shop: healthy',
      '#2 inactive superseded by 3333333',
    ],
  },
  {
    name: 'a rollout that is left before it finished becomes inactive at once',
    story: [
      healthy('shop', { op: 0, sha: s1, manifests: m1 }),
      running('shop', { op: 60, sha: s2, manifests: m2 }),
      running('shop', { op: 120, sha: s3, manifests: m3 }),
      healthy('shop', { op: 120, sha: s3, manifests: m3 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      'create #3 s3 production',
      '#3 in_progress shop: rolling out',
      '#2 inactive superseded by 3333333',
      '#3 success shop: healthy',
      '#1 inactive superseded by 3333333',
    ],
  },
  {
    name: 'a return to the commit of a rollout that became inactive opens another, even with its manifests',
    story: [
      running('shop', { op: 0, sha: s1, manifests: m1 }),
      running('shop', { op: 60, sha: s2, manifests: m2 }),
      healthy('shop', { op: 120, sha: s1, manifests: m1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#1 inactive superseded by 2222222',
      'create #3 s1 production',
      '#3 success shop: healthy',
      '#2 inactive superseded by 1111111',
    ],
  },
  {
    name: 'chart versions among the revisions tell a change of configuration',
    story: [
      healthy('shop', { op: 0, sha: s1, manifests: [m1, '1.2.3'] }),
      healthy('shop', { op: 60, sha: s1, manifests: [m1, '1.2.3'] }),
      healthy('shop', { op: 120, sha: s1, manifests: [m1, '1.3.0'] }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s1 production',
      '#2 success shop: healthy',
      '#1 inactive superseded by 1111111',
    ],
  },
  {
    name: 'an early failure without a revision is one of its own rollout, if that is unfinished',
    story: [
      running('shop', { op: 0, sha: s1 }),
      failedEarly('shop', { op: 60 }),
      running('shop', { op: 120, sha: s1 }),
      healthy('shop', { op: 120, sha: s1 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 error shop: ComparisonError: failed to generate manifest',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'an early failure without any unfinished rollout is listed, and writes nothing',
    story: [healthy('shop', { op: 0, sha: s1 }), failedEarly('shop', { op: 60 })],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
    failures: ['shop: ComparisonError: failed to generate manifest'],
  },
  {
    name: 'an early failure is listed no longer once the application has gone on',
    story: [failedEarly('shop', { op: 0 }), healthy('shop', { op: 60, sha: s1 })],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
  },
  {
    name: 'GitHub is shown what kind of environment it is, and where to look',
    detailed: true,
    config: { environments: { production: { url: 'https://shop.example.com/' } } },
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      healthy('sandbox', { op: 0, sha: s1, environment: 'sandbox' }),
      healthy('own', {
        op: 0,
        sha: s1,
        environment: 'own',
        annotations: { 'github.com/environment-url': 'https://own.example.com' },
      }),
      healthy('unsafe', {
        op: 0,
        sha: s1,
        environment: 'unsafe',
        annotations: { 'github.com/environment-url': 'http://own.example.com' },
      }),
    ],
    github: [
      'create #1 s1 production, production',
      '#1 success shop: healthy, log https://main.example.com/applications/argocd/shop, at https://shop.example.com/',
      'create #2 s1 sandbox',
      '#2 success sandbox: healthy, log https://main.example.com/applications/argocd/sandbox',
      'create #3 s1 own',
      '#3 success own: healthy, log https://main.example.com/applications/argocd/own, at https://own.example.com/',
      'create #4 s1 unsafe',
      '#4 success unsafe: healthy, log https://main.example.com/applications/argocd/unsafe',
    ],
  },
  {
    name: 'what is superseded says where it can be read about, and no longer where it runs',
    detailed: true,
    config: { environments: { production: { url: 'https://shop.example.com/' } } },
    story: [healthy('shop', { op: 0, sha: s1 }), healthy('shop', { op: 60, sha: s2, manifests: m2 })],
    github: [
      'create #1 s1 production, production',
      '#1 success shop: healthy, log https://main.example.com/applications/argocd/shop, at https://shop.example.com/',
      'create #2 s2 production, production',
      '#2 success shop: healthy, log https://main.example.com/applications/argocd/shop, at https://shop.example.com/',
      '#1 inactive superseded by 2222222, log https://main.example.com/applications/argocd/shop',
    ],
  },
  {
    name: 'what supersedes a rollout is of its own environment, whatever is newer elsewhere',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      healthy('staged', { op: 90, sha: s3, environment: 'staging' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2 }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s3 staging',
      '#2 success staged: healthy',
      'create #3 s2 production',
      '#3 success shop: healthy',
      '#1 inactive superseded by 2222222',
    ],
  },
  {
    name: 'a configuration may call another environment production, and production none',
    detailed: true,
    config: { environments: { live: { production: true }, production: { production: false } } },
    story: [synced('shop', { op: 0, sha: s1, environment: 'live' }), synced('web', { op: 0, sha: s1 })],
    github: [
      'create #1 s1 live, production',
      '#1 in_progress shop: rolling out, log https://main.example.com/applications/argocd/shop',
      'create #2 s1 production',
      '#2 in_progress web: rolling out, log https://main.example.com/applications/argocd/web',
    ],
  },
  {
    name: 'a long description is cut at 140 characters, and is one line',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Failed', message: `first line\r\nsecond\tline\n${'x'.repeat(200)}` }),
    ],
    github: [
      'create #1 s1 production',
      `#1 failure shop: first line second line ${'x'.repeat(140 - 'shop: first line second line '.length - 1)}…`,
    ],
  },
  {
    name: 'time that passes after the end changes nothing',
    story: [
      says('shop', { op: 0, sha: s1, phase: 'Failed' }, 6),
      until(7200),
      healthy('shop', { op: 7200, sha: s2, manifests: m2 }, 7206),
      until(20_000),
    ],
    github: [
      'create #1 s1 production',
      '#1 failure shop: one or more objects failed to apply',
      'create #2 s2 production',
      '#2 success shop: healthy',
    ],
  },
];
