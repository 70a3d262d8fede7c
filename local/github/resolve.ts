/** Finds the commit that a branch, a tag or a SHA names, through emulate's git. */
import * as z from 'zod';
import type { InnerRepository } from './inner-protocol.ts';
import type { World } from './world.ts';

const Ref = z.object({ object: z.object({ type: z.string(), sha: z.string() }) });
const Compared = z.object({ ahead_by: z.number(), behind_by: z.number() });

export async function readInner(world: World, repository: InnerRepository, path: string): Promise<unknown> {
  const [account = ''] = repository.full_name.split('/');
  const actor = { kind: 'installation', account } as const;
  const response = await world.inner.call({ method: 'GET', path: `/repos/${repository.full_name}${path}`, actor });
  return response.status === 200 ? JSON.parse(new TextDecoder().decode(response.body)) : undefined;
}

/** In GitHub's order: a branch, then a tag (an annotated one is followed), then a full SHA. */
export async function findCommit(world: World, repository: InnerRepository, ref: string): Promise<string | undefined> {
  const sha = /^[0-9a-f]{40}$/.test(ref);
  if (sha && world.commits.has(`${repository.id}:${ref}`)) return ref;
  const short = ref.replace(/^refs\//, '');
  const named = /^(heads|tags)\//.test(short) ? [short] : [`heads/${short}`, `tags/${short}`];
  for (const name of named) {
    const found = Ref.safeParse(await readInner(world, repository, `/git/ref/${escaped(name)}`));
    if (found.success) return peel(world, repository, found.data.object);
  }
  if (!sha || (await readInner(world, repository, `/git/commits/${ref}`)) === undefined) return undefined;
  world.commits.add(`${repository.id}:${ref}`);
  return ref;
}

async function peel(world: World, repository: InnerRepository, object: { type: string; sha: string }): Promise<string> {
  if (object.type !== 'tag') return object.sha;
  const tag = Ref.safeParse(await readInner(world, repository, `/git/tags/${object.sha}`));
  return tag.success ? peel(world, repository, tag.data.object) : object.sha;
}

export async function isBranch(world: World, repository: InnerRepository, name: string): Promise<boolean> {
  return (await readInner(world, repository, `/git/ref/heads/${escaped(name)}`)) !== undefined;
}

export async function compare(world: World, repository: InnerRepository, base: string, head: string) {
  return Compared.parse(await readInner(world, repository, `/compare/${escaped(base)}...${escaped(head)}`));
}

export function escaped(ref: string): string {
  return ref.split('/').map(encodeURIComponent).join('/');
}
