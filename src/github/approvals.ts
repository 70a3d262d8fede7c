/** Reads who approves a pull request as it is now: by their last word on its head, and only who may write here. */
import * as z from 'zod';
import type { Gates } from '../../schemas/answers.ts';
import { ownerOf } from '../words/repository.ts';
import { ok, type Result } from '../words/result.ts';
import type { Sha } from '../words/sha.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { readMayWrite } from './collaborators.ts';
import type { Failure } from './outcome.ts';
import { allPages } from './pages.ts';

const Review = z.object({
  user: z.object({ login: z.string() }).nullable(),
  state: z.string(),
  commit_id: z.string().nullable(),
});
const Membership = z.object({ state: z.string() });
/** A comment takes nothing back. */
const WORDS: readonly string[] = ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'];

type Looked = {
  readonly number: number;
  readonly head: Sha;
  readonly author: string | undefined;
  readonly teams: readonly string[];
};

export async function readApprovals(
  { number, head, author, teams }: Looked,
  attempt: Attempt,
): Promise<Result<Gates['approvals'], Failure>> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  const reviews = await allPages(route, { pull_number: number }, Review, attempt);
  if (!reviews.ok) return reviews;
  // In the order in which they were given.
  const said = reviews.value.filter(({ commit_id, state }) => commit_id === head && WORDS.includes(state));
  const last = new Map(said.map(({ user, state }) => [user?.login ?? '', state]));
  const approvals: Gates['approvals'] = [];
  for (const [login, state] of last) {
    if (state !== 'APPROVED' || login === author || login === '') continue;
    // Anybody may approve what is public.
    const mayWrite = await readMayWrite(login, attempt);
    if (!mayWrite.ok) return mayWrite;
    if (!mayWrite.value) continue;
    const within = await teamsOf(login, teams, attempt);
    if (!within.ok) return within;
    approvals.push({ login, teams: [...within.value] });
  }
  return ok(approvals);
}

async function teamsOf(
  username: string,
  teams: readonly string[],
  attempt: Attempt,
): Promise<Result<readonly string[], Failure>> {
  const within: string[] = [];
  for (const team of teams) {
    const [org = '', slug = ''] = team.split('/');
    // The installation's token knows no other account's teams.
    if (org.toLowerCase() !== ownerOf(attempt.repository)) continue;
    const route = 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}';
    const read = await ask(attempt, route, { org, team_slug: slug, username }, Membership);
    if (read.ok && read.value.state === 'active') within.push(team);
    if (!read.ok && read.status !== 404) return read;
  }
  return ok(within);
}
