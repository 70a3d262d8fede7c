/** What is left to do by hand once repositories are written, with the exact commands. */
import type { Answers } from '../../schemas/reference-set.ts';

/** `isNew`: it is no git repository yet. */
export type Written = { readonly folder: string; readonly isNew: boolean };

export function afterInit(root: string, written: readonly Written[], answers: Answers): readonly string[] {
  const created = createSteps(namesOf(written, true), answers);
  const argoCD = written.some(({ folder }) => folder === 'argo-config') ? ARGO_CD : [];
  return inFolder(root, [...commitSteps(namesOf(written, false)), ...created, ...argoCD]);
}

export function afterUpdate(root: string, written: readonly Written[]): readonly string[] {
  return inFolder(root, commitSteps(namesOf(written, false)));
}

const ARGO_CD = [
  '# Argo CD: argo-config/README.md, "Before it works"; and then',
  'kubectl apply -k argo-config/bootstrap',
];

function commitSteps(names: readonly string[]): readonly string[] {
  return names.map(
    (name) => `git -C ${name} add --all && git -C ${name} diff --staged # look through it, and commit it`,
  );
}

/** Whatever calls a workflow comes after the repository that has it, and the tag by which it is called. */
function createSteps(names: readonly string[], { org }: Answers): readonly string[] {
  if (names.length === 0) return [];
  const others = names.filter((name) => name !== '.github' && !name.endsWith('-infra'));
  const infra = names.filter((name) => name.endsWith('-infra'));
  const create = (name: string) => [
    `git -C ${name} init -b main && git -C ${name} add --all && git -C ${name} commit -m "Lay down the reference set"`,
    `gh repo create "${org}/${name}" --private --source ${name} --push`,
  ];
  const first = [
    ...create('.github'),
    'git -C .github tag v1 && git -C .github push origin v1',
    '# The other repositories may call its workflows:',
    `gh api -X PUT "repos/${org}/.github/actions/permissions/access" -f access_level=organization`,
  ];
  return [
    '# Hawser comes first: "Deploy" in its README.md. What the workflows publish goes to it.',
    '# Look through them, and put them on GitHub (gh: https://cli.github.com)',
    ...(names.includes('.github') ? first : []),
    ...(others.length > 0
      ? [`for name in ${others.join(' ')}; do`, ...create('$name').map((line) => `  ${line}`), 'done']
      : []),
    ...infra.map((name) => `# ${name}/README.md, "Before it works", comes before its push: that applies it.`),
  ];
}

function inFolder(root: string, steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : ['', 'Next:', '', ...[`cd ${quoted(root)}`, ...steps].map((line) => `  ${line}`)];
}

function namesOf(written: readonly Written[], isNew: boolean): readonly string[] {
  return written.filter((each) => each.isNew === isNew).map(({ folder }) => (folder === '' ? '.' : folder));
}

/** As a shell takes it in one piece. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
