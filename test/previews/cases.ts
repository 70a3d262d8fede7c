/**
 * A preview's life: what GitHub and Argo CD say, and what GitHub gets to see for it. `pull` is GitHub's word about pull
 * request #7 of branch `feat-x`, labelled `preview`, unless it says otherwise; seconds count from the start of the story.
 */
import { m2, s1, s2, s3 } from '../../local/application.ts';
import { type Case, deleted, failedEarly, healthy, pull, running, says, synced, until } from '../deployments/story.ts';

const p = { environment: 'preview', pr: 7 } as const;

const ON_ITS_WAY = 'comment 7 🟡 The preview is on its way';
const READY = 'comment 7 🟢 The preview is ready';
const QUEUED = '#1 queued waiting for Argo CD';
const REFRESH = 'refresh main';

/** Labelled, and shown at once. */
const LABELLED = [REFRESH, 'create #1 s1 preview', QUEUED, ON_ITS_WAY];
const SUCCEEDED = [...LABELLED, '#1 success shop-7: healthy', READY];

const DENIED =
  'comment 7 🔴 No preview of this fork. Pull requests from forks get no preview here. A person with write access can push the branch to this repository and open a pull request from there.';
const HELP = 'A person with write access to this repository can put the label `preview` on this commit.';

const life: readonly Case[] = [
  {
    name: 'labelled, deployed, pushed again, merged: each head has its deployment, and nothing is left',
    story: [
      pull({ sha: s1 }),
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s2 }, 60),
      running('shop-7', { ...p, op: 65, sha: s2, manifests: m2 }, 66),
      healthy('shop-7', { ...p, op: 65, sha: s2, manifests: m2 }, 80),
      pull({ sha: s2, merged: true }, 120),
      deleted('shop-7', { ...p, op: 65, sha: s2, manifests: m2 }, 130),
      until(200),
    ],
    github: [
      ...LABELLED,
      '#1 in_progress shop-7: rolling out',
      ON_ITS_WAY,
      '#1 success shop-7: healthy',
      READY,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
      '#2 in_progress shop-7: rolling out',
      ON_ITS_WAY,
      '#2 success shop-7: healthy',
      READY,
      REFRESH,
      '#2 inactive the pull request was merged',
      'comment 7 ⚪ The preview is removed: the pull request was merged.',
    ],
  },
  {
    name: 'opened with the label on',
    story: [pull({ sha: s1, by: 'dev' })],
    github: LABELLED,
  },
  {
    name: 'without the label nothing happens',
    story: [
      pull({ sha: s1, labels: ['bug'] }),
      pull({ sha: s2, labels: ['bug'] }),
      pull({ sha: s2, labels: [], merged: true }),
    ],
    github: [],
    ignored: { 0: 'no preview', 1: 'no preview', 2: 'no preview' },
  },
  {
    name: 'the label goes: inactive at once, though Argo CD never says a word',
    story: [pull({ sha: s1 }), pull({ sha: s1, labels: [] }, 10), until(100)],
    github: [
      ...LABELLED,
      REFRESH,
      '#1 inactive the label preview was taken off',
      'comment 7 ⚪ The preview is removed: the label preview was taken off.',
    ],
  },
  {
    name: 'closed unmerged',
    story: [pull({ sha: s1 }), pull({ sha: s1, open: false }, 10), until(100)],
    github: [
      ...LABELLED,
      REFRESH,
      '#1 inactive the pull request was closed',
      'comment 7 ⚪ The preview is removed: the pull request was closed.',
    ],
  },
  {
    name: 'a new head supersedes at once, also one that Argo CD never came to',
    story: [pull({ sha: s1 }), pull({ sha: s2 }, 5), until(60)],
    github: [
      ...LABELLED,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
    ],
  },
  {
    name: 'a force-push back to a former head opens a deployment of its own',
    story: [pull({ sha: s1 }), pull({ sha: s2 }, 10), pull({ sha: s1 }, 20), until(60)],
    github: [
      ...LABELLED,
      REFRESH,
      'create #2 s2 preview',
      '#1 inactive superseded by 2222222',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
      REFRESH,
      'create #3 s1 preview',
      '#2 inactive superseded by 1111111',
      '#3 queued waiting for Argo CD',
      ON_ITS_WAY,
    ],
  },
  {
    name: 'a label taken off and put back is live again in the state that its application has',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s1, labels: [] }, 30),
      pull({ sha: s1 }, 32),
      until(60),
    ],
    github: [
      ...SUCCEEDED,
      REFRESH,
      '#1 inactive the label preview was taken off',
      REFRESH,
      'create #2 s1 preview',
      '#2 success shop-7: healthy',
    ],
  },
  {
    name: 'what an application says while the pull request is closed counts when it is opened again',
    story: [
      pull({ sha: s1 }),
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      pull({ sha: s1, open: false }, 10),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 12),
      pull({ sha: s1 }, 14),
      until(60),
    ],
    github: [
      ...LABELLED,
      '#1 in_progress shop-7: rolling out',
      REFRESH,
      '#1 inactive the pull request was closed',
      REFRESH,
      'create #2 s1 preview',
      '#2 success shop-7: healthy',
      READY,
    ],
    ignored: { 3: 'closed' },
  },
  {
    name: 'in a closed preview only deletions are learned',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s1, merged: true }, 30),
      running('shop-7', { ...p, op: 35, sha: s2, manifests: m2 }, 36),
      deleted('shop-7', { ...p, op: 35, sha: s2, manifests: m2 }, 40),
      until(100),
    ],
    github: [
      ...SUCCEEDED,
      REFRESH,
      '#1 inactive the pull request was merged',
      'comment 7 ⚪ The preview is removed: the pull request was merged.',
    ],
    ignored: { 3: 'closed' },
  },
  {
    name: 'an application that is deleted while the label is on leaves, and one made again comes back',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      deleted('shop-7', { ...p, op: 5, sha: s1 }, 30),
      healthy('shop-7', { ...p, op: 40, sha: s1, uid: 'again', created: 35 }, 50),
    ],
    github: [
      ...SUCCEEDED,
      '#1 inactive shop-7 was deleted',
      ON_ITS_WAY,
      'create #2 s1 preview',
      '#2 success shop-7: healthy',
    ],
  },
  {
    name: 'two applications: the preview is ready when both are',
    story: [
      pull({ sha: s1 }),
      healthy('api-7', { ...p, op: 5, sha: s1 }, 20),
      synced('web-7', { ...p, op: 6, sha: s1 }, 30),
      healthy('web-7', { ...p, op: 6, sha: s1 }, 40),
      until(60),
    ],
    github: [
      ...LABELLED,
      '#1 success api-7: healthy',
      READY,
      '#1 in_progress web-7: rolling out',
      ON_ITS_WAY,
      '#1 success api-7: healthy',
      READY,
    ],
  },
  {
    name: 'a failure is told in the comment, and a push mends it',
    story: [
      pull({ sha: s1 }),
      says('shop-7', { ...p, op: 5, sha: s1, phase: 'Failed' }, 20),
      pull({ sha: s2 }, 60),
      healthy('shop-7', { ...p, op: 65, sha: s2, manifests: m2 }, 80),
      until(100),
    ],
    github: [
      ...LABELLED,
      '#1 failure shop-7: one or more objects failed to apply',
      'comment 7 🔴 The preview has failed',
      REFRESH,
      'create #2 s2 preview',
      '#2 queued waiting for Argo CD',
      '#1 inactive superseded by 2222222',
      ON_ITS_WAY,
      '#2 success shop-7: healthy',
      READY,
    ],
  },
  {
    name: 'an operation that fails before it has a commit is shown on the head',
    story: [pull({ sha: s1 }), failedEarly('shop-7', { ...p, op: 5 }, 10), until(60)],
    github: [
      ...LABELLED,
      '#1 error shop-7: ComparisonError: failed to generate manifest',
      'comment 7 🔴 The preview has failed',
    ],
  },
  {
    name: 'what becomes of it is an error when Argo CD never comes',
    story: [pull({ sha: s1 }), until(1900)],
    github: [
      ...LABELLED,
      '#1 error no application of Argo CD for 30m',
      'comment 7 🔴 Argo CD has not made the preview yet',
    ],
  },
  {
    name: 'an error for want of applications is over when one comes',
    story: [pull({ sha: s1 }), until(1900), healthy('shop-7', { ...p, op: 1905, sha: s1 }, 1920), until(2000)],
    github: [
      ...LABELLED,
      '#1 error no application of Argo CD for 30m',
      'comment 7 🔴 Argo CD has not made the preview yet',
      '#1 success shop-7: healthy',
      READY,
    ],
  },
];

