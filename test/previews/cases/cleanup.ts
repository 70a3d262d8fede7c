/** Previews that nobody touches, and what got lost: found, and removed when the installation allows it. */
import { s1, s3 } from '../../../local/application.ts';
import { type Case, healthy, pull, until } from '../../deployments/story.ts';
import { LABELLED, ON_ITS_WAY, p, READY, REFRESH, SUCCEEDED } from './words.ts';

const removing = { previews: { sweep: 'remove', staleAfter: '1h', warnBefore: '30m' } } as const;

export const cleanup: readonly Case[] = [
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
