/** Pull requests from forks: who may have a preview, and what is taken off before Argo CD looks again. */
import { s1, s2 } from '../../../local/application.ts';
import { type Case, healthy, pull, until } from '../../deployments/story.ts';
import { DENIED, HELP, LABELLED, ON_ITS_WAY, p, REFRESH, SUCCEEDED } from './words.ts';

export const trust: readonly Case[] = [
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
    name: '65 · fork PR plus label by Triage user: who has no write access approves nothing',
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
    name: '51 · force-push during preview: the approval is void, what runs is gone, and the label comes off first',
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
    name: 'nobody says who labelled, in a delivery that came late: it is refused at once',
    config: { previews: { forks: 'approve' } },
    story: [pull({ sha: s1, fork: true, updated: 10 }, 300), until(301)],
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
