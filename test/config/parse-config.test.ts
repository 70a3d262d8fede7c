/** What `hawser.yaml` means, and where a mistake in it is said to be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../schemas/parse-config.ts';
import { inLines } from '../../schemas/parse-file.ts';

const MAIN = `argocd:
  - name: main
    repositories: [acme/*]
    environments: ["*"]
`;

describe('a configuration', () => {
  it('is complete without a word', () => {
    expect(parseConfig('# nothing yet\n', 'hawser.yaml')).toMatchObject({
      ok: true,
      value: { deployments: { settle: 30_000, degradedAfter: 60_000, deadline: 1_800_000 }, argocd: [] },
    });
  });

  it('is the one that the repository ships', () => {
    const shipped = readFileSync(new URL('../../hawser.yaml', import.meta.url), 'utf8');

    expect(parseConfig(shipped, 'hawser.yaml')).toMatchObject({ ok: true, value: { argocd: [{ name: 'main' }] } });
  });

  it('may be JSON', () => {
    const json = JSON.stringify(
      { argocd: [{ name: 'main', repositories: ['*'], environments: ['*'] }] },
      undefined,
      '\t',
    );

    expect(parseConfig(json, 'HAWSER')).toMatchObject({ ok: true, value: { argocd: [{ name: 'main' }] } });
  });

  it('may repeat itself by anchors and merges', () => {
    const text = `argocd:
  - &main
    name: main
    repositories: &all [acme/*]
    environments: ["*"]
  - <<: *main
    name: other
publishers:
  - { name: ci, repositories: *all }
`;

    expect(parseConfig(text, 'hawser.yaml')).toMatchObject({
      ok: true,
      value: {
        argocd: [{ name: 'main' }, { name: 'other', repositories: ['acme/*'] }],
        publishers: [{ repositories: ['acme/*'] }],
      },
    });
  });

  it.each([
    ['an unknown key', 'colour: red\n', ['hawser.yaml:1: colour: is not a key that Hawser knows']],
    [
      'several, each at its own line',
      'previews:\n  label: x\n  lable: y\n\n  foo: 1\n',
      [
        'hawser.yaml:3: previews.lable: is not a key that Hawser knows',
        'hawser.yaml:5: previews.foo: is not a key that Hawser knows',
      ],
    ],
    [
      'a key that JavaScript objects inherit',
      'constructor: 1\n__proto__: 2\n',
      [
        'hawser.yaml:1: constructor: is not a key that Hawser knows',
        'hawser.yaml:2: __proto__: is not a key that Hawser knows',
      ],
    ],
    [
      'a missing key, at what lacks it',
      `${MAIN}  - name: other\n    environments: ["*"]\n`,
      ['hawser.yaml:5: argocd[1].repositories: is required'],
    ],
    [
      'a wrong value',
      'deployments:\n  deadline: 30m\n  settle: 30 seconds\n',
      ['hawser.yaml:3: deployments.settle: a duration is a number with s, m or h: 90s, 30m, 72h'],
    ],
    [
      'a wrong item',
      'argocd:\n  - name: main\n    environments: ["*"]\n    repositories:\n      - acme/*\n      - 7\n',
      ['hawser.yaml:6: argocd[0].repositories[1]: Invalid input: expected string, received number'],
    ],
    [
      'a destination that is not https',
      `${MAIN}    url: http://argocd.example.com\n`,
      ['hawser.yaml:5: argocd[0].url: a URL here is https, or http on loopback'],
    ],
    [
      'a mode that there is not',
      `${MAIN}    refresh: { mode: poll }\n`,
      ["hawser.yaml:5: argocd[0].refresh.mode: Invalid discriminator value. Expected 'webhook' | 'action' | 'off'"],
    ],
    [
      'a name with a dot in the path',
      'environments:\n  prod.eu:\n    url: nowhere\n',
      ['hawser.yaml:3: environments["prod.eu"].url: a URL here is https, or http on loopback'],
    ],
    [
      'a mistake behind an alias',
      'environments:\n  a: &a { url: nowhere }\n  b: *a\n',
      [
        'hawser.yaml:2: environments.a.url: a URL here is https, or http on loopback',
        'hawser.yaml:2: environments.b.url: a URL here is https, or http on loopback',
      ],
    ],
    ['two of one name', `${MAIN}${MAIN.slice(8)}`, ['hawser.yaml:1: argocd: two Argo CD instances have one name']],
    ['a key given twice', 'github: {}\ngithub: {}\n', ['hawser.yaml:2: Map keys must be unique']],
    ['an alias of nothing', 'github: {}\nargocd: *main\n', ['hawser.yaml:2: no anchor &main above']],
    ['a tag', 'github: {}\nargocd: !include x\n', ['hawser.yaml:2: Unresolved tag: !include']],
    ['a list', '- a\n', ['hawser.yaml:1: Invalid input: expected object, received array']],
  ])('is refused for %s', (_, text, expected) => {
    const config = parseConfig(text, 'hawser.yaml');

    expect(config.ok ? [] : inLines(config.failure)).toEqual(expected);
  });

  it('is refused with the line where the YAML breaks', () => {
    const config = parseConfig('argocd:\n  - name: [main\npublishers: []\n', 'hawser.yaml');

    expect(config).toMatchObject({ ok: false, failure: { problems: [{ line: 3, path: '' }] } });
  });
});