const order: readonly Case[] = [
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

const trust: readonly Case[] = [
  {
    name: 'a fork gets no preview: the label comes off before anything is refreshed',
    story: [pull({ sha: s1, fork: true, by: 'stranger' }), until(60)],
    github: ['unlabel 7', REFRESH, DENIED],
  },
  {
    name: 'a fork that a person with write access approves has its preview',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [pull({ sha: s1, fork: true, by: 'boss' }), healthy('shop-7', { ...p, op: 5, sha: s1 }, 10), until(60)],
    github: ['permission boss', ...SUCCEEDED],
  },
  {
    name: 'who has no write access approves nothing',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [pull({ sha: s1, fork: true, by: 'triage' }), until(60)],
    github: [
      'permission triage',
      'unlabel 7',
      REFRESH,
      `comment 7 🔴 No preview of this fork. Who put the label on has no write access. ${HELP}`,
    ],
  },
  {
    name: 'an approval lapses with the next push: what runs is gone, and the label comes off first',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [pull({ sha: s1, fork: true, by: 'boss' }), pull({ sha: s2, fork: true }, 30), until(60)],
    github: [
      'permission boss',
      ...LABELLED,
      'unlabel 7',
      REFRESH,
      '#1 inactive a preview of this fork is not allowed',
      `comment 7 🔴 No preview of this fork. The approval was for 1111111, and something has been pushed since. ${HELP}`,
    ],
  },
  {
    name: 'the label put on again approves the new head',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [
      pull({ sha: s1, fork: true, by: 'boss' }),
      pull({ sha: s2, fork: true }, 30),
      pull({ sha: s2, fork: true, labels: [] }, 31),
      pull({ sha: s2, fork: true, by: 'boss' }, 60),
      until(100),
    ],
    github: [
      'permission boss',
      ...LABELLED,
      'unlabel 7',
      REFRESH,
      '#1 inactive a preview of this fork is not allowed',
      'permission boss',
      `comment 7 🔴 No preview of this fork. The approval was for 1111111, and something has been pushed since. ${HELP}`,
      REFRESH,
      'create #2 s2 preview',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
    ],
  },
  {
    name: 'who labelled may be told by a later delivery',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [
      pull({ sha: s1, fork: true, title: 'Edited', updated: 12 }, 12),
      pull({ sha: s1, fork: true, by: 'boss', updated: 10 }, 14),
      until(60),
    ],
    github: ['permission boss', ...LABELLED],
  },
  {
    name: 'nobody says who labelled: it is refused',
    config: { previews: { forks: 'approve' } },
    story: [pull({ sha: s1, fork: true }), until(60)],
    github: [
      'unlabel 7',
      REFRESH,
      `comment 7 🔴 No preview of this fork. Nobody with write access has put the label on this commit. ${HELP}`,
    ],
  },
  {
    name: 'while a fork’s label has to come off, no other pull request is refreshed',
    config: { previews: { forks: 'approve' } },
    writers: ['boss'],
    story: [pull({ sha: s1, fork: true }), pull({ number: 8, sha: s2, branch: 'other' }, 4), until(30)],
    github: [
      'create #1 s2 preview',
      '#1 queued waiting for Argo CD',
      'comment 8 🟡 The preview is on its way',
      'unlabel 7',
      REFRESH,
      `comment 7 🔴 No preview of this fork. Nobody with write access has put the label on this commit. ${HELP}`,
    ],
  },
];

const facts: readonly Case[] = [
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
    name: 'of two with one slug the elder has it, whichever is heard of first',
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
    github: [REFRESH, '#99 queued waiting for Argo CD', ON_ITS_WAY, 'retire 98', '#99 success shop-7: healthy', READY],
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

const removing = { previews: { sweep: 'remove', staleAfter: '1h', warnBefore: '30m' } } as const;

const cleanup: readonly Case[] = [
  {
    name: 'nobody touches it: it is warned of, looked for, and removed when the installation allows it',
    config: removing,
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      until(4000),
      { kind: 'removal', at: 4100 },
      until(5000),
    ],
    github: [
      ...SUCCEEDED,
      READY,
      'list',
      'unlabel 7',
      REFRESH,
      '#1 inactive nothing happened for 1h',
      'comment 7 ⚪ The preview is removed: nothing happened for 1h.',
    ],
  },
  {
    name: 'reporting alone tells, and removes nothing',
    config: { previews: { staleAfter: '1h', warnBefore: '30m' } },
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      until(4000),
      { kind: 'removal', at: 4100 },
    ],
    github: [...SUCCEEDED, READY],
  },
  {
    name: 'a comment is a sign of life',
    config: removing,
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      { kind: 'comments', at: 1700 },
      until(4000),
    ],
    github: [...SUCCEEDED, READY],
  },
  {
    name: 'a push between the finding and the removal saves it',
    config: removing,
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      until(3700),
      pull({ sha: s1, labels: ['preview', 'bug'] }, 3800),
      { kind: 'removal', at: 3900 },
      until(4000),
    ],
    github: [...SUCCEEDED, READY, 'list', READY],
  },
  {
    name: 'the label that keeps it keeps it',
    config: removing,
    story: [pull({ sha: s1, labels: ['preview', 'keep-preview'] }), until(9000), { kind: 'removal', at: 9100 }],
    github: [
      ...LABELLED,
      '#1 error no application of Argo CD for 30m',
      'comment 7 🔴 Argo CD has not made the preview yet',
    ],
  },
  {
    name: 'a merge that nobody told of is found, and believed when the installation allows it',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      { kind: 'unheard', look: { sha: s1, merged: true }, at: 30 },
      { kind: 'sweep', at: 40 },
      { kind: 'removal', at: 50 },
      until(100),
    ],
    github: [
      ...SUCCEEDED,
      'list',
      'read 7',
      REFRESH,
      '#1 inactive the pull request was merged',
      'comment 7 ⚪ The preview is removed: the pull request was merged.',
    ],
  },
  {
    name: 'a push that nobody told of is found by a sweep, and followed at once',
    story: [pull({ sha: s1 }), { kind: 'unheard', look: { sha: s3 }, at: 30 }, { kind: 'sweep', at: 40 }, until(60)],
    github: [
      ...LABELLED,
      'list',
      REFRESH,
      'create #2 s3 preview',
      '#1 inactive superseded by 3333333',
      '#2 queued waiting for Argo CD',
      ON_ITS_WAY,
    ],
  },
  {
    name: 'a sweep with nothing to look at asks nothing',
    story: [pull({ sha: s1 }), pull({ sha: s1, merged: true }, 10), until(30), { kind: 'sweep', at: 40 }],
    github: [
      ...LABELLED,
      REFRESH,
      '#1 inactive the pull request was merged',
      'comment 7 ⚪ The preview is removed: the pull request was merged.',
    ],
  },
];

/** An Argo CD instance that wants to be asked. */
const argocd = [
  {
    name: 'main',
    url: 'https://main.example.com',
    repositories: ['acme/*'],
    environments: ['*'],
    refresh: { mode: 'webhook', url: 'https://applicationset.example.com/api/webhook' },
  },
];

export const cases: readonly Case[] = [...life, ...order, ...trust, ...facts, ...cleanup].map((each) => ({
  ...each,
  config: { argocd, ...each.config },
}));
