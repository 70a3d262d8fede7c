/** What GitHub's events are to promotions: from a payload to the event, or to the reason why it is none. */
import examples from '@octokit/webhooks-examples';
import { describe, expect, it } from 'vitest';
import { understanding } from '../../functions/understand-webhook.ts';
import { deploymentOf } from '../../src/words/deployment-repository.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';

const SHA = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const OTHER = '0e2a89b191332bb87b4f2fefef2f597eba2197b3';
const ZERO = '0'.repeat(40);
const DIGEST = `sha256:${'89160c58'.repeat(8)}`;
const NOW = Instant.parse(1_795_000_000_000);

describe('a pull request', () => {
  it.each([
    ['auto_merge_enabled', { native: 'armed' }],
    ['enqueued', { native: 'armed' }],
    ['auto_merge_disabled', { native: 'disarmed' }],
    ['dequeued', { native: 'disarmed' }],
    ['labeled', {}],
  ])('by the action %s says %j of a merge that is left to GitHub', (action, native) => {
    const told = understood('pull_request', { ...exampleOf('pull_request'), action, reason: 'Asked for' });

    expect(told).toMatchObject({ event: { kind: 'pull-request' } });
    expect(told).toEqual({ ...(told as object), event: expect.objectContaining(native) });
    expect(Object.hasOwn((told as { event: object }).event, 'native')).toBe('native' in native);
  });
});

describe('a push', () => {
  const pushed = { kind: 'push', id: 'guid', by: { login: 'Codertocat', isBot: false }, before: OTHER, after: SHA };

  it.each([
    [
      'to the default branch of a deployment repository',
      push({ ref: 'refs/heads/main', repository: repository('acme/shop-deployment') }),
      { event: { ...pushed, branch: 'main', isDefault: true }, to: 'acme/shop-deployment' },
    ],
    [
      'to the default branch of any other repository, where something was heard of it',
      push({ ref: 'refs/heads/main' }),
      { event: { ...pushed, branch: 'main', isDefault: true }, to: 'acme/shop', onlyKnown: true },
    ],
    [
      'that makes a branch of Image Updater',
      push({ ref: 'refs/heads/image-updater-shop-v2', before: ZERO }),
      { event: { ...pushed, before: null, branch: 'image-updater-shop-v2', isDefault: false }, to: 'acme/shop' },
    ],
    [
      'that writes such a branch anew',
      push({ ref: 'refs/heads/image-updater-shop', forced: true }),
      { event: { ...pushed, branch: 'image-updater-shop', isDefault: false }, to: 'acme/shop' },
    ],
    [
      'by an App',
      push({ ref: 'refs/heads/main', sender: { login: 'shop-bot[bot]', type: 'Bot' } }),
      {
        event: { ...pushed, branch: 'main', isDefault: true, by: { login: 'shop-bot[bot]', isBot: true } },
        to: 'acme/shop',
        onlyKnown: true,
      },
    ],
    [
      'by a deploy key, which has no sender',
      push({ ref: 'refs/heads/main', sender: undefined, pusher: { name: 'acme' } }),
      {
        event: { ...pushed, branch: 'main', isDefault: true, by: { login: 'acme', isBot: false } },
        to: 'acme/shop',
        onlyKnown: true,
      },
    ],
    [
      'that removes such a branch',
      push({ ref: 'refs/heads/image-updater-shop', after: ZERO }),
      'a branch of Image Updater was removed',
    ],
    ['to any other branch', push({ ref: 'refs/heads/feature' }), 'a push to a branch that promotions do not stand on'],
    [
      "to Hawser's own branch",
      push({ ref: 'refs/heads/hawser/production/shop' }),
      'a push to a branch that promotions do not stand on',
    ],
    ['of a tag', push({ ref: 'refs/tags/v1' }), 'a push of no branch'],
    ['of a tag that is called as the branch', push({ ref: 'refs/tags/main' }), 'a push of no branch'],
  ])('%s', (_, payload, expected) => {
    expect(understood('push', payload)).toEqual(expected);
  });
});

