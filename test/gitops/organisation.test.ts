/** The shipped organisation's own rules, on top of a deployment repository's: what Hawser's decision makes of both. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { fileOf, here } from '../../cli/judged-set.ts';
import { RULES_FILE } from '../../schemas/promotion-rules.ts';
import { rulesIn } from '../../src/promotions/rules.ts';

const read = (path: string) => readFileSync(fileOf(path), 'utf8');
const ORGANISATION = read(`.github/${RULES_FILE}`);
const WORKFLOW = here('example-org/.github/.github/workflows/release.yaml@refs/tags/v1');
const COMMIT = '8d1f3a2b4c5d6e7f8091a2b3c4d5e6f708192a3b';

it('has rules that Hawser takes', () => {
  const rules = rulesIn({ rules: read(`example-app-deployment/${RULES_FILE}`), organisation: ORGANISATION });

  expect(rules.ok ? [] : rules.failure).toEqual([]);
});

/** One that would let everything through by itself. */
const LAX = `version: 1
rules: [{ action: auto }]
`;

const ours = { origin: 'oidc', run: { ref: 'refs/heads/main', event: 'push', workflow: WORKFLOW } };

describe('however lax a repository is', () => {
  it.each([
    ['what the shared workflow hands on after a push', 'sandbox', ours, 'auto'],
    ['the same, to production', 'production', ours, 'manual'],
    ['of a pull request', 'sandbox', { ...ours, run: { ...ours.run, event: 'pull_request' } }, 'manual'],
    [
      'of a workflow of its own',
      'sandbox',
      {
        ...ours,
        run: { ...ours.run, workflow: here('example-org/example-app/.github/workflows/mine.yaml@refs/heads/main') },
      },
      'manual',
    ],
    [
      'of a workflow of the same name elsewhere',
      'sandbox',
      { ...ours, run: { ...ours.run, workflow: `somebody/${WORKFLOW}` } },
      'manual',
    ],
    [
      'of the shared workflow on a branch of its repository',
      'sandbox',
      { ...ours, run: { ...ours.run, workflow: WORKFLOW.replace('tags/v1', 'heads/mine') } },
      'manual',
    ],
    ['of a publisher with a token', 'sandbox', { origin: 'publisher' }, 'manual'],
    ['of Image Updater', 'sandbox', { origin: 'image-updater' }, 'manual'],
  ] as const)('%s: in %s', (_, environment, by, action) => {
    const candidate = JSON.stringify({
      candidate: {
        environment,
        image: here('ghcr.io/example-org/example-app'),
        tag: COMMIT,
        source: { repository: here('example-org/example-app'), sha: COMMIT },
        ...by,
      },
      present: { tag: '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d' },
      facts: { onDefaultBranch: true, order: 'ahead' },
    });
    const files: Readonly<Record<string, string>> = { rules: LAX, candidate, organisation: ORGANISATION };
    const args = ['--rules', 'rules', '--candidate', 'candidate', '--organisation', 'organisation'];

    const { out, err } = explain([...args, '--at', '2026-12-01T10:00:00Z'], (path) => files[path], undefined);

    expect(err).toEqual([]);
    expect(out[0]).toMatch(new RegExp(`^${action}: `));
  });
});
