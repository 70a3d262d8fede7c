/** What may stand in `.github/image-promotion.yml`, and where a mistake in it is said to be. */

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inLines, parseFile } from '../../schemas/parse-file.ts';
import { OrganisationRules, PromotionRules, UNREADABLE } from '../../schemas/promotion-rules.ts';
import { rulesIn } from '../../src/promotions/rules.ts';

const FILE = '.github/image-promotion.yml';
/** Every key there is. */
const WHOLE = `version: 1
enabled: true
targets:
  - environment: production
    path: overlays/production/kustomization.yaml
    format: kustomize
    image: ghcr.io/acme/shop
  - environment: production
    path: charts/shop/values.yaml
    format: helm
    image: ghcr.io/acme/shop
    keys: { image: image.repository, tag: image.tag, digest: image.digest }
rules:
  - match: { environments: [sandbox] }
    action: auto
    require: { onDefaultBranch: true, checks: [ci] }
  - match:
      environments: [production]
      images: ["ghcr.io/acme/*"]
      tags: "^v"
      increment: minor
      origins: [publisher, oidc, image-updater, package, release]
      refs: [refs/tags/*]
      events: [release]
      workflows: ["acme/ci/*"]
    action: auto
    require:
      onDefaultBranch: true
      checks: [ci]
      approvals: 1
      teams: [acme/platform]
      minAge: 1h
      after: { environment: sandbox, state: success, soak: 30m }
    window:
      timezone: Europe/Berlin
      allow: ["Mon-Thu 09:00-16:00"]
      freeze: [{ from: 2026-12-20, to: 2027-01-03, reason: holidays }]
    limits: { perDay: 4, minInterval: 30m }
    onFailure: revert
merge: { method: squash, via: direct, deleteBranch: true }
pr: { labels: [promotion], reviewers: [acme/platform], hold: hold }
`;

describe('the rules of a deployment repository', () => {
  it('may say all of this', () => {
    expect(parseFile(WHOLE, FILE, PromotionRules)).toMatchObject({
      ok: true,
      value: {
        rules: [
          { action: 'auto', match: { environments: ['sandbox'], increment: 'any' } },
          {
            require: { minAge: 3_600_000, after: { soak: 1_800_000 } },
            window: {
              allow: [{ days: [0, 1, 2, 3], from: 540, to: 960 }],
              freeze: [{ from: '2026-12-20T00:00', to: '2027-01-03T24:00' }],
            },
          },
        ],
      },
    });
  });

  it('are what the published JSON Schema says', () => {
    const published = readFileSync(new URL('../../schemas/image-promotion.schema.json', import.meta.url), 'utf8');
    const isValid = new Ajv({ strict: false }).compile(JSON.parse(published));

    expect([isValid(parse(WHOLE)), isValid({ ...parse(WHOLE), rulez: [] })]).toEqual([true, false]);
  });

  it.each([
    ['an unknown key', 'rulez: []\n', ['2: rulez: is not a key that Hawser knows']],
    [
      'an unknown key deep inside',
      'rules:\n- match:\n    image: x\n',
      ['4: rules[0].match.image: is not a key that Hawser knows'],
    ],
    ['no YAML', 'rules: [\n', ['3: Flow sequence in block collection must be sufficiently indented and end with a ]']],
    ['a key twice', 'rules: []\nrules: []\n', ['3: Map keys must be unique']],
    [
      'another action',
      'rules:\n- action: automatic\n',
      ['3: rules[0].action: Invalid option: expected one of "auto"|"manual"|"ignore"'],
    ],
    [
      'no time zone',
      'rules: [{ window: { timezone: Berlin } }]\n',
      ['2: rules[0].window.timezone: is no time zone; one is Europe/Berlin'],
    ],
    [
      'no hours',
      'rules: [{ window: { allow: ["Mon 9-5"] } }]\n',
      ['2: rules[0].window.allow[0]: hours are Mon-Thu 09:00-16:00, Sat,Sun 22:00-06:00, 09:00-16:00 or Mon-Fri'],
    ],
    [
      'no day of the week',
      'rules: [{ window: { allow: ["Mon-Foo"] } }]\n',
      ['2: rules[0].window.allow[0]: hours are Mon-Thu 09:00-16:00, Sat,Sun 22:00-06:00, 09:00-16:00 or Mon-Fri'],
    ],
    [
      'no day of the calendar',
      'rules: [{ window: { freeze: [{ from: 2026-02-30, to: 2026-03-01 }] } }]\n',
      ['2: rules[0].window.freeze[0].from: is no day of the calendar'],
    ],
    [
      'a freeze that ends before it begins',
      'rules: [{ window: { freeze: [{ from: 2026-03-02, to: 2026-03-01 }] } }]\n',
      ['2: rules[0].window.freeze[0]: a freeze ends after it begins'],
    ],
    [
      'a path out of the repository',
      'targets: [{ environment: p, path: ../x.yaml, format: kustomize, image: x }]\n',
      ['2: targets[0].path: a path leads from the root of the repository to a file, without . and ..'],
    ],
    [
      'keys of a kustomization',
      'targets: [{ environment: p, path: x.yaml, format: kustomize, image: x, keys: {} }]\n',
      ['2: targets[0].keys: only helm and argocd-source have keys'],
    ],
    [
      'an image with a tag',
      'targets: [{ environment: p, path: x.yaml, format: kustomize, image: "x:v1" }]\n',
      ['2: targets[0].image: the name of an image is registry/path, in lower case, without tag and digest'],
    ],
    [
      'a regular expression that looks ahead',
      'rules: [{ match: { tags: "(?=a)" } }]\n',
      [
        '2: rules[0].match.tags: is no regular expression that Hawser knows: look-around, \\1, \\b and lazy repeats are none',
      ],
    ],
    ['what only an organisation may say', 'enforced: []\n', ['2: enforced: is not a key that Hawser knows']],
  ])('%s is an error at its line', (_, text, lines) => {
    const parsed = parseFile(`version: 1\n${text}`, FILE, PromotionRules);

    expect(parsed.ok ? [] : inLines(parsed.failure)).toEqual(lines.map((line) => `${FILE}:${line}`));
  });

  it('need a version', () => {
    const parsed = parseFile('rules: []\n', FILE, PromotionRules);

    expect(parsed.ok ? [] : inLines(parsed.failure)).toEqual([`${FILE}:1: version: is required`]);
  });
});

describe('the rules of an organisation', () => {
  it('have no targets, which are a matter of each repository', () => {
    const parsed = parseFile('version: 1\ntargets: []\n', FILE, OrganisationRules);

    expect(parsed.ok ? [] : inLines(parsed.failure)).toEqual([`${FILE}:2: targets: is not a key that Hawser knows`]);
  });

  it('cannot enforce that something is reverted', () => {
    const parsed = parseFile('version: 1\nenforced: [{ onFailure: revert }]\n', FILE, OrganisationRules);

    expect(parsed.ok ? [] : inLines(parsed.failure)).toEqual([
      `${FILE}:2: enforced[0].onFailure: is not a key that Hawser knows`,
    ]);
  });

  it('that GitHub does not show leave everything to people', () => {
    const read = rulesIn({ rules: 'version: 1\nrules: [{ action: auto }]\n', organisation: UNREADABLE });

    expect(read.ok ? [] : inLines(read.failure)).toEqual([
      `the organisation's ${FILE}:1: GitHub does not let it be read`,
    ]);
  });
});
