/** A notification that never came: Argo CD itself is asked, before silence is an error and every hour while a rollout goes on. */
import { s1, s2 } from '../../../local/application.ts';
import { type Case, deleted, healthy, pull, running, runs, says, until } from '../story.ts';

const tenant = { repositories: ['acme/*'], environments: ['*'] };
const config = { argocd: [{ name: 'main', url: 'https://main.example.com', ...tenant }] };
const long = { ...config, deployments: { deadline: '3h' } };
const DEADLINE = 1800;
const HOUR = 3600;
const LOST = '#1 error shop: no result from Argo CD for 30m';
const began = ['create #1 s1 production', '#1 in_progress shop: rolling out'];

export const asking: readonly Case[] = [
  {
    name: 'the word of a success is lost: at the deadline Argo CD is asked, and no error is shown',
    config,
    story: [running('shop', { op: 0, sha: s1 }, 1), runs('shop', healthyWord(s1)), until(DEADLINE + 1)],
    github: [...began, 'ask shop', '#1 success shop: healthy'],
  },
  {
    name: 'the word of a failure is lost: its reason is shown, not the silence',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Failed', health: 'Degraded' }),
      until(DEADLINE + 1),
    ],
    github: [...began, 'ask shop', '#1 failure shop: one or more objects failed to apply'],
  },
  {
    name: 'an operation that hangs is an error all the same: what was said before is no sign of life',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Running', health: 'Progressing', generation: 1 }),
      until(DEADLINE + 1),
    ],
    github: [...began, 'ask shop', LOST],
  },
  {
    name: 'nor is it one where Argo CD has written into the application since',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Running', health: 'Missing', generation: 9 }),
      until(2 * DEADLINE),
    ],
    github: [...began, 'ask shop', LOST],
  },
  {
    name: 'a retry that was not heard of is a sign of life',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Running', health: 'Missing', retry: 2 }),
      until(DEADLINE + 2),
    ],
    github: [...began, 'ask shop', '#1 in_progress shop: retry 2 of 5'],
  },
  {
    name: 'after it the deadline begins anew, once',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', synced1()),
      until(2 * DEADLINE),
      until(2 * DEADLINE + 1),
    ],
    github: [...began, 'ask shop', 'ask shop', LOST],
  },
  {
    name: 'a whole release was not heard of: it is shown, and supersedes the one that was',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 60, sha: s2, phase: 'Succeeded', health: 'Healthy' }),
      until(DEADLINE + 1),
    ],
    github: [
      ...began,
      'ask shop',
      'create #2 s2 production',
      '#2 success shop: healthy',
      '#1 inactive superseded by 2222222',
    ],
  },
  {
    name: 'an application that Argo CD does not show is no application that is gone: the deadline decides',
    config,
    story: [running('shop', { op: 0, sha: s1 }, 1), runs('shop', 'gone'), until(DEADLINE + 1)],
    github: [...began, 'ask shop', LOST],
  },
  {
    name: 'one that is being deleted is',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, deleted: true, health: 'Healthy' }),
      until(DEADLINE + 1),
    ],
    github: [...began, 'ask shop', '#1 inactive shop was deleted'],
  },
  {
    name: 'an Argo CD that does not answer is waited for ten minutes',
    config,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', 'down'),
      until(DEADLINE + 599),
      says('shop', healthyWord(s1)),
    ],
    github: [...began, 'ask shop', '#1 success shop: healthy'],
  },
  {
    name: 'and no longer',
    config,
    story: [running('shop', { op: 0, sha: s1 }, 1), runs('shop', 'down'), until(DEADLINE + 601)],
    github: [...began, 'ask shop', LOST],
  },
  {
    name: 'where no url is configured nobody is asked',
    config: { argocd: [{ name: 'main', ...tenant }] },
    story: [running('shop', { op: 0, sha: s1 }, 1), runs('shop', healthyWord(s1)), until(DEADLINE + 1)],
    github: [...began, LOST],
  },
  {
    name: 'a rollout that goes on is asked about every hour, and its deadline stays where it was',
    config: long,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Running', health: 'Missing' }),
      until(3 * HOUR + 1),
    ],
    github: [...began, 'ask shop', 'ask shop', 'ask shop', '#1 error shop: no result from Argo CD for 3h'],
  },
  {
    name: 'a paused canary whose end was not heard of ends within the hour',
    config,
    story: [
      says('shop', { op: 0, sha: s1, health: 'Suspended' }, 1),
      runs('shop', { op: 0, sha: s1, health: 'Suspended' }),
      until(HOUR + 2),
      runs('shop', healthyWord(s1)),
      until(2 * HOUR + 2),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: suspended',
      'ask shop',
      'ask shop',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'what is finished is asked about no more',
    config,
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      running('shop', { op: 60, sha: s2 }),
      deleted('shop', { op: 60, sha: s2 }),
      until(9 * HOUR),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 in_progress shop: rolling out',
      '#2 inactive shop was deleted',
      '#1 inactive shop was deleted',
    ],
  },
  {
    name: 'an answer that is older than what was heard changes nothing',
    config,
    story: [
      says('shop', { op: 0, sha: s1, health: 'Suspended', generation: 5 }, 1),
      runs('shop', { ...healthyWord(s1), generation: 4 }),
      until(HOUR + 2),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: suspended', 'ask shop'],
  },
  {
    name: 'nobody waits for the application of a preview that is closed',
    config,
    story: [
      pull({ sha: s1 }, 1),
      says('shop', { op: 2, sha: s1, pr: 7, environment: 'preview', health: 'Suspended' }),
      pull({ sha: s1, open: false }),
      until(9 * HOUR),
    ],
    github: [
      'create #1 s1 preview',
      '#1 queued waiting for Argo CD',
      '#1 in_progress shop: suspended',
      '#1 inactive the pull request was closed',
      'comment 7 🟡 The preview is on its way',
      'comment 7 ⚪ The preview is removed: the pull request was closed.',
    ],
  },
  {
    name: 'a failure of a stranger is not taken back by what was said before',
    config: long,
    story: [
      running('shop', { op: 0, sha: s1 }, 1),
      runs('shop', { op: 0, sha: s1, phase: 'Running', health: 'Missing' }),
      says('cart', { op: 10, phase: 'Error', noResult: true, manifests: null }),
      until(2 * HOUR + 2),
    ],
    github: [...began, '#1 error cart: ComparisonError: failed to generate manifest', 'ask shop', 'ask shop'],
  },
];

function healthyWord(sha: string) {
  return { op: 0, sha, phase: 'Succeeded', health: 'Healthy' } as const;
}

function synced1() {
  return { op: 0, sha: s1, phase: 'Succeeded', health: 'Progressing' } as const;
}
