/** Which repositories are laid down or brought up to date, where each stands, and what is remembered of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from 'semver';
import type { Answers, Remembered } from '../../schemas/reference-set.ts';
import { MEMORY, parseMemory } from './memory.ts';
import { partOf } from './names.ts';
import { contentAt, identityAt } from './on-disk.ts';
import type { Target } from './plan.ts';
import { Refused, reasonOf } from './refused.ts';
import { render } from './render.ts';
import type { Template } from './set.ts';

export function initTargets(
  root: string,
  set: readonly Template[],
  picked: readonly string[],
  answers: Answers,
  version: string,
): readonly Target[] {
  const targets = set
    .filter(({ folder }) => picked.includes(partOf(folder)))
    .map((template): Target => {
      const { part, folder, files } = render(template, answers);
      const memory = memoryOf(root, folder, version);
      if (memory !== undefined) refuseAnothers(join(root, folder, MEMORY), memory, part, answers);
      return { folder, files, memory, next: { version, repository: part, answers } };
    });
  const folders = targets.map(({ folder }) => folder);
  const twice = folders.find((folder, index) => folders.indexOf(folder) !== index);
  if (twice !== undefined) throw new Refused(`--app ${answers.app}: two repositories would be named ${twice}`);
  return targets;
}

/** `root` is one of the repositories, or the folder that holds them. */
export function updateTargets(root: string, set: readonly Template[], version: string): readonly Target[] {
  const folders = identityAt(root, MEMORY) === undefined ? foldersIn(root) : [''];
  const targets = folders.flatMap((folder) => {
    const memory = memoryOf(root, folder, version);
    return memory === undefined ? [] : [updateTarget(join(root, folder, MEMORY), folder, memory, set, version)];
  });
  if (targets.length > 0) return targets;
  throw new Refused(`${root}: neither it nor a folder in it has a ${MEMORY}; hawser init writes the first`);
}

function updateTarget(
  file: string,
  folder: string,
  memory: Remembered,
  set: readonly Template[],
  version: string,
): Target {
  const template = set.find((each) => partOf(each.folder) === memory.repository);
  // Taken as a repository without files, it would be emptied.
  if (template === undefined) {
    throw new Refused(
      `${file}: the set has no repository ${memory.repository} any more; delete this file to keep yours`,
    );
  }
  const { repository, answers } = memory;
  return { folder, files: render(template, answers).files, memory, next: { version, repository, answers } };
}

function memoryOf(root: string, folder: string, version: string): Remembered | undefined {
  const path = folder === '' ? MEMORY : `${folder}/${MEMORY}`;
  if (identityAt(root, path) === undefined) return undefined;
  const content = contentAt(root, path);
  const file = join(root, path);
  if (content === undefined) throw new Refused(`${file}: is no file`);
  const memory = parseMemory(content, file);
  if (compare(memory.version, version) <= 0) return memory;
  throw new Refused(`${file}: Hawser ${memory.version} wrote this, and here is ${version}: get the newer one first`);
}

function refuseAnothers(file: string, memory: Remembered, part: string, answers: Answers): void {
  if (memory.repository !== part) throw new Refused(`${file}: is of the repository ${memory.repository}, not ${part}`);
  for (const name of ['org', 'app'] as const) {
    if (memory.answers[name] === answers[name]) continue;
    throw new Refused(
      `${file}: was written for --${name} ${memory.answers[name]}, not ${answers[name]}; leave ${part} out by --only, or choose another DIR`,
    );
  }
}

function foldersIn(root: string): readonly string[] {
  try {
    return (
      readdirSync(root, { withFileTypes: true })
        // A link counts where it leads to a repository, so that it is refused and not passed over.
        .filter(
          (entry) => entry.isDirectory() || (entry.isSymbolicLink() && existsSync(join(root, entry.name, MEMORY))),
        )
        .map(({ name }) => name)
        .toSorted()
    );
  } catch (error) {
    throw new Refused(`${root}: can't be read: ${reasonOf(error)}`);
  }
}
