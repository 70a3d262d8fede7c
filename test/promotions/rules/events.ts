/** After which events a run may publish what is merged by itself: every event that GitHub Actions has. */
import type { Case } from './case.ts';

/** https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows */
const OWN = ['create', 'push', 'release', 'schedule', 'workflow_dispatch'];
const OTHERS = [
  // Anybody may start these, and what they run or hand on may be anybody's.
  'pull_request',
  'pull_request_comment',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_target',
  'workflow_run',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'fork',
  'gollum',
  'watch',
  // These name the default branch's last commit, whatever they are about.
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'delete',
  'deployment_status',
  'label',
  'milestone',
  'page_build',
  'public',
  'registry_package',
  'repository_dispatch',
  'status',
  // What these run may never get to the default branch.
  'deployment',
  'merge_group',
  // Not heard of yet, and what looks like one that is.
  'image_version',
  'push_request',
  'Push',
];

const run = { ref: 'refs/heads/main', workflow: 'acme/shop/.github/workflows/release.yml@refs/heads/main' };

export const events: readonly Case[] = [
  ...OWN.map(
    (event): Case => ({
      name: `a run after ${event}`,
      rules: 'rules: [{ action: auto }]\n',
      candidate: { origin: 'oidc', run: { ...run, event } },
      action: 'auto',
      words: 'Hawser merges it now, by rule 1.',
    }),
  ),
  ...OTHERS.map(
    (event): Case => ({
      name: `a run after ${event}, though a rule asks for it`,
      rules: `rules: [{ match: { events: ["*"] }, action: auto, require: { onDefaultBranch: false } }]\n`,
      candidate: { origin: 'oidc', run: { ...run, event } },
      action: 'manual',
      words: `A person decides. The run that published it was for \`${event}\`: only those for \`create\`, \`push\`, \`release\`, \`schedule\` and \`workflow_dispatch\` are merged by themselves.`,
    }),
  ),
];
