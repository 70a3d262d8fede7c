/** Gives the contract's cases their GitHub: a seed, clients that authenticate as the bridge does, and readable refusals. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import * as z from 'zod';
import type { Control } from '../../local/github/control.ts';
import type { GitHubSeed } from '../../local/github/seed.ts';

/** What a stand-in offers to its cases: the API at `url`, and the emulator's handles. */
export type Stand = Control & { url: string; close(): Promise<void> };
export type Start = (seed: GitHubSeed) => Promise<Stand>;

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const privateKey = pair.privateKey;

export const appId = 4711;
export const installationId = 815;
export const shop = { owner: 'acme', repo: 'shop' } as const;

export const seed = {
  app: {
    id: appId,
    privateKey,
    permissions: {
      deployments: 'write',
      contents: 'write',
      pull_requests: 'write',
      statuses: 'write',
      checks: 'write',
      issues: 'read',
      actions: 'read',
    },
  },
  accounts: [
    { login: 'acme', type: 'Organization', members: [{ login: 'mona', role: 'admin' }, { login: 'hubot' }] },
    { login: 'rival', type: 'Organization' },
    { login: 'octocat', type: 'User' },
  ],
  repositories: [
    {
      owner: 'acme',
      name: 'shop',
      commits: [
        { message: 'The first', files: { 'shop.txt': 'one\n', 'till.txt': 'one\n' }, tags: [{ name: 'v1' }] },
        {
          message: 'The second',
          files: { 'shop.txt': 'two\n' },
          tags: [{ name: 'v2', message: 'The second version' }],
        },
      ],
      branches: { topic: 'main' },
      collaborators: { wanda: 'write', tim: 'triage', rita: 'read', max: 'maintain', ada: 'admin' },
    },
    { owner: 'acme', name: 'office' },
    { owner: 'acme', name: 'cellar' },
    { owner: 'acme', name: 'website', private: false },
    { owner: 'rival', name: 'plans' },
  ],
  installations: [{ id: installationId, account: 'acme', repositories: ['shop', 'office', 'website'] }],
} satisfies GitHubSeed;

// auth-app says on the console that it has corrected its clock, which some cases make it do.
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
function quiet(): void {}

/** As the bridge would: the installation's token, made from the App's key. */
export function bridge(stand: Stand): Octokit {
  return new Octokit({
    baseUrl: stand.url,
    log,
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  });
}

export function app(stand: Stand): Octokit {
  return new Octokit({ baseUrl: stand.url, log, authStrategy: createAppAuth, auth: { appId, privateKey } });
}

export function bearer(stand: Stand, token: string): Octokit {
  return new Octokit({ baseUrl: stand.url, log, auth: token });
}

type Narrow = { repositories?: string[]; repository_ids?: number[]; permissions?: Record<string, string | undefined> };

/** An installation token with only what is asked for. */
export async function tokenFor(stand: Stand, narrow: Narrow = {}): Promise<string> {
  const answer = await app(stand).request('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: installationId,
    ...narrow,
  });
  return z.object({ token: z.string() }).parse(answer.data).token;
}

export async function narrowed(stand: Stand, narrow: Narrow): Promise<Octokit> {
  return bearer(stand, await tokenFor(stand, narrow));
}

type Claims = { iat?: unknown; exp?: unknown; iss?: unknown };

/** A JSON web token of which every part may be wrong; without, it is a good one. */
export function webToken(claims: Claims = {}, key: string = privateKey, alg = 'RS256'): string {
  const now = Math.floor(Date.now() / 1000);
  const body = [
    { alg, typ: 'JWT' },
    { iat: now - 30, exp: now + 300, iss: appId, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}`;
}

const Failure = z.object({
  status: z.number(),
  response: z.object({ data: z.unknown(), headers: z.record(z.string(), z.unknown()) }),
});

/** How GitHub said no; an answer that is no refusal fails the case. */
export async function refusal(answer: Promise<{ status: number }>) {
  const outcome = await answer.then(
    ({ status }) => {
      throw new Error(`answered ${status} where a refusal was expected`);
    },
    (error: unknown) => Failure.parse(error),
  );
  const body = z.looseObject({ message: z.string() }).safeParse(outcome.response.data);
  return {
    status: outcome.status,
    body: body.data ?? { message: '' },
    headers: outcome.response.headers,
    raw: outcome.response.data,
  };
}
