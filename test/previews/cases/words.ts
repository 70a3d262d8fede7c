/** What most stories of a preview begin with, and end in. */

export const p = { environment: 'preview', pr: 7 } as const;

export const ON_ITS_WAY = 'comment 7 🟡 The preview is on its way';
export const READY = 'comment 7 🟢 The preview is ready';
export const QUEUED = '#1 queued waiting for Argo CD';
export const REFRESH = 'refresh main';
/** The refresher is told that a fork's label has to come off, and that none is left. */
export const HOLD = 'hold main';
export const RELEASE = 'release main';

/** Labelled, and shown at once. */
export const LABELLED = [REFRESH, 'create #1 s1 preview', QUEUED, ON_ITS_WAY];
export const SUCCEEDED = [...LABELLED, '#1 success shop-7: healthy', READY];

export const DENIED =
  'comment 7 🔴 No preview of this fork. Pull requests from forks get no preview here. A person with write access can push the branch to this repository and open a pull request from there.';
export const HELP = 'A person with write access to this repository can put the label `preview` on this commit.';
