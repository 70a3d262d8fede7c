/** Mends emulate's rows where its routes leave them wrong: pull requests, forks, roles. */
import type { InnerEvent, Tables } from './inner-protocol.ts';

/** emulate gives a fork a history of its own; GitHub gives it the parent's. */
export function fillFork(github: Tables): void {
  const fork = github.repos.all().at(-1);
  if (!fork || fork.forked_from_id === null) return;
  const { id } = fork;
  for (const table of [github.refs, github.branches]) {
    for (const row of table.findBy('repo_id', id)) table.delete(row.id);
    for (const { id: _id, ...row } of table.findBy('repo_id', fork.forked_from_id))
      table.insert({ ...row, repo_id: id });
  }
  fetchObjects(github, fork.forked_from_id, id);
}

/** Objects belong to one repository in emulate; GitHub shares them in a network of forks. */
function fetchObjects(github: Tables, from: number, into: number): void {
  for (const table of [github.commits, github.trees, github.blobs, github.tags]) {
    const present = new Set(table.findBy('repo_id', into).map(({ sha }) => sha));
    for (const { id: _id, ...row } of table.findBy('repo_id', from)) {
      if (!present.has(row.sha)) table.insert({ ...row, repo_id: into });
    }
  }
}

/** emulate leaves an open pull request at the commits it was opened with; GitHub's follow their branches. */
export function followHeads(github: Tables, events: InnerEvent[]): void {
  for (const pull of github.pullRequests.all()) {
    if (pull.state !== 'open') continue;
    const head = github.refs
      .findBy('repo_id', pull.head_repo_id)
      .find((ref) => ref.ref === `refs/heads/${pull.head_ref}`);
    const base = github.refs
      .findBy('repo_id', pull.base_repo_id)
      .find((ref) => ref.ref === `refs/heads/${pull.base_ref}`);
    const repository = github.repos.get(pull.base_repo_id)?.full_name ?? '';
    // In place: an update would move updated_at, which a push to the base does not.
    if (base) pull.base_sha = base.sha;
    if (pull.head_repo_id !== pull.base_repo_id) fetchObjects(github, pull.head_repo_id, pull.base_repo_id);
    if (!head) {
      close(github, pull);
      events.push({ event: 'pull_request', action: 'closed', payload: { number: pull.number }, repository });
      continue;
    }
    if (head.sha === pull.head_sha) continue;
    github.pullRequests.update(pull.id, { head_sha: head.sha });
    const payload = { number: pull.number, before: pull.head_sha, after: head.sha };
    events.push({ event: 'pull_request', action: 'synchronize', payload, repository });
  }
}

function close(
  github: Tables,
  pull: { id: number; repo_id: number; number: number },
  more: Record<string, unknown> = {},
): void {
  const closed = { state: 'closed', closed_at: new Date().toISOString() };
  github.pullRequests.update(pull.id, { ...closed, ...more });
  const issue = github.issues.findBy('repo_id', pull.repo_id).find((candidate) => candidate.number === pull.number);
  if (issue) github.issues.update(issue.id, closed);
}

export function merged(github: Tables, repository: string, number: number, sha: string, by: string): void {
  const repo = github.repos.findOneBy('full_name', repository);
  const pull = github.pullRequests.findBy('repo_id', repo?.id ?? 0).find((candidate) => candidate.number === number);
  if (!pull) throw new Error(`no pull request ${repository}#${number}`);
  move(github, pull.base_repo_id, pull.base_ref, sha);
  close(github, pull, {
    merged: true,
    merged_at: new Date().toISOString(),
    merged_by_id: github.users.findOneBy('login', by)?.id ?? null,
    merge_commit_sha: sha,
    mergeable: null,
    mergeable_state: 'unknown',
  });
}

/** Straight to the ref: the front has looked at the branch's protection. */
function move(github: Tables, repository: number, branch: string, sha: string): void {
  const ref = github.refs.findBy('repo_id', repository).find((candidate) => candidate.ref === `refs/heads/${branch}`);
  const tip = github.branches.findBy('repo_id', repository).find((candidate) => candidate.name === branch);
  if (ref) github.refs.update(ref.id, { sha });
  if (tip) github.branches.update(tip.id, { sha });
}

/** The role that GitHub would show; emulate makes every member of an organisation an admin. */
export function roleOf(github: Tables, repository: string, login: string): string | undefined {
  const user = github.users.all().find((candidate) => candidate.login.toLowerCase() === login.toLowerCase());
  const repo = github.repos.findOneBy('full_name', repository);
  if (!user || !repo) return undefined;
  if (repo.owner_type === 'User' && repo.owner_id === user.id) return 'admin';
  const team = github.teams
    .findBy('org_id', repo.owner_type === 'Organization' ? repo.owner_id : 0)
    .find((team) => team.slug === 'members');
  const member =
    team && github.teamMembers.findBy('team_id', team.id).find((candidate) => candidate.user_id === user.id);
  if (member?.role === 'maintainer') return 'admin';
  const granted = github.collaborators
    .findBy('repo_id', repo.id)
    .find((candidate) => candidate.user_id === user.id)?.permission;
  if (granted) return { pull: 'read', push: 'write' }[granted] ?? granted;
  return member || !repo.private ? 'read' : 'none';
}

/** Written past emulate's own route, which only an organisation's member may use and which knows no `read`. */
export function collaborate(github: Tables, repository: string, login: string, role: string): void {
  const repo = github.repos.findOneBy('full_name', repository);
  const user = github.users.findOneBy('login', login);
  if (!repo || !user) throw new Error(`no ${repository} or no ${login}`);
  const permission = { read: 'pull', write: 'push' }[role] ?? role;
  const present = github.collaborators.findBy('repo_id', repo.id).find((candidate) => candidate.user_id === user.id);
  if (present) github.collaborators.update(present.id, { permission });
  else github.collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
}