describe('a gate', () => {
  const byHead = { event: { kind: 'gate', id: 'guid', of: { head: SHA } }, to: 'acme/shop' };
  const byNumber = { event: { kind: 'gate', id: 'guid', of: { number: 7 } }, to: 'acme/shop' };

  it.each<[string, string, object, unknown]>([
    ['a check that has ended', 'check_run', run({}), byHead],
    ['one on a branch of Image Updater', 'check_run', run({}, 'completed', 'image-updater-shop'), byHead],
    ['one of which GitHub names no branch', 'check_run', run({}, 'completed', null), byHead],
    ['one that has begun', 'check_run', run({}, 'created'), 'a check was created'],
    ['one on another branch', 'check_run', run({}, 'completed', 'main'), 'on no branch that promotions stand on'],
    ["Hawser's own", 'check_run', run({ name: 'hawser/promotion' }), "Hawser's own check"],
    ['checks of an App that have ended', 'check_suite', suite({}), byHead],
    ["Hawser's own checks", 'check_suite', suite({ app: { id: 4711 } }), "Hawser's own check"],
    ['checks that are asked for', 'check_suite', suite({}, 'requested'), 'a check suite was requested'],
    [
      'checks on another branch',
      'check_suite',
      suite({ head_branch: 'main' }),
      'on no branch that promotions stand on',
    ],
    ['a status', 'status', status({}), byHead],
    [
      'a status on several branches',
      'status',
      status({ branches: [{ name: 'main' }, { name: 'hawser/production/shop' }] }),
      byHead,
    ],
    [
      'a status on another branch',
      'status',
      status({ branches: [{ name: 'main' }] }),
      'on no branch that promotions stand on',
    ],
    ['a status on a commit of no branch', 'status', status({ branches: [] }), byHead],
    ['a pending status', 'status', status({ state: 'pending' }), 'a status that is pending'],
    ['a review', 'pull_request_review', review('submitted'), byNumber],
    ['a review that is dismissed', 'pull_request_review', review('dismissed'), byNumber],
    ['a review whose words were changed', 'pull_request_review', review('edited'), 'a review was edited'],
    [
      'a review of another pull request, which is a sign of life instead',
      'pull_request_review',
      review('submitted', 'feature'),
      { to: 'acme/shop', event: { kind: 'comment', id: 'guid', number: 7, at: Date.parse('2026-11-25T12:00:00Z') } },
    ],
  ])('may open by %s', (_, name, payload, expected) => {
    expect(understood(name, payload)).toEqual(expected);
  });
});

describe.each(['package', 'registry_package'])('%s', (name) => {
  const candidate = { image: 'ghcr.io/acme/shop', tag: 'v1.2.3', digest: DIGEST, origin: 'package', firstSeen: NOW };
  const event = { kind: 'image', id: expect.stringMatching(/^[0-9a-f]{64}$/), candidate };
  const to = { to: 'acme/shop-deployment', onlyKnown: true };
  const from = (sha: string, more: object) => ({
    event: { ...event, candidate: { ...candidate, ...more, source: { repository: 'acme/shop', sha } } },
    ...to,
  });

  it.each<[string, object, unknown]>([
    ['an image with its tag and digest', published({}), { event, ...to }],
    ['an image that was pushed again', published({}, { action: 'updated' }), { event, ...to }],
    ['one whose tag is its commit', published({ tag: SHA }), from(SHA, { tag: SHA })],
    ['one whose label tells its commit', published({ revision: SHA }), from(SHA, {})],
    ['one whose tag is short for its commit', published({ tag: 'sha-0e2a89b' }), from(OTHER, { tag: 'sha-0e2a89b' })],
    ['one whose digest only the tag tells', published({ version: '' }), { event, ...to }],
    [
      "one of a registry's nested name, in capitals",
      published({ url: 'ghcr.io/Acme/Shop/api:v1.2.3' }),
      { event: { ...event, candidate: { ...candidate, image: 'ghcr.io/acme/shop/api' } }, ...to },
    ],
    ['one of which no URL is told', published({ url: '' }), { event, ...to }],
    ['one whose URL ends in a colon', published({ url: 'ghcr.io/acme/shop:' }), { event, ...to }],
    ['an untagged child of it', published({ tag: '' }), 'an image without a tag'],
    ['one that is no image', published({}, { type: 'npm' }), 'a package that is no image'],
    ['one of no repository', published({}, { repository: undefined }), 'a package that is linked to no repository'],
    ['one that was removed', published({}, { action: 'deleted' }), 'a package was deleted'],
    ['nothing at all', { action: 'published' }, 'a package that is no image'],
  ])('tells of %s', (_, payload, expected) => {
    expect(understood(name, renamed(payload, name))).toEqual(expected);
  });

  it('goes to the repository that the configuration names, heard of or not', () => {
    expect(understood(name, renamed(published({}), name), { 'acme/shop': Repository.parse('acme/gitops') })).toEqual({
      event,
      to: 'acme/gitops',
    });
  });

  it('goes there in any case where Image Updaters are to be told', () => {
    expect(understood(name, renamed(published({}), name), {}, true)).toEqual({ event, to: 'acme/shop-deployment' });
  });
});

