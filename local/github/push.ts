/** Composes the `push` event of a ref that moved, with its commits and the files they touch. */
import * as z from 'zod';
import type { InnerRepository } from './inner-protocol.ts';
import { readInner } from './resolve.ts';
import type { Announcement, World } from './world.ts';

const Person = z.object({ name: z.string(), email: z.string(), date: z.string() });
const File = z.object({ filename: z.string(), status: z.string() });
const Commit = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: Person, committer: Person, tree: z.object({ sha: z.string() }) }),
  files: z.array(File).default([]),
});
const Compared = z.object({ commits: z.array(z.object({ sha: z.string() })), behind_by: z.number() });

type Move = { ref: string; before: string; after: string };

export async function pushOf(
  world: World,
  repository: InnerRepository,
  move: Move,
  sender: string,
): Promise<Announcement> {
  const created = /^0+$/.test(move.before);
  const deleted = /^0+$/.test(move.after);
  const base = created ? repository.default_branch : move.before;
  const compared = deleted
    ? undefined
    : Compared.safeParse(await readInner(world, repository, `/compare/${base}...${move.after}`));
  const shas = compared?.success ? compared.data.commits.map(({ sha }) => sha) : [];
  const head = deleted ? null : await commitView(world, repository, move.after);
  return {
    event: 'push',
    action: null,
    payload: {
      ...move,
      created,
      deleted,
      forced: !created && compared?.success === true && compared.data.behind_by > 0,
      base_ref: null,
      compare: `${world.url}/${repository.full_name}/compare/${move.before.slice(0, 12)}...${move.after.slice(0, 12)}`,
      commits: await Promise.all(shas.map((sha) => commitView(world, repository, sha))),
      head_commit: head,
      pusher: { name: sender, email: null },
    },
    repository,
    sender,
  };
}

async function commitView(world: World, repository: InnerRepository, sha: string) {
  const found = Commit.safeParse(await readInner(world, repository, `/commits/${sha}`));
  if (!found.success) return null;
  const { commit, files } = found.data;
  const touched = (status: string) => files.filter((file) => file.status === status).map((file) => file.filename);
  return {
    id: sha,
    tree_id: commit.tree.sha,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${world.url}/${repository.full_name}/commit/${sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: touched('added'),
    removed: touched('removed'),
    modified: [...touched('modified'), ...touched('renamed')],
  };
}
