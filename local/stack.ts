/** The whole stack on this machine: GitHub, emulated, and Hawser in workerd, both keeping their state in one directory. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { parseConfig } from '../schemas/parse-config.ts';
import { inLines } from '../schemas/parse-file.ts';
import type { Refreshed } from './argocd/applicationset-webhook.ts';
import { startApplicationSets } from './argocd/start-applicationsets.ts';
import { bundle } from './bundle.ts';
import { type GitHub, startGitHub } from './github/start-github.ts';
import { startWorker, type Worker } from './worker.ts';

export type StackOptions = {
  /** 0: a free port. */
  readonly hawserPort: number;
  readonly githubPort: number;
  readonly directory: string;
  /** Begins with nothing. */
  readonly fresh: boolean;
  /** Windows shorter than a person's patience. */
  readonly deployments?: Readonly<Record<string, string>>;
  readonly github?: Readonly<Record<string, number>>;
  /** An ApplicationSet controller's webhook that takes the stand-in's place. */
  readonly applicationSets?: { readonly url: string; readonly secret: string } | undefined;
  /** Accounts that the App is installed on: acme alone, unless others are named. */
  readonly owners?: readonly string[];
  /** What each of them has: `shop` and `shop-deployment`, unless others are named. */
  readonly repositories?: readonly string[];
  /** Who signs the tokens of a workflow's runs. */
  readonly oidc?: { readonly issuer: string; readonly audience: string } | undefined;
  /** Each line that Hawser logs. */
  readonly log?: (line: string) => void;
};

export type Stack = {
  readonly github: GitHub;
  readonly hawser: Worker;
  /** Which repositories the stand-in for the ApplicationSet controller would have looked at; none where another took its place. */
  readonly refreshed: readonly Refreshed[];
  readonly argocdToken: string;
  readonly operatorToken: string;
  readonly publisherToken: string;
  readonly webhookSecret: string;
  readonly app: { readonly id: number; readonly privateKey: string };
  readonly close: () => Promise<void>;
};

/** A mistake of the person who starts it: said in one line, without a stack. */
export class StackRefused extends Error {}

const APP_ID = 4711;
const OWNER = 'acme';
export const REPOSITORY = 'acme/shop';
export const DEPLOYMENT_REPOSITORY = 'acme/shop-deployment';
const ARGOCD_URL = 'https://argocd.example.com';

const Secrets = z.object({
  privateKey: z.string(),
  argocdToken: z.string(),
  operatorToken: z.string(),
  publisherToken: z.string(),
  webhookSecret: z.string(),
  applicationSetsSecret: z.string(),
});

export async function startStack(options: StackOptions): Promise<Stack> {
  const { directory, owners = [OWNER] } = options;
  await refuseBadConfig();
  await refuseTakenPort('HAWSER_PORT', options.hawserPort);
  await refuseTakenPort('GITHUB_PORT', options.githubPort);
  if (options.fresh) await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const secrets = await findOrMakeSecrets(join(directory, 'secrets.json'));

  const [modules, github] = await Promise.all([
    bundle(join(directory, 'bundle')),
    startGitHub({
      port: options.githubPort,
      state: join(directory, 'github.json'),
      seed: seed(secrets.privateKey, owners, options.repositories ?? ['shop', 'shop-deployment']),
    }),
  ]);
  const standIn =
    options.applicationSets === undefined
      ? await startApplicationSets({ port: 0, secret: secrets.applicationSetsSecret, api: github.url })
      : undefined;
  const applicationSets = options.applicationSets ?? { url: standIn?.url, secret: secrets.applicationSetsSecret };
  const hawser = await startWorker({
    modules,
    port: options.hawserPort,
    state: join(directory, 'objects'),
    variables: {
      GITHUB_API_URL: github.url,
      GITHUB_APP_ID: String(APP_ID),
      GITHUB_APP_PRIVATE_KEY: secrets.privateKey,
      ARGOCD_MAIN_TOKEN: secrets.argocdToken,
      ARGOCD_MAIN_WEBHOOK_SECRET: applicationSets.secret,
      GITHUB_WEBHOOK_SECRET: secrets.webhookSecret,
      HAWSER_OPERATOR_TOKEN: secrets.operatorToken,
      PUBLISHER_CI_TOKEN: secrets.publisherToken,
      HAWSER: JSON.stringify(config(options, owners, applicationSets.url)),
    },
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  // Only now is its address known, where its port is a free one.
  github.webhook({ url: `${hawser.url}/github/webhooks`, secret: secrets.webhookSecret });
  return {
    github,
    hawser,
    refreshed: standIn?.webhook.refreshed ?? [],
    argocdToken: secrets.argocdToken,
    operatorToken: secrets.operatorToken,
    publisherToken: secrets.publisherToken,
    webhookSecret: secrets.webhookSecret,
    app: { id: APP_ID, privateKey: secrets.privateKey },
    async close() {
      await github.settled();
      await hawser.close();
      await github.close();
      await standIn?.close();
    },
  };
}

function config(
  { deployments = {}, github = {}, oidc }: StackOptions,
  owners: readonly string[],
  applicationSets: string | undefined,
) {
  const argocd = {
    name: 'main',
    url: ARGOCD_URL,
    repositories: owners.map((owner) => `${owner}/*`),
    environments: ['*'],
    refresh: { mode: 'webhook', url: applicationSets },
  };
  return {
    deployments,
    github,
    previews: { url: 'https://{slug}.preview.example.com' },
    environments: { production: { production: true, url: 'https://shop.example.com' } },
    argocd: [argocd],
    publishers: [{ name: 'ci', repositories: owners.map((owner) => `${owner}/*`) }],
    ...(oidc === undefined ? {} : { oidc }),
  };
}

function seed(privateKey: string, owners: readonly string[], repositories: readonly string[]) {
  return {
    app: {
      id: APP_ID,
      privateKey,
      permissions: {
        deployments: 'write',
        contents: 'write',
        pull_requests: 'write',
        checks: 'write',
        metadata: 'read',
      } as const,
    },
    accounts: owners.map((login) => ({
      login,
      type: 'Organization' as const,
      members: [
        { login: 'octo', role: 'admin' as const },
        { login: 'ada', role: 'member' as const },
      ],
    })),
    repositories: owners.flatMap((owner) => repositories.map((name) => ({ owner, name }))),
    installations: owners.map((account, index) => ({ id: index + 1, account })),
  };
}

/** The bundle holds `hawser.yaml`: a mistake in it is told before anything starts, as `npm run check` tells it. */
async function refuseBadConfig(): Promise<void> {
  const parsed = parseConfig(await readFile('hawser.yaml', 'utf8'), 'hawser.yaml');
  if (!parsed.ok) throw new StackRefused(inLines(parsed.failure).join('\n'));
}

export async function refuseTakenPort(variable: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', () =>
    reject(new StackRefused(`port ${port} is taken: set ${variable} to another one, or to 0 for any free one`)),
  );
  server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  await promise;
}

/** Kept beside the state: what Argo CD's token opened yesterday, it opens today. Where one is lacking, all are made anew. */
async function findOrMakeSecrets(file: string): Promise<z.infer<typeof Secrets>> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const secrets = Secrets.safeParse(kept === undefined ? undefined : JSON.parse(kept));
  if (secrets.success) return secrets.data;
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const token = () => randomBytes(32).toString('base64url');
  const made = {
    privateKey,
    argocdToken: token(),
    operatorToken: token(),
    publisherToken: token(),
    webhookSecret: token(),
    applicationSetsSecret: token(),
  };
  await writeFile(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}
