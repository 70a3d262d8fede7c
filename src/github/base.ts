/** Reads the default branch at one commit: its rules, the owner's, and the files that may pin an image. */
import * as z from 'zod';
import type { ReadBase } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { parseFile } from '../../schemas/parse-file.ts';
import { PromotionRules, RULES_FILE } from '../../schemas/promotion-rules.ts';
import { Sha } from '../words/sha.ts';
import { ask } from './ask.ts';
import { type OwnersAttempt, readOwnersRules } from './owners-rules.ts';
import { LARGEST, readDefaultBranch, readText } from './texts.ts';

/** A call each. */
const MOST_FILES = 100;
const OVERLAY = /^overlays\/[^/]+\/kustomization\.ya?ml$/;

const Tip = z.object({ commit: z.object({ sha: Sha, commit: z.object({ tree: z.object({ sha: Sha }) }) }) });
const Tree = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), type: z.string(), size: z.number().nullish() })),
});

export async function readBase({ at }: ReadBase, attempt: OwnersAttempt): Promise<Outcome> {
  const branch = await readDefaultBranch(attempt);
  if (!branch.ok) return branch.failure;
  const named = { branch: branch.value };
  const tip = await ask(attempt, 'GET /repos/{owner}/{repo}/branches/{branch}', named, Tip);
  if (!tip.ok) return tip.failure;
  const { sha, commit } = tip.value.commit;
  const wanted = { tree_sha: commit.tree.sha, recursive: '1' };
  const tree = await ask(attempt, 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}', wanted, Tree);
  if (!tree.ok) return tree.failure;
  // A part of the list would look as if the rest were gone.
  if (tree.value.truncated) return tooLong('GitHub lists only a part of the files of this repository: it has too many');

  const there = tree.value.tree.filter(({ type, size }) => type === 'blob' && (size ?? 0) <= LARGEST);
  const paths = new Set(there.map(({ path }) => path));
  const isThere = tree.value.tree.some(({ path }) => path === RULES_FILE);
  const rules = isThere ? await readText(RULES_FILE, sha, attempt) : undefined;
  if (rules?.ok === false) return rules.failure;
  const own = rules?.value ?? null;
  const chosen = chosenFrom(paths, own);
  if (chosen.length > MOST_FILES) {
    return tooLong(`${chosen.length} files may pin images, and at most ${MOST_FILES} are read: name them as targets`);
  }

  const files: { readonly path: string; readonly text: string }[] = [];
  for (const path of chosen) {
    const text = await readText(path, sha, attempt);
    if (!text.ok) return text.failure;
    if (text.value !== null) files.push({ path, text: text.value });
  }
  const organisation = await readOwnersRules(attempt);
  if (!organisation.ok) return organisation.failure;
  const base = { branch: branch.value, sha, tree: commit.tree.sha, at, rules: own, organisation: organisation.value };
  return { kind: 'done', learned: { kind: 'base', base: { ...base, files } } };
}

/** What the rules name, else every overlay. */
function chosenFrom(paths: ReadonlySet<string>, rules: string | null): readonly string[] {
  const read = rules === null ? undefined : parseFile(rules, RULES_FILE, PromotionRules);
  const targets = read?.ok === true ? read.value.targets : undefined;
  if (targets === undefined) return [...paths].filter((path) => OVERLAY.test(path));
  return [...new Set(targets.map(({ path }) => path))].filter((path) => paths.has(path));
}

function tooLong(message: string): Outcome {
  return { kind: 'dead', reason: { code: 'too-long', message } };
}
