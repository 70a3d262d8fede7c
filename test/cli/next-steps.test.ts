/** The commands that `init` prints are run as they stand: by a real shell and git, with stand-ins for gh and kubectl. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asked, lay, NAMES, temporary, treeOf } from './hawser.ts';

const set = lay(temporary(), {
  'example-app/a': 'example-app\n',
  'argo-config/bootstrap/b': '',
  '.github/c': '',
  '.github-private/d': '',
});

/** GitHub is a folder of bare repositories; what gh and kubectl are told is kept. */
function stage() {
  const place = temporary();
  const bin = lay(join(place, 'bin'), {
    'gh*': `#!/bin/sh -eu
echo "gh $*" >> "$PLACE/calls"
[ "$1" = repo ] || exit 0
mkdir -p "$PLACE/github/$(dirname "$3")"
git init --quiet --bare -b main "$PLACE/github/$3"
git -C "$6" remote add origin "$PLACE/github/$3"
git -C "$6" push --quiet origin HEAD
`,
    'kubectl*': '#!/bin/sh -eu\nls "$3" > /dev/null\necho "kubectl $*" >> "$PLACE/calls"\n',
  });
  const env = {
    PLACE: place,
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: place,
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'x'],
        [`GIT_${who}_EMAIL`, 'x@x'],
      ]),
    ),
  };
  const shell = (script: string) => spawnSync('sh', ['-eu'], { input: script, env, encoding: 'utf8' });
  return { place, shell, calls: () => (treeOf(place)['calls'] ?? '').trimEnd().split('\n') };
}

const stepsIn = (out: string) => out.slice(out.indexOf('Next:') + 'Next:'.length);

it('puts every repository on GitHub, the one with the workflows first and with its tag', async () => {
  const { place, shell, calls } = stage();
  const directory = join(place, "it's a folder");

  const { out } = await asked('init', directory, '--set', set, ...NAMES);
  const { status, stderr } = shell(stepsIn(out));

  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect(calls()).toEqual([
    'gh repo create acme/.github --private --source .github --push',
    'gh api -X PUT repos/acme/.github/actions/permissions/access -f access_level=organization',
    'gh repo create acme/.github-private --private --source .github-private --push',
    'gh repo create acme/argo-config --private --source argo-config --push',
    'gh repo create acme/shop --private --source shop --push',
    'kubectl apply -k argo-config/bootstrap',
  ]);
  const git = (...args: readonly string[]) =>
    spawnSync('git', args, { cwd: join(place, 'github/acme'), encoding: 'utf8' }).stdout;
  expect(git('-C', '.github', 'tag')).toBe('v1\n');
  expect(git('-C', 'shop', 'ls-tree', '-r', '--name-only', 'main')).toBe('.hawser.yaml\na\n');
  expect(await asked('init', directory, '--set', set, ...NAMES)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Nothing to write: .*$/),
  });
});

it('shows what an update has changed in repositories that git knows, and asks for nothing else', async () => {
  const { place, shell } = stage();
  const directory = join(place, 'there');
  shell(stepsIn((await asked('init', directory, '--set', set, ...NAMES)).out));
  const newer = lay(temporary(), {
    'example-app/a': 'example-app 2\n',
    'argo-config/bootstrap/b': '',
    '.github/c': '',
    '.github-private/d': '',
  });

  const { out } = await asked('update', directory, '--set', newer);
  const { status, stdout } = shell(stepsIn(out));

  expect(status).toBe(0);
  expect(stdout).toContain('-shop\n+shop 2\n');
  expect(stepsIn(out)).not.toContain('gh repo');
});
