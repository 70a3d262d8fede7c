/** Starts the emulated GitHub that the Worker's tests call over HTTP, and tells them where it is and what opens its doors. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { refuse } from './openapi/complaints.ts';
import { describedWebhooks } from './openapi/description.ts';
import { startObservedGitHub } from './openapi/observer.ts';
import { startIssuer } from './worker/issuer-server.ts';

/** GitHub hands out keys in PKCS#1. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const APP_ID = 4711;

/** The repositories of `outage.test.ts`. */
const OUTAGE = ['flood', 'cart', 'search', 'login', 'mail', 'stock'];

/** `main` speaks for acme; `other` for a part of it; `east` and `west` are two clusters of one organisation. */
const config = {
  argocd: [
    { name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['*'] },
    { name: 'other', repositories: ['acme/other-*'], environments: ['sandbox'] },
    { name: 'east', url: 'https://east.example.com', repositories: ['acme/*'], environments: ['*'] },
    { name: 'west', url: 'https://west.example.com', repositories: ['acme/*'], environments: ['*'] },
  ],
};

const secrets = {
  ARGOCD_MAIN_TOKEN: 'main-token-0123456789abcdef main-token-next-0123456789abcdef',
  ARGOCD_OTHER_TOKEN: 'other-token-0123456789abcdef',
  ARGOCD_EAST_TOKEN: 'east-token-0123456789abcdef',
  ARGOCD_WEST_TOKEN: 'west-token-0123456789abcdef',
  GITHUB_WEBHOOK_SECRET: 'webhook-secret-next-0123456789abcdef webhook-secret-0123456789abcdef',
  HAWSER_OPERATOR_TOKEN: 'operator-token-0123456789abcdef',
};

declare module 'vitest' {
  interface ProvidedContext {
    githubUrl: string;
    githubAppId: string;
    githubPrivateKey: string;
    /** A webhook for GitHub to deliver to: `/503` answers 503. Nobody outside workerd reaches the Worker itself. */
    hookUrl: string;
    /** Issuers of OIDC tokens: below it, each name is one of its own. */
    issuersUrl: string;
    hawser: string;
    secrets: Record<string, string>;
    outage: { repositories: string[]; rollouts: number };
    describedWebhooks: readonly { readonly event: string; readonly action?: string }[];
    /** How long a property is looked at, and from which seed: workerd has no environment of its own. */
    property: { runs?: number; seed?: number };
    crashEvery: number;
    crashSeed: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const repositories = ['shop', 'other-shop', 'mobile', 'garden', ...OUTAGE].map((name) => ({ owner: 'acme', name }));
  const permissions = { deployments: 'write', contents: 'read', pull_requests: 'write', metadata: 'read' } as const;
  const github = await startObservedGitHub('hawser', {
    // All tests share it: their calls together must not meet GitHub's hourly limit.
    limits: { primary: 1_000_000 },
    seed: {
      app: { id: APP_ID, privateKey, permissions },
      accounts: [{ login: 'acme', type: 'Organization', members: [{ login: 'octo', role: 'admin' }] }],
      repositories: repositories.map((each) => ({ ...each, collaborators: { boss: 'write', triage: 'triage' } })),
      installations: [{ id: 1, account: 'acme' }],
    },
  });
  const hook = createServer(({ url = '' }, response) => {
    response.writeHead(Number(url.slice(1))).end();
  });
  await once(hook.listen(0, '127.0.0.1'), 'listening');
  const address = hook.address();
  project.provide('hookUrl', `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  const issuers = await startIssuer();
  project.provide('issuersUrl', issuers.url);
  project.provide('githubUrl', github.url);
  project.provide('githubAppId', String(APP_ID));
  project.provide('githubPrivateKey', privateKey);
  project.provide('hawser', JSON.stringify(config));
  project.provide('secrets', secrets);
  project.provide('outage', {
    repositories: OUTAGE.map((name) => `acme/${name}`),
    rollouts: Number(process.env['ROLLOUTS'] ?? 36),
  });
  project.provide('describedWebhooks', describedWebhooks());
  const { EVERY, RUNS, SEED } = process.env;
  project.provide('property', {
    ...(RUNS === undefined ? {} : { runs: Number(RUNS) }),
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
  project.provide('crashEvery', Number(EVERY ?? 5));
  project.provide('crashSeed', Number(SEED ?? 0));
  return async () => {
    const complaints = github.complaints();
    await github.close();
    hook.close();
    issuers.close();
    // Each file asks for its own: these came after the last one had.
    refuse(complaints);
  };
}
