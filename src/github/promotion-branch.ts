/** Makes a promotion's branch one commit on its base: tree, commit, and one step of the ref. No author, so that GitHub signs. */
import * as z from 'zod';
import type { WritePromotion } from '../../schemas/effect.ts';
import { ok } from '../words/result.ts';
import { Sha } from '../words/sha.ts';
import { type Asked, ask, headRef } from './ask.ts';
import type { Attempt } from './attempt.ts';

const Made = z.object({ sha: Sha });
const Ref = z.object({ object: z.object({ sha: Sha }) });
const Commit = z.object({ sha: Sha, tree: Made, parents: z.array(Made) });

/** The branch's commit. A step that only set the branch back to its base would close its pull request. */
export async function writeBranch(effect: WritePromotion, attempt: Attempt): Promise<Asked<Sha>> {
  const { base, files, message, branch } = effect;
  const tree = await ask(
    attempt,
    'POST /repos/{owner}/{repo}/git/trees',
    {
      base_tree: base.tree,
      tree: files.map(({ path, text }) => ({ path, mode: '100644', type: 'blob', content: text })),
    },
    Made,
  );
  if (!tree.ok) return tree;
  if (attempt.look) {
    const there = await findCommit(branch, { tree: tree.value.sha, parent: base.sha }, attempt);
    if (!there.ok) return there;
    if (there.value !== undefined) return ok(there.value);
  }
  const commit = await ask(
    attempt,
    'POST /repos/{owner}/{repo}/git/commits',
    { message, tree: tree.value.sha, parents: [base.sha] },
    Made,
  );
  if (!commit.ok) return commit;
  const moved = await moveBranch(effect, commit.value.sha, attempt);
  return moved.ok ? ok(commit.value.sha) : moved;
}

/** The commit that the branch is at, if it is the wanted one already; every commit of the same tree would be another. */
async function findCommit(
  branch: string,
  wanted: { readonly tree: Sha; readonly parent: Sha },
  attempt: Attempt,
): Promise<Asked<Sha | undefined>> {
  const ref = await ask(attempt, 'GET /repos/{owner}/{repo}/git/ref/{ref}', headRef(branch), Ref);
  if (!ref.ok) return ref.status === 404 ? ok(undefined) : ref;
  const parameters = { commit_sha: ref.value.object.sha };
  const commit = await ask(attempt, 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}', parameters, Commit);
  if (!commit.ok) return commit;
  const { sha, tree, parents } = commit.value;
  const isSame = tree.sha === wanted.tree && parents.length === 1 && parents[0]?.sha === wanted.parent;
  return ok(isSame ? sha : undefined);
}

/** Whichever of the two was expected, the other is done where GitHub says that the branch is there, or isn't. */
async function moveBranch(effect: WritePromotion, sha: Sha, attempt: Attempt): Promise<Asked<unknown>> {
  const make = () =>
    ask(attempt, 'POST /repos/{owner}/{repo}/git/refs', { ref: `refs/heads/${effect.branch}`, sha }, Ref);
  const move = () =>
    ask(attempt, 'PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...headRef(effect.branch), sha, force: true }, Ref);
  const [first, second] = effect.head === null ? [make, move] : [move, make];
  const tried = await first();
  const isOther = !tried.ok && (tried.status === 422 || tried.status === 404);
  return isOther ? second() : tried;
}
