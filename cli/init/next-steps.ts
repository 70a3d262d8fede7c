/** What is left to do by hand once repositories are there, with the exact commands. */
import type { Answers } from '../../schemas/reference-set.ts';

/** `written` are folders in `root`. */
export function nextSteps(root: string, written: readonly string[], { org }: Answers): readonly string[] {
  if (written.length === 0) return [];
  return [
    '',
    'Next: look through them, then put each on GitHub (gh: https://cli.github.com).',
    '',
    `  cd ${quoted(root)}`,
    `  for name in ${inOrder(written).join(' ')}; do`,
    '    git -C "$name" init -b main && git -C "$name" add --all && git -C "$name" commit -m "Lay down the reference set" &&',
    `      gh repo create "${org}/$name" --private --source "$name" --push || break`,
    '  done',
  ];
}

/** Whatever calls a workflow comes after the repository that has it. */
function inOrder(folders: readonly string[]): readonly string[] {
  return folders.toSorted((one, other) => Number(other === '.github') - Number(one === '.github'));
}

/** As a shell takes it in one piece. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
