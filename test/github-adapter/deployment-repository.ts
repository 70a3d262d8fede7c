/** A deployment repository on the emulated GitHub, the application's beside it, and attempts with the token of each role. */
import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod';
import type { GitHub } from '../../local/github/start-github.ts';
import { type Effect, roleOf, type WritePromotion } from '../../schemas/effect.ts';
import type { Learned } from '../../schemas/event.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { minting } from '../../src/github/app-token.ts';
import { githubClient } from '../../src/github/client.ts';
import { type Performing, perform } from '../../src/perform.ts';
import { Instant } from '../../src/words/instant.ts';
import { ownerOf, Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { startObservedGitHub } from '../openapi/observer.ts';

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();

export const PERMISSIONS = {
  deployments: 'write',
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'read',
  members: 'read',
} as const;
const DEPLOYMENT = Repository.parse('acme/shop-deployment');
export const IMAGE = 'ghcr.io/acme/shop';
export const TARGET = JSON.stringify(['production', IMAGE]);
export const BRANCH = 'hawser/production/shop';
export const PRODUCTION = 'overlays/production/kustomization.yaml';
export const pinned = (tag: string) => `images:\n  - name: ${IMAGE}\n    newTag: ${tag}\n`;

const seed = {
  app: { id: 12_345, privateKey, permissions: PERMISSIONS },
  accounts: [
    {
      login: 'acme',
      type: 'Organization',
      members: [{ login: 'ada', role: 'admin' }, { login: 'bob' }, { login: 'eve' }],
    },
    { login: 'octocat', type: 'User' },
  ],
  repositories: [
    { owner: 'acme', name: 'shop' },
    {
      owner: 'acme',
      name: 'shop-deployment',
      commits: [
        {
          message: 'Overlays',
          files: {
            'base/deployment.yaml': 'kind: Deployment\n',
            [PRODUCTION]: pinned('v1'),
            'overlays/sandbox/kustomization.yml': pinned('v2'),
            'overlays/sandbox/patch.yaml': 'kind: Patch\n',
          },
        },
      ],
      collaborators: { bob: 'write', eve: 'read' },
    },
    { owner: 'acme', name: '.github' },
  ],
  installations: [{ id: 7, account: 'acme' }],
} as const;

export type Site = Awaited<ReturnType<typeof startSite>>;

/** A GitHub, and what a test does with it. */
export async function startSite() {
  const github = await startObservedGitHub('hawser', { seed: structuredClone(seed) as never });
  const memory = { installation: 7, rememberInstallation: () => {} };
  const now = () => Instant.parse(Date.now());
  const env = { GITHUB_API_URL: github.url, GITHUB_APP_ID: '12345', GITHUB_APP_PRIVATE_KEY: privateKey };

  /** With a fresh token of the effect's role; the minting is not among the calls. */
  async function attempt(effect: Effect, given: Partial<Performing> = {}): Promise<Outcome> {
    const before = github.calls.length;
    const isOwn = effect.kind === 'read-source' && ownerOf(effect.repository) === ownerOf(DEPLOYMENT);
    const about = isOwn ? effect.repository : DEPLOYMENT;
    const minted = await minting(env, fetch, memory, now)(about, roleOf(effect.kind));
    if (!minted.ok) return minted.failure;
    skipped.push(...github.calls.slice(before));
    return perform(effect, {
      github: githubClient({ url: github.url, token: minted.value.token, fetch, timeout: 500 }),
      refresher: async () => {},
      index: async () => {},
      tell: async () => {},
      app: '4711',
      argoCds: { instances: () => [], env: {}, fetch },
      updaters: { configured: () => [], env: {}, fetch },
      ownersRules: () => null,
      repository: DEPLOYMENT,
      look: false,
      attempts: 0,
      now,
      ...given,
    });
  }
  const skipped: GitHub['calls'][number][] = [];
  const person = (login: string) => github.as(login);

  return {
    github,
    attempt,
    person,
    close: () => github.close(),
    async reset(): Promise<void> {
      github.clearFaults();
      await github.reset();
      github.clear();
      skipped.length = 0;
    },
    /** As one line each, in order. */
    calls(): readonly string[] {
      return github.calls
        .filter((call) => !skipped.includes(call))
        .map(({ method, path }) => `${method} ${decodeURIComponent(path).replace('/repos/acme/shop-deployment', '')}`);
    },
    /** What it must have learned. */
    async learn<Kind extends Learned['kind']>(
      kind: Kind,
      effect: Effect,
      given: Partial<Performing> = {},
    ): Promise<Extract<Learned, { kind: Kind }>> {
      const outcome = await attempt(effect, given);
      const learned = outcome.kind === 'done' ? outcome.learned : undefined;
      if (!isKind(learned, kind)) throw new Error(`learned no ${kind}: ${JSON.stringify(outcome)}`);
      return learned;
    },
    async base(): Promise<WritePromotion['base']> {
      const { body } = await person('ada')('GET', '/repos/acme/shop-deployment/branches/main');
      const { commit } = Tip.parse(body);
      return { branch: 'main', sha: commit.sha, tree: commit.commit.tree.sha };
    },
    async tipOf(branch: string): Promise<string | undefined> {
      const { body } = await person('ada')('GET', `/repos/acme/shop-deployment/git/ref/heads/${branch}`);
      return z.object({ object: z.object({ sha: z.string() }) }).safeParse(body).data?.object.sha;
    },
    async pull(number: number): Promise<unknown> {
      return (await person('ada')('GET', `/repos/acme/shop-deployment/pulls/${number}`)).body;
    },
    /** Every pull request, of any state. */
    async pulls(): Promise<readonly unknown[]> {
      const { body } = await person('ada')('GET', '/repos/acme/shop-deployment/pulls?state=all');
      return z.array(z.unknown()).parse(body);
    },
    async textAt(ref: string, path: string): Promise<string> {
      const { body } = await person('ada')('GET', `/repos/acme/shop-deployment/contents/${path}?ref=${ref}`);
      return Buffer.from(z.object({ content: z.string() }).parse(body).content, 'base64').toString();
    },
  };
}

const Tip = z.object({ commit: z.object({ sha: Sha, commit: z.object({ tree: z.object({ sha: Sha }) }) }) });

function isKind<Kind extends Learned['kind']>(
  learned: Learned | undefined,
  kind: Kind,
): learned is Extract<Learned, { kind: Kind }> {
  return learned?.kind === kind;
}

/** A promotion of production to this tag, on the base as it is. */
export async function promotionTo(
  site: Site,
  tag: string,
  given: Partial<WritePromotion> = {},
): Promise<WritePromotion> {
  return {
    kind: 'write-promotion',
    target: TARGET,
    branch: BRANCH,
    base: await site.base(),
    files: [{ path: PRODUCTION, text: pinned(tag) }],
    message: `Promote shop to ${tag}`,
    title: `Promote shop to ${tag}`,
    body: `<!-- hawser:promotion -->\n${tag}`,
    labels: ['promotion'],
    reviewers: ['bob'],
    number: null,
    head: null,
    ...given,
  };
}
