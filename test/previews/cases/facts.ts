/** What else a pull request tells: its branch’s name, its base, environments, deployments of workflows. */
import { s1, s2 } from '../../../local/application.ts';
import { type Case, healthy, pull, synced, until } from '../../deployments/story.ts';
import { LABELLED, ON_ITS_WAY, p, QUEUED, READY, REFRESH } from './words.ts';

export const facts: readonly Case[] = [
  {
    name: 'a change of base or title can change what Argo CD generates: it is refreshed, and nothing else',
    story: [
      pull({ sha: s1 }),
      pull({ sha: s1, base: 'next' }, 20),
      pull({ sha: s1, base: 'next', title: 'Another' }, 40),
    ],
    github: [...LABELLED, REFRESH, REFRESH],
  },
  {
    name: 'another label, or a draft, changes nothing',
    story: [pull({ sha: s1 }), pull({ sha: s1, labels: ['preview', 'bug'] }, 20), until(60)],
    github: LABELLED,
  },
  {
    name: 'Argo CD’s slug counts more than ours, and is the address',
    detailed: true,
    config: { previews: { url: 'https://{slug}.example.dev' } },
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1, annotations: { 'github.com/branch-slug': 'feat-y' } }, 20),
      until(60),
    ],
    github: [
      REFRESH,
      'create #1 s1 preview, transient',
      '#1 queued waiting for Argo CD, at https://feat-x.example.dev/',
      ON_ITS_WAY,
      '#1 success shop-7: healthy, log https://main.example.com/applications/argocd/shop-7, at https://feat-y.example.dev/',
      READY,
    ],
  },
  {
    name: '66 · slug collision: of two with one slug the elder has it, whichever is heard of first',
    detailed: true,
    config: { previews: { url: 'https://{slug}.example.dev' } },
    story: [pull({ number: 8, sha: s1, updated: 5 }, 6), pull({ number: 7, sha: s2, updated: 3 }, 7), until(60)],
    github: [
      REFRESH,
      'create #1 s1 preview, transient',
      '#1 queued waiting for Argo CD, at https://feat-x.example.dev/',
      'comment 8 🟡 The preview is on its way',
      REFRESH,
      'create #2 s2 preview, transient',
      '#1 queued waiting for Argo CD, at https://pr-8-shop.example.dev/',
      '#2 queued waiting for Argo CD, at https://feat-x.example.dev/',
      'comment 7 🟡 The preview is on its way',
      'comment 8 🟡 The preview is on its way',
    ],
  },
  {
    name: 'an environment of one preview alone is removed after it',
    config: { previews: { environment: 'preview-{number}' } },
    story: [pull({ sha: s1 }), pull({ sha: s1, merged: true }, 30), until(100)],
    github: [
      REFRESH,
      'create #1 s1 preview-7',
      QUEUED,
      ON_ITS_WAY,
      REFRESH,
      '#1 inactive the pull request was merged',
      'comment 7 ⚪ The preview is removed: the pull request was merged.',
      'delete-environment preview-7',
    ],
  },
  {
    name: 'an environment is not removed when the preview comes back in time',
    config: { previews: { environment: 'preview-{number}' } },
    story: [pull({ sha: s1 }), pull({ sha: s1, open: false }, 30), pull({ sha: s1 }, 40), until(200)],
    github: [
      REFRESH,
      'create #1 s1 preview-7',
      QUEUED,
      ON_ITS_WAY,
      REFRESH,
      '#1 inactive the pull request was closed',
      'comment 7 ⚪ The preview is removed: the pull request was closed.',
      REFRESH,
      'create #2 s1 preview-7',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
    ],
  },
  {
    name: 'a deployment that a workflow made is adopted, and a second one retired',
    story: [
      { kind: 'adopts', id: 99, sha: s1, pr: 7 },
      pull({ sha: s1 }),
      { kind: 'adopts', id: 98, sha: s1, pr: 7 },
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      until(60),
    ],
    github: [
      REFRESH,
      '#99 queued waiting for Argo CD',
      ON_ITS_WAY,
      'retire 98 superseded by deployment 99',
      '#99 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'previews that another sign than our label makes are left to Argo CD’s word, until the pull request closes',
    story: [
      pull({ sha: s1, labels: [] }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s1, labels: [], merged: true }, 30),
      synced('shop-7', { ...p, op: 5, sha: s1 }, 40),
    ],
    github: ['create #1 s1 preview', '#1 success shop-7: healthy', '#1 inactive the pull request was merged'],
    ignored: { 0: 'no preview', 3: 'closed' },
  },
];
