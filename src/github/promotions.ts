/** Makes the one pull request of a target stand: its branch, its words, and, when it is new, its labels and reviewers. */
import * as z from 'zod';
import type { WritePromotion } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { GitHubPullRequest } from '../../schemas/pull-request.ts';
import { ok } from '../words/result.ts';
import type { Sha } from '../words/sha.ts';
import { Anything, type Asked, ask, isRefused } from './ask.ts';
import { type Attempt, named } from './attempt.ts';
import { takeBack } from './native-merge.ts';
import type { Failure } from './outcome.ts';
import { writeBranch } from './promotion-branch.ts';

/** By this and by its branch it is known as Hawser's own. */
const MARKER = '<!-- hawser:promotion -->';
const Edited = z
  .intersection(GitHubPullRequest, z.object({ node_id: z.string(), auto_merge: z.unknown() }))
  .transform(({ node_id: id, auto_merge, ...pull }) => ({ pull, id, isArmed: Boolean(auto_merge) }));
const Numbered = z.object({ number: z.number() });
const Open = z.array(Numbered.extend({ body: z.string().nullish() }));

/** Its words go first: so it shows, before anything moves, whether a person has closed it meanwhile. */
export async function writePromotion(effect: WritePromotion, attempt: Attempt): Promise<Outcome> {
  if (effect.number !== null) {
    const edited = await edit(effect, effect.number, attempt);
    if (edited.ok && !edited.value.pull.open) {
      const pull = { number: effect.number, pull: edited.value.pull, sweep: false };
      return { kind: 'done', learned: { kind: 'pull', ...pull } };
    }
    // Whoever has told GitHub to merge it by itself meant what it holds now, and not what is about to be written.
    const held = edited.ok && edited.value.isArmed ? await takeBack(edited.value, attempt) : undefined;
    if (held !== undefined) return held;
    if (edited.ok || edited.status !== 404) return edited.ok ? move(effect, effect.number, attempt) : edited.failure;
  }
  const head = await writeBranch(effect, attempt);
  if (!head.ok) return head.failure;
  const number = await findOrOpen(effect, attempt);
  if (!number.ok) return number.failure;
  const failure = await equip(effect, number.value, attempt);
  return failure ?? written(effect, number.value, head.value);
}

async function move(effect: WritePromotion, number: number, attempt: Attempt): Promise<Outcome> {
  const head = await writeBranch(effect, attempt);
  return head.ok ? written(effect, number, head.value) : head.failure;
}

/** It goes into the branch that it was decided for, wherever somebody has turned it since. */
function edit({ title, body, base }: WritePromotion, number: number, attempt: Attempt) {
  const parameters = { pull_number: number, title, body, base: base.branch };
  return ask(attempt, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters, Edited);
}

async function findOrOpen(effect: WritePromotion, attempt: Attempt): Promise<Asked<number>> {
  if (attempt.look) {
    const own = await adopt(effect, attempt);
    if (!own.ok || own.value !== undefined) return own.ok ? ok(own.value ?? 0) : own;
  }
  const { title, body, branch, base } = effect;
  const parameters = { title, body, head: branch, base: base.branch, maintainer_can_modify: false };
  const opened = await ask(attempt, 'POST /repos/{owner}/{repo}/pulls', parameters, Numbered);
  if (opened.ok) return ok(opened.value.number);
  if (opened.status !== 422) return opened;
  const own = await adopt(effect, attempt);
  if (!own.ok) return own;
  return own.value === undefined ? opened : ok(own.value);
}

/** GitHub opens no second one for a branch. One without the mark is a person's: its words are not Hawser's to write over. */
async function adopt(effect: WritePromotion, attempt: Attempt): Promise<Asked<number | undefined>> {
  const { branch, base } = effect;
  const { owner } = named(attempt.repository);
  const parameters = { state: 'open', head: `${owner}:${branch}`, base: base.branch };
  const listed = await ask(attempt, 'GET /repos/{owner}/{repo}/pulls', parameters, Open);
  if (!listed.ok) return listed;
  const [open] = listed.value;
  if (open === undefined) return ok(undefined);
  if (open.body?.includes(MARKER) !== true) {
    const message = `#${open.number} was opened by somebody else from ${branch}, which is Hawser's own branch: close it`;
    return { ok: false, failure: { kind: 'dead', reason: { code: 'occupied', message } }, status: 422, words: message };
  }
  const edited = await edit(effect, open.number, attempt);
  return edited.ok ? ok(open.number) : edited;
}

/** What can't be put on it or asked for is left: a promotion stands without. */
async function equip(effect: WritePromotion, number: number, attempt: Attempt): Promise<Failure | undefined> {
  const { labels, reviewers } = effect;
  if (labels.length > 0) {
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels';
    const put = await ask(attempt, route, { issue_number: number, labels }, Anything);
    if (!put.ok && !isRefused(put)) return put.failure;
  }
  const asked = reviewers.length === 0 ? undefined : await request(reviewers, number, attempt);
  if (asked === undefined || asked.ok) return undefined;
  if (!isRefused(asked)) return asked.failure;
  // One who can't be asked keeps all the others from it.
  for (const reviewer of reviewers.length > 1 ? reviewers : []) {
    const alone = await request([reviewer], number, attempt);
    if (!alone.ok && !isRefused(alone)) return alone.failure;
  }
  return undefined;
}

function request(reviewers: readonly string[], number: number, attempt: Attempt): Promise<Asked<unknown>> {
  return ask(
    attempt,
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    {
      pull_number: number,
      reviewers: reviewers.filter((reviewer) => !reviewer.includes('/')),
      // Of this owner: GitHub knows no other team here.
      team_reviewers: reviewers.flatMap((reviewer) => reviewer.split('/')[1] ?? []),
    },
    Anything,
  );
}

function written({ target, body }: WritePromotion, number: number, head: Sha): Outcome {
  return { kind: 'done', learned: { kind: 'promotion-written', target, number, head, body } };
}
