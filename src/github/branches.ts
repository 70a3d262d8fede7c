/** Reads what a branch of Image Updater's changes: whole texts, before and after, for the domain to find the pins in. */
import * as z from 'zod';
import type { ChangedFile } from '../../schemas/answers.ts';
import type { ReadBranch } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { Sha } from '../words/sha.ts';
import { ask } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { LARGEST, readDefaultBranch, readText } from './texts.ts';

/** Image Updater changes a file for each target; whoever changes more is not it. */
const MOST_FILES = 20;

const Compared = z.object({
  merge_base_commit: z.object({ sha: Sha }),
  files: z.array(z.object({ filename: z.string(), status: z.string() })).default([]),
});

export async function readBranch({ branch, sha }: ReadBranch, attempt: Attempt): Promise<Outcome> {
  const base = await readDefaultBranch(attempt);
  if (!base.ok) return base.failure;
  const basehead = `${base.value}...${sha}`;
  const compared = await ask(attempt, 'GET /repos/{owner}/{repo}/compare/{basehead}', { basehead }, Compared);
  if (!compared.ok) {
    // The branch is gone, or was moved, and its commit with it.
    return compared.status === 404 ? learned(branch, sha, []) : compared.failure;
  }
  const { files, merge_base_commit: from } = compared.value;
  const changed = files.filter(({ filename, status }) => status !== 'removed' && /\.ya?ml$/.test(filename));
  if (files.length > MOST_FILES) return learned(branch, sha, []);

  const texts: ChangedFile[] = [];
  for (const { filename: path, status } of changed) {
    const after = await readText(path, sha, attempt);
    if (!after.ok) return after.failure;
    const before = status === 'added' ? undefined : await readText(path, from.sha, attempt);
    if (before?.ok === false) return before.failure;
    if (after.value !== null && after.value.length < LARGEST)
      texts.push({ path, before: before?.value ?? null, after: after.value });
  }
  return learned(branch, sha, texts);
}

function learned(branch: string, sha: Sha, files: readonly ChangedFile[]): Outcome {
  return { kind: 'done', learned: { kind: 'proposed', branch, sha, files } };
}