describe('a release', () => {
  it.each<[string, object, unknown]>([
    [
      'proposes the image that is called as the repository',
      release({}),
      {
        event: {
          kind: 'image',
          id: expect.stringMatching(/^[0-9a-f]{64}$/),
          candidate: { image: 'ghcr.io/acme/shop', tag: 'v1.2.3', origin: 'release', firstSeen: NOW },
        },
        to: 'acme/shop-deployment',
        onlyKnown: true,
      },
    ],
    ['that is a draft is none yet', release({ draft: true }), 'a release that is not final'],
    ['before the final one is none', release({ prerelease: true }), 'a release that is not final'],
    ['that was only made is none yet', release({}, 'created'), 'a release was created'],
    ['that is released counts once, as published', release({}, 'released'), 'a release was released'],
    [
      'whose tag no image can have is none',
      release({ tag_name: 'release/v1' }),
      'a release whose name is not that of an image',
    ],
  ])('%s', (_, payload, expected) => {
    expect(understood('release', payload)).toEqual(expected);
  });
});

function understood(
  name: string,
  payload: object,
  named: Record<string, Repository> = {},
  hasUpdaters = false,
): unknown {
  const around = {
    now: NOW,
    appId: '4711',
    deploymentOf: (from: Repository) => deploymentOf(from, named),
    hasUpdaters,
  };
  const result = understanding(name)?.(payload, 'guid', around);
  if (result?.kind === 'refused') return result.answer.kind === 'ignored' ? result.answer.why : result.answer;
  if (result?.kind !== 'event') return result;
  const { event, repository: to, onlyKnown } = result;
  return { event, to, ...(onlyKnown === undefined ? {} : { onlyKnown }) };
}

function exampleOf(name: string): Record<string, unknown> {
  return examples.find((each) => each.name === name)?.examples[0] as Record<string, unknown>;
}

function repository(full_name: string) {
  return { full_name, default_branch: 'main' };
}

function push(changed: object) {
  return { ...exampleOf('push'), before: OTHER, after: SHA, repository: repository('acme/shop'), ...changed };
}

function run(changed: object, action = 'completed', head_branch: string | null = 'hawser/production/shop') {
  const check_run = { ...(exampleOf('check_run')['check_run'] as object), head_sha: SHA, name: 'ci' };
  return {
    action,
    repository: repository('acme/shop'),
    check_run: { ...check_run, check_suite: { head_branch }, ...changed },
  };
}

function suite(changed: object, action = 'completed') {
  const check_suite = {
    ...(exampleOf('check_suite')['check_suite'] as object),
    head_sha: SHA,
    head_branch: 'hawser/production/shop',
  };
  return { action, repository: repository('acme/shop'), check_suite: { ...check_suite, ...changed } };
}

function status(changed: object) {
  const branches = [{ name: 'hawser/production/shop' }];
  return {
    ...exampleOf('status'),
    sha: SHA,
    state: 'success',
    branches,
    repository: repository('acme/shop'),
    ...changed,
  };
}

function review(action: string, ref = 'hawser/production/shop') {
  return {
    action,
    repository: repository('acme/shop'),
    pull_request: { number: 7, updated_at: '2026-11-25T12:00:00Z', head: { ref } },
  };
}

function release(changed: object, action = 'published') {
  const published = {
    ...(exampleOf('release')['release'] as object),
    tag_name: 'v1.2.3',
    draft: false,
    prerelease: false,
  };
  return { action, repository: repository('acme/shop'), release: { ...published, ...changed } };
}

type Told = { readonly tag?: string; readonly version?: string; readonly revision?: string; readonly url?: string };
type About = { readonly action?: string; readonly type?: string; readonly repository?: object | undefined };

/** The fields of a delivery as GitHub makes it of an image: empty where nothing is known. */
function published(
  { tag = 'v1.2.3', version = DIGEST, revision = '', url = `ghcr.io/acme/shop:${tag}` }: Told,
  about: About = {},
) {
  const { action = 'published', type = 'CONTAINER' } = about;
  return {
    action,
    repository: 'repository' in about ? about.repository : repository('acme/shop'),
    package: {
      name: 'shop',
      namespace: 'acme',
      ecosystem: 'CONTAINER',
      package_type: type,
      owner: { login: 'Acme' },
      package_version: {
        version,
        name: version,
        target_commitish: 'main',
        target_oid: OTHER,
        container_metadata: { tag: { name: tag, digest: DIGEST }, labels: { source: '', revision, all_labels: {} } },
        package_url: url,
      },
    },
  };
}

/** As the event of this name has it. */
function renamed({ package: published, ...rest }: { readonly package?: object }, name: string) {
  return { ...rest, ...(published === undefined ? {} : { [name]: published }) };
}
