/** Reads which commit a Git tag names, with and without `v`: images and tags of one release differ in it. */
import * as z from 'zod';
import type { ResolveTag } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { type Sha, shaIn } from '../words/sha.ts';
import { type Attempt, failed, named } from './attempt.ts';

/** No such tag; an empty repository answers 409. */
const ABSENT = new Set([404, 409, 422]);
const Commit = z.object({ sha: z.string() });

export async function resolveTag(effect: ResolveTag, attempt: Attempt): Promise<Outcome> {
  for (const name of namesOf(effect.tag)) {
    const answer = await attempt.github('GET /repos/{owner}/{repo}/commits/tags/{tag}', {
      ...named(attempt.repository),
      tag: name,
      // The commit's hash alone, instead of its whole diff: https://docs.github.com/rest/commits/commits#get-a-commit
      headers: { accept: 'application/vnd.github.sha' },
    });
    if (answer.kind === 'answered' && ABSENT.has(answer.status)) continue;
    const sha = answer.kind === 'answered' && answer.status === 200 ? commitIn(answer.body) : undefined;
    return sha === undefined ? failed(answer, attempt) : learned(effect, sha);
  }
  return learned(effect, null);
}

/** `1.2.3` stands for `v1.2.3`, and the other way round; the name as it is goes first. */
export function namesOf(tag: string): readonly string[] {
  const other = tag.startsWith('v') ? tag.slice(1) : `v${tag}`;
  // A dot segment would be taken out of the URL, and another resource be asked for. Git allows neither as a name.
  return [tag, other].filter((name) => name !== '' && name !== '.' && name !== '..');
}

function commitIn(body: unknown): Sha | undefined {
  if (typeof body === 'string') return shaIn(body.trim());
  const commit = Commit.safeParse(body);
  return commit.success ? shaIn(commit.data.sha) : undefined;
}

function learned({ image, references, askedAt }: ResolveTag, sha: Sha | null): Outcome {
  return { kind: 'done', learned: { kind: 'tag', image, references, sha, askedAt } };
}
