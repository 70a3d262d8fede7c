/** Sets up what is measured: Hawser in workerd, and what it is compared with, each with storage of its own on disk. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { bundle, type Module } from '../local/bundle.ts';
import { benchBundle } from './bundles.ts';
import { TOKEN } from './notifications.ts';
import { type Running, run } from './workerd.ts';

export const WEBHOOK_SECRET = 'bench-webhook-0123456789abcdef';
const OPERATOR = 'bench-operator-0123456789abcdef';
const APP_ID = 4711;
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export type Bundles = {
  readonly hawser: readonly Module[];
  readonly measured: readonly Module[];
  readonly bare: readonly Module[];
  readonly empty: readonly Module[];
};

export async function bundles(directory: string): Promise<Bundles> {
  const [hawser, measured, bare, empty] = await Promise.all([
    bundle(join(directory, 'hawser')),
    benchBundle('measured-worker', join(directory, 'measured')),
    benchBundle('bare-worker', join(directory, 'bare')),
    benchBundle('empty-worker', join(directory, 'empty')),
  ]);
  return { hawser, measured, bare, empty };
}

export type Settings = {
  readonly modules: readonly Module[];
  readonly github: string;
  readonly state: string;
  readonly writesPerMinute?: number;
  readonly deployments?: Readonly<Record<string, string>>;
  /** The ApplicationSet webhook to call. */
  readonly refresh?: string;
};

export function runHawser(settings: Settings): Promise<Running> {
  const { modules, github, state, writesPerMinute, deployments = {}, refresh } = settings;
  const argocd = {
    name: 'main',
    url: 'https://argocd.example.com',
    repositories: ['*'],
    environments: ['*'],
    ...(refresh === undefined ? {} : { refresh: { mode: 'webhook', url: refresh } }),
  };
  const variables = {
    GITHUB_API_URL: github,
    GITHUB_APP_ID: String(APP_ID),
    GITHUB_APP_PRIVATE_KEY: privateKey,
    ARGOCD_MAIN_TOKEN: TOKEN,
    ARGOCD_MAIN_WEBHOOK_SECRET: WEBHOOK_SECRET,
    GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
    HAWSER_OPERATOR_TOKEN: OPERATOR,
    HAWSER: JSON.stringify({
      argocd: [argocd],
      deployments,
      environments: { production: { production: true } },
      github: writesPerMinute === undefined ? {} : { writesPerMinute },
    }),
  };
  const objects = {
    LEDGER: 'Ledger',
    INSTALLATION: 'Installation',
    REFRESHER: 'Refresher',
    PREVIEW_INDEX: 'PreviewIndex',
  };
  return run({ modules, state, variables, objects });
}

export function runBare(modules: readonly Module[], state: string): Promise<Running> {
  return run({ modules, state, variables: { ARGOCD_MAIN_TOKEN: TOKEN }, objects: { BARE: 'Bare' } });
}
