/** The shipped deployment repository, read by what reads a user's: Hawser's parser, its search for targets, its decision. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { fileOf, here } from '../../cli/judged-set.ts';
import { RULES_FILE } from '../../schemas/promotion-rules.ts';
import { rulesIn } from '../../src/promotions/rules.ts';
import { targetsFor } from '../../src/promotions/targets.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';

const REPOSITORY = fileOf('example-app-deployment');
const IMAGE = here('ghcr.io/example-org/example-app');
const COMMIT = '8d1f3a2b4c5d6e7f8091a2b3c4d5e6f708192a3b';
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');
const rules = rulesIn({ rules: read(RULES_FILE), organisation: null });

it('has rules that Hawser takes', () => {
  expect(rules.ok ? [] : rules.failure).toEqual([]);
});

it('has two targets, production and sandbox: a preview is no place for promotions', () => {
  const files = globSync('{base,components,overlays}/**/*.yaml', { cwd: REPOSITORY }).map((path) => ({
    path,
    text: read(path),
  }));
  const base = { branch: 'main', sha: Sha.parse(COMMIT), tree: Sha.parse(COMMIT), at: Instant.parse(0) };

  const found = targetsFor(IMAGE, { ...base, rules: read(RULES_FILE), organisation: null, files }, rules);

  expect(
    found
      .map(({ environment, files, unreadable, present }) => ({
        environment,
        paths: files.map(({ path }) => path),
        unreadable,
        pinned: present.tag?.replace(/^[0-9a-f]{40}$/, 'a commit').replace(/^v\d+\.\d+\.\d+$/, 'a release'),
      }))
      .toSorted((one, other) => one.environment.localeCompare(other.environment)),
  ).toEqual([
    {
      environment: 'production',
      paths: ['overlays/production/kustomization.yaml'],
      unreadable: null,
      pinned: 'a release',
    },
    { environment: 'sandbox', paths: ['overlays/sandbox/kustomization.yaml'], unreadable: null, pinned: 'a commit' },
  ]);
});

describe('what the rules say of an image', () => {
  const TUESDAY = '2026-12-01T10:00:00Z';

  it.each([
    ['sandbox', COMMIT, 'auto', 'Rule 1 decides'],
    ['sandbox', 'v1.5.0', 'ignore', 'Rule 4 decides'],
    ['production', COMMIT, 'ignore', 'Rule 4 decides'],
    ['production', 'v1.5.0', 'manual', 'Rule 2 decides'],
    ['production', 'v2.0.0', 'manual', 'Rule 3 decides'],
  ] as const)('in %s %s is %s', (environment, tag, action, rule) => {
    const present = environment === 'sandbox' ? '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d' : 'v1.4.2';
    const candidate = JSON.stringify({
      candidate: {
        environment,
        image: IMAGE,
        tag,
        origin: 'oidc',
        source: { repository: here('example-org/example-app'), sha: COMMIT },
      },
      present: { tag: present },
      facts: { onDefaultBranch: true, order: 'ahead', checks: { validate: 'success' } },
    });
    const files: Readonly<Record<string, string>> = { rules: read(RULES_FILE), candidate };

    const { out, err } = explain(
      ['--rules', 'rules', '--candidate', 'candidate', '--at', TUESDAY],
      (path) => files[path],
      undefined,
    );

    expect(err).toEqual([]);
    expect(out[0]).toMatch(new RegExp(`^${action}: `));
    expect(out.join('\n')).toContain(rule);
  });
});
