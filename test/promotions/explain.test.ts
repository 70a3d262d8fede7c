/** `npm run hawser -- explain`, as people and workflows run it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { Instant } from '../../src/words/instant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RULES = `version: 1
rules:
  - match: { environments: [sandbox] }
    action: auto
  - match: { environments: [production], increment: minor }
    action: auto
    require:
      checks: [ci]
      after: { environment: sandbox, soak: 30m }
`;
const CANDIDATE = `candidate:
  environment: production
  image: ghcr.io/acme/shop
  tag: v1.5.0
  source: { repository: acme/shop, sha: 3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d }
  origin: release
present: { tag: v1.4.2 }
facts:
  onDefaultBranch: true
  checks: { ci: success }
  environments:
    sandbox: { sha: 3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d, state: success, since: 2026-11-25T10:00:00Z }
`;

describe('explain', () => {
  it('says which rule decides, why the others do not, and each answer', () => {
    const { code, out } = run(RULES, CANDIDATE, '--at', '2026-11-25T10:10:00Z');

    expect({ code, out }).toEqual({
      code: 0,
      out: `auto: Hawser merges it by rule 2 as soon as nothing is missing, not before 2026-11-25 10:30 UTC.

  Rule 1 is for the environment \`sandbox\`, and this is \`production\`.
  Rule 2 decides: \`auto\`.

  yes      \`v1.5.0\` is newer than \`v1.4.2\`: a minor step.
  yes      Its commit \`3f0384b\` is on the default branch of \`acme/shop\`.
  yes      The check \`ci\` has passed.
  not yet  It has been a success in \`sandbox\` since 2026-11-25 10:00 UTC, and 30m of that are asked for: until 2026-11-25 10:30 UTC.
`,
    });
  });

  it.each([
    ['manual', 2, CANDIDATE.replace('v1.5.0', 'v2.0.0')],
    ['ignore', 3, CANDIDATE.replace('v1.5.0', 'v1.4.2')],
  ] as const)('%s is exit %i', (action, code, candidate) => {
    const ran = run(RULES, candidate);

    expect({ code: ran.code, action: ran.out.slice(0, action.length) }).toEqual({ code, action });
  });

  it('says in one line what it cannot read, and exits 1', () => {
    const ran = run('version: 1\nrulez: []\nx: 1\n', CANDIDATE);

    expect({ code: ran.code, out: ran.out, err: ran.err.replace(/^.*\//, '') }).toEqual({
      code: 1,
      out: '',
      err: 'rules.yml:2: rulez: is not a key that Hawser knows (and 1 more)\n',
    });
  });

  const files: Readonly<Record<string, string>> = { r: RULES, c: CANDIDATE, broken: '[', none: 'candidate: {}\n' };
  it.each([
    [['--rules', 'r'], '--candidate FILE is missing'],
    [['--candidate', 'c'], '--rules FILE is missing'],
    [['--rules', 'nowhere', '--candidate', 'c'], 'nowhere: there is no such file, or it cannot be read'],
    [['--rules', 'r', '--candidate', 'c', '--at', 'noon'], '--at noon: is no time; one is 2026-11-25T09:00:00Z'],
    [['--rules', 'r', '--candidate', 'none'], 'none:1: candidate.environment: is required (and 2 more)'],
    [['--rules', 'r', '--candidate', 'broken'], 'broken:1: Flow sequence must end with a ]'],
    [['--rules', 'r', '--candidate', 'c', '--organisation', 'c'], 'c:1: version: is required (and 3 more)'],
    [['--rule', 'r'], "Unknown option '--rule'"],
    [['r'], "Unexpected argument 'r'"],
  ])('%j is refused in one line', (args, line) => {
    expect(explain(args, (path) => files[path], Instant.parse(0))).toEqual({ code: 1, out: [], err: [line] });
  });
});

it('another command is refused in one line', () => {
  const { status, stderr } = spawnSync(process.execPath, ['cli/hawser.ts', 'explian'], { cwd: ROOT, encoding: 'utf8' });

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'explian: there are init, update, explain and lint-routes; --help says more\n',
  });
});

function run(rules: string, candidate: string, ...more: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-'));
  const [rulesFile, candidateFile] = [join(directory, 'rules.yml'), join(directory, 'candidate.yml')];
  writeFileSync(rulesFile, rules);
  writeFileSync(candidateFile, candidate);
  const args = ['cli/hawser.ts', 'explain', '--rules', rulesFile, '--candidate', candidateFile, ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}
