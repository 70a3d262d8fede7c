/** Merges file by file, which emulate does not: its merge puts the head's whole tree over the base's. */
import * as z from 'zod';
import type { InnerRepository } from './inner-protocol.ts';
import { bodyOf, callInner } from './pass-through.ts';
import { notFound } from './refusal.ts';
import { escaped, findCommit, readInner } from './resolve.ts';
import type { Caller, World } from './world.ts';

const Entry = z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() });
type Entry = z.infer<typeof Entry>;
const Tree = z.object({ sha: z.string(), tree: z.array(Entry) });
const Compared = z.object({ merge_base_commit: z.object({ sha: z.string() }) });
const Made = z.object({ sha: z.string() });

export type Merge = { kind: 'merged'; sha: string } | { kind: 'conflict'; path: string };

type Sides = { into: string; from: string };

/** The files that `from` would bring into `into`, or the first on which the two disagree. */
export async function planMerge(world: World, repository: InnerRepository, { into, from }: Sides) {
  const compared = Compared.parse(await readInner(world, repository, `/compare/${into}...${from}`));
  const sides = [compared.merge_base_commit.sha, into, from] as const;
  const [before, ours, theirs] = await Promise.all(sides.map((sha) => filesOf(world, repository, sha)));
  const changes: { path: string; entry: Entry | undefined }[] = [];
  for (const path of new Set([...(before?.keys() ?? []), ...(theirs?.keys() ?? [])])) {
    const [was, here, there] = [before?.get(path)?.sha, ours?.get(path)?.sha, theirs?.get(path)?.sha];
    if (there === was || there === here) continue;
    if (here !== was) return { kind: 'conflict', path } as const;
    changes.push({ path, entry: theirs?.get(path) });
  }
  return { kind: 'clean', changes } as const;
}

async function filesOf(world: World, repository: InnerRepository, commit: string): Promise<Map<string, Entry>> {
  const tree = Tree.parse(await readInner(world, repository, `/git/trees/${commit}?recursive=1`));
  return new Map(tree.tree.filter(({ type }) => type !== 'tree').map((entry) => [entry.path, entry]));
}

type Commit = Sides & { message: string; parents: readonly string[] };

/** Makes the commit; no ref moves. */
export async function commitMerge(
  world: World,
  caller: Caller,
  repository: InnerRepository,
  commit: Commit,
): Promise<Merge> {
  const plan = await planMerge(world, repository, commit);
  if (plan.kind === 'conflict') return plan;
  const git = `/repos/${repository.full_name}/git`;
  const gone = { mode: '100644', type: 'blob', sha: null };
  const tree = plan.changes.map(({ path, entry }) => entry ?? { path, ...gone });
  const base = Tree.parse(await readInner(world, repository, `/git/trees/${commit.into}`));
  const treeSha =
    tree.length === 0 ? base.sha : await make(world, caller, `${git}/trees`, { base_tree: base.sha, tree });
  const sha = await make(world, caller, `${git}/commits`, {
    message: commit.message,
    tree: treeSha,
    parents: commit.parents,
  });
  return { kind: 'merged', sha };
}

async function make(world: World, caller: Caller, path: string, body: unknown): Promise<string> {
  const response = await callInner(world, caller, { method: 'POST', path, body: JSON.stringify(body) });
  return Made.parse(bodyOf(response)).sha;
}

type Branches = { into: string; from: string; message: string };

/** Merges one branch of a repository into another, and moves it. */
export async function mergeBranches(
  world: World,
  caller: Caller,
  repository: InnerRepository,
  branches: Branches,
): Promise<Merge> {
  const into = await findCommit(world, repository, branches.into);
  const from = await findCommit(world, repository, branches.from);
  if (!into || !from) throw notFound();
  const merge = await commitMerge(world, caller, repository, {
    into,
    from,
    message: branches.message,
    parents: [into, from],
  });
  if (merge.kind === 'conflict') return merge;
  const path = `/repos/${repository.full_name}/git/refs/heads/${escaped(branches.into)}`;
  await callInner(world, caller, { method: 'PATCH', path, body: JSON.stringify({ sha: merge.sha }) });
  return merge;
}
