/** What is read for a promotion, over real HTTP: the base, a source commit, and a branch of Image Updater's. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReadSource } from '../../schemas/effect.ts';
import { UNREADABLE } from '../../schemas/promotion-rules.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { IMAGE, PRODUCTION, pinned, type Site, startSite, TARGET } from './deployment-repository.ts';

const AT = Instant.parse(1_790_000_000_000);
const RULES = '.github/image-promotion.yml';
const repository = 'acme/shop-deployment';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(() => site.reset());
afterAll(() => site.close());

describe('the base', () => {
  const effect = { kind: 'read-base', at: AT } as const;
  const READ = ['GET ', 'GET /branches/main', expect.stringMatching(/^GET \/git\/trees\/[0-9a-f]{40}$/)];
  const OWNERS = `GET /repos/acme/.github/contents/${RULES}`;

  it('is every overlay at one commit, with no rules where there are none', async () => {
    const { base } = await site.learn('base', effect);

    expect(base).toEqual({
      ...(await site.base()),
      at: AT,
      rules: null,
      organisation: null,
      files: [
        { path: PRODUCTION, text: pinned('v1') },
        { path: 'overlays/sandbox/kustomization.yml', text: pinned('v2') },
      ],
    });
    expect(site.calls()).toEqual([
      ...READ,
      `GET /contents/${PRODUCTION}`,
      'GET /contents/overlays/sandbox/kustomization.yml',
      OWNERS,
    ]);
  });

  it('has the repository’s rules and those of its owner', async () => {
    await site.github.commit({ repository, files: { [RULES]: 'version: 1\nrules: []\n' } });
    await site.github.commit({ repository: 'acme/.github', files: { [RULES]: 'version: 1\nenabled: false\n' } });

    const { base } = await site.learn('base', effect);

    expect(base).toMatchObject({ rules: 'version: 1\nrules: []\n', organisation: 'version: 1\nenabled: false\n' });
  });

  it('is what the targets name, and no more: what is not there is left out', async () => {
    const target = (path: string, format: string) =>
      `  - { environment: production, path: ${path}, format: ${format}, image: ${IMAGE} }\n`;
    const rules = `version: 1\ntargets:\n${target('base/deployment.yaml', 'manifest')}${target('gone.yaml', 'helm')}`;
    await site.github.commit({ repository, files: { [RULES]: rules } });

    const { base } = await site.learn('base', effect);

    expect(base.files).toEqual([{ path: 'base/deployment.yaml', text: 'kind: Deployment\n' }]);
    expect(site.calls()).toEqual([...READ, `GET /contents/${RULES}`, 'GET /contents/base/deployment.yaml', OWNERS]);
  });

  it('of rules that can’t be read is every overlay, as if they named none', async () => {
    await site.github.commit({ repository, files: { [RULES]: 'targets: [\n' } });

    const { base } = await site.learn('base', effect);

    expect(base.files).toHaveLength(2);
    expect(base.rules).toBe('targets: [\n');
  });

  it('leaves out a file that is larger than any that people write', async () => {
    await site.github.commit({ repository, files: { [PRODUCTION]: `# ${'x'.repeat(300_000)}\n` } });

    const { base } = await site.learn('base', effect);

    expect(base.files.map(({ path }) => path)).toEqual(['overlays/sandbox/kustomization.yml']);
  });

  it('is not made of what is left when a file can’t be read', async () => {
    site.github.fault({ kind: 'server-error', path: `contents/overlays%2Fsandbox` });

    expect(await site.attempt(effect)).toMatchObject({ kind: 'later', reason: { code: 'unavailable' } });
  });

  it('is not taken for one without rules of the owner when these could not be read', async () => {
    site.github.fault({ kind: 'server-error', path: '/\\.github/contents/' });

    expect(await site.attempt(effect)).toMatchObject({ kind: 'later' });
  });

  it('is told from one that GitHub limits: the owner’s rules are not taken for none', async () => {
    site.github.fault({ kind: 'secondary-limit', path: '/\\.github/contents/' });

    expect(await site.attempt(effect)).toMatchObject({ kind: 'later', pause: expect.any(Number) });
  });
});

describe('the rules of the owner', () => {
  const effect = { kind: 'read-base', at: AT } as const;
  const CONTENTS = `GET /repos/acme/.github/contents/${RULES}`;
  const REPOSITORY = 'GET /repos/acme/.github';
  const BRANCH = 'GET /repos/acme/.github/branches/main';
  const KNOWN = 'version: 1\nenabled: false\n';
  const refusing = (status: number, path: string) =>
    site.github.fault({ kind: 'refuse', status, message: 'No', path, times: 10 });
  const owners = (files: Readonly<Record<string, string>>) => site.github.commit({ repository: 'acme/.github', files });
  const hidden = () => {
    refusing(404, '/\\.github/contents/');
    refusing(404, '/repos/acme/\\.github$');
  };

  it.each<[string, string | null, () => unknown, string | null, readonly string[]]>([
    ['what they say', null, () => owners({ [RULES]: KNOWN }), KNOWN, [CONTENTS]],
    ['what they say by now', 'version: 1\n', () => owners({ [RULES]: KNOWN }), KNOWN, [CONTENTS]],
    ['none where there never were any', null, () => {}, null, [CONTENTS]],
    ['none where nobody can see the repository, and nothing was ever known', null, hidden, null, [CONTENTS]],
    ['none where they were taken out of the repository', KNOWN, () => {}, null, [CONTENTS, REPOSITORY, BRANCH]],
    ['what they said where the repository is not to be seen any more', KNOWN, hidden, KNOWN, [CONTENTS, REPOSITORY]],
    [
      'what they said where the repository has no branch',
      KNOWN,
      () => refusing(404, '/\\.github/branches/'),
      KNOWN,
      [CONTENTS, REPOSITORY, BRANCH],
    ],
    [
      'what they said where the App is not let in any more',
      KNOWN,
      () => refusing(403, '/\\.github/contents/'),
      KNOWN,
      [CONTENTS],
    ],
    [
      'what they said where GitHub answers what is no text',
      KNOWN,
      () => owners({ [`${RULES}/folder`]: 'version: 1\n' }),
      KNOWN,
      [CONTENTS],
    ],
    ...[403, 422, 451, 410].map((status): [string, null, () => unknown, string, readonly string[]] => [
      `what nobody can read where GitHub answers ${status}, and nothing was ever known`,
      null,
      () => refusing(status, '/\\.github/contents/'),
      UNREADABLE,
      [CONTENTS],
    ]),
    ['none where what could not be read is not there', UNREADABLE, () => {}, null, [CONTENTS]],
  ])('are %s', async (_, known, come, expected, calls) => {
    await come();

    const { base } = await site.learn('base', effect, { ownersRules: () => known });

    expect(base.organisation).toBe(expected);
    expect(site.calls().filter((call) => call.includes('acme/.github'))).toEqual(calls);
  });

  it.each([
    ['themselves', '/\\.github/contents/'],
    ['nor whether their repository is there', '/repos/acme/\\.github$'],
    ['nor whether their branch is there', '/\\.github/branches/'],
  ])('are not taken for anything where GitHub fails: %s', async (_, path) => {
    site.github.fault({ kind: 'server-error', path, times: 10 });

    expect(await site.attempt(effect, { ownersRules: () => KNOWN })).toMatchObject({ kind: 'later' });
  });
});

describe('a source commit', () => {
  const SHOP = Repository.parse('acme/shop');
  const COMPARE = expect.stringMatching(/^GET \/repos\/acme\/shop\/compare\//);
  const reading = (sha: string, present: string | null): ReadSource => ({
    kind: 'read-source',
    target: TARGET,
    repository: SHOP,
    sha: Sha.parse(sha),
    present: present === null ? null : Sha.parse(present),
  });
  const facts = async (effect: ReadSource) => (await site.learn('source', effect)).facts;
  const pushed = async (branch?: string) =>
    site.github.commit({ repository: 'acme/shop', as: 'ada', ...(branch === undefined ? {} : { branch }) });

  it('is ahead of what is pinned when that is its ancestor, by three calls', async () => {
    const [present, sha] = [await pushed(), await pushed()];

    expect(await facts(reading(sha, present))).toMatchObject({ sha, present, order: 'ahead', onDefaultBranch: true });
    expect(site.calls()).toEqual(['GET /repos/acme/shop', COMPARE, COMPARE]);
  });

  it('is behind when it is the ancestor', async () => {
    const [sha, present] = [await pushed(), await pushed()];

    expect(await facts(reading(sha, present))).toMatchObject({ order: 'behind', onDefaultBranch: true });
  });

  it('of a branch that is not merged has diverged, and is not on the default branch', async () => {
    const sha = await pushed('topic');
    const present = await pushed();

    expect(await facts(reading(sha, present))).toMatchObject({ order: 'diverged', onDefaultBranch: false });
  });

  it('that is pinned already is not compared with itself', async () => {
    const sha = await pushed();

    expect(await facts(reading(sha, sha))).toMatchObject({ order: 'identical', onDefaultBranch: true });
    expect(site.calls()).toHaveLength(2);
  });

  it('beside which nothing is known to be pinned is not compared', async () => {
    expect(await facts(reading(await pushed('topic'), null))).toMatchObject({
      order: 'unknown',
      onDefaultBranch: false,
    });
    expect(site.calls()).toHaveLength(2);
  });

  it('that is not there can’t be told of', async () => {
    expect(await facts(reading('f'.repeat(40), null))).toMatchObject({ order: 'unknown', onDefaultBranch: null });
  });

  it('in another account is not asked about', async () => {
    const elsewhere = { ...reading('f'.repeat(40), null), repository: Repository.parse('rival/shop') };

    expect(await facts(elsewhere)).toMatchObject({ order: 'unknown', onDefaultBranch: null });
    expect(site.calls()).toEqual([]);
  });
});

describe('a branch of Image Updater’s', () => {
  const branch = 'image-updater-shop-v2';
  const propose = async (files: Record<string, string | null>) =>
    Sha.parse(await site.github.commit({ repository, branch, files }));

  it('is told by its YAML files, whole, as they were where it left the default branch and on it', async () => {
    const sha = await propose({
      [PRODUCTION]: pinned('v9'),
      '.argocd-source-shop.yaml': 'kustomize: {}\n',
      'README.md': 'No YAML\n',
      'overlays/sandbox/patch.yaml': null,
    });
    await site.github.commit({ repository, files: { [PRODUCTION]: pinned('v1.1') } });

    const learned = await site.learn('proposed', { kind: 'read-branch', branch, sha });

    expect(learned).toEqual({
      kind: 'proposed',
      branch,
      sha,
      files: [
        { path: '.argocd-source-shop.yaml', before: null, after: 'kustomize: {}\n' },
        { path: PRODUCTION, before: pinned('v1'), after: pinned('v9') },
      ],
    });
    expect(site.calls()).toEqual([
      'GET ',
      `GET /compare/main...${sha}`,
      'GET /contents/.argocd-source-shop.yaml',
      `GET /contents/${PRODUCTION}`,
      `GET /contents/${PRODUCTION}`,
    ]);
  });

  it('that changes more files than Image Updater would is not its own', async () => {
    const files = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`${index}.yaml`, 'a: b\n']));

    expect(await site.learn('proposed', { kind: 'read-branch', branch, sha: await propose(files) })).toMatchObject({
      files: [],
    });
  });

  it('whose commit is gone proposes nothing', async () => {
    const sha = Sha.parse('f'.repeat(40));

    expect(await site.learn('proposed', { kind: 'read-branch', branch, sha })).toMatchObject({ files: [] });
  });
});
