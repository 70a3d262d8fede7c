/** Says what Argo CD says: whole Applications, as its controller writes them, from the few words that a case needs. */
import type { Application } from '../schemas/notification.ts';

/** Commits of the application's repository, and of the manifests': the digit tells them apart in a failing test. */
export const s1 = '1'.repeat(40);
export const s2 = '2'.repeat(40);
export const s3 = '3'.repeat(40);
export const s4 = '4'.repeat(40);
export const m1 = `${'a'.repeat(39)}1`;
export const m2 = `${'a'.repeat(39)}2`;
export const m3 = `${'a'.repeat(39)}3`;

/** When the story begins. Seconds are counted from here, for Argo CD's times and for arrivals alike. */
export const T0 = Date.parse('2026-11-02T09:00:00Z');
export const rfc3339 = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z');

export type Word = {
  /** Second in which the operation started; it is also how it is told from others. */
  readonly op?: number;
  readonly phase?: 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';
  /** Second in which it finished; by default 5 seconds after it started, once it is over. */
  readonly finished?: number;
  /** null: not told. */
  readonly message?: string | null;
  readonly health?: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';
  readonly healthMessage?: string;
  /** Second in which health last changed; by default 1 second after the operation finished. */
  readonly healthAt?: number;
  /** Commit whose image the operation applied (`ghcr.io/acme/shop:<commit>`). */
  readonly sha?: string;
  /** Images it applied, where one with a commit for a tag doesn't tell the story. */
  readonly images?: readonly string[];
  /** Images it was asked for by Kustomize override (previews). */
  readonly requested?: readonly string[];
  /** Images of the live pods. */
  readonly summary?: readonly string[];
  /** Manifest revision; several for an application with several sources; null: not told. */
  readonly manifests?: string | readonly string[] | null;
  /** No sync result yet: the first Running, or an operation that never got to apply. */
  readonly noResult?: boolean;
  readonly retry?: number;
  readonly retryLimit?: number;
  readonly automated?: boolean;
  readonly partial?: boolean;
  readonly dryRun?: boolean;
  readonly noOperation?: boolean;
  readonly deleted?: boolean;
  readonly failing?: { readonly kind: string; readonly name: string; readonly message: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly pr?: number;
  readonly uid?: string;
  /** Second in which it was created. */
  readonly created?: number;
  /** By default every word is one more than the word before of the same application. */
  readonly generation?: number;
};

/** The Application that an Argo CD instance would send; `generation` is what its word counts as. */
export function applicationSaying(name: string, word: Word, generation: number): Application {
  const { op = 0, phase = 'Succeeded' } = word;
  const over = phase === 'Succeeded' || phase === 'Failed' || phase === 'Error' || (word.retry ?? 0) > 0;
  const finished = word.finished ?? (over ? op + 5 : undefined);
  const images = word.images ?? (word.sha === undefined ? [] : [`ghcr.io/acme/shop:${word.sha}`]);
  const manifests = word.manifests === undefined ? m1 : word.manifests;
  const revisions =
    manifests === null ? {} : typeof manifests === 'string' ? { revision: manifests } : { revisions: [...manifests] };
  const sync = {
    ...revisions,
    ...(word.dryRun === true ? { dryRun: true } : {}),
    ...(word.partial === true ? { resources: [{ group: 'apps', kind: 'Deployment', name }] } : {}),
    ...(word.requested === undefined ? {} : { source: { repoURL: REPO, kustomize: { images: [...word.requested] } } }),
  };
  const operation = {
    sync,
    initiatedBy: word.automated === false ? { username: 'admin' } : { automated: true },
    retry: { limit: word.retryLimit ?? 5 },
  };
  return {
    metadata: {
      name,
      namespace: 'argocd',
      uid: word.uid ?? `uid-of-${name}`,
      generation,
      creationTimestamp: rfc3339(word.created ?? -86_400),
      ...(word.deleted === true ? { deletionTimestamp: rfc3339(op) } : {}),
      annotations: {
        'github.com/owner': 'acme',
        'github.com/repo': 'shop',
        'github.com/environment': word.environment ?? 'production',
        ...(word.pr === undefined ? {} : { 'github.com/pr': String(word.pr) }),
        ...word.annotations,
      },
    },
    spec: { project: 'default', source: { repoURL: REPO } },
    ...(phase === 'Running' ? { operation } : {}),
    status: {
      ...(word.noOperation === true
        ? {}
        : {
            operationState: {
              phase,
              ...(word.message === null ? {} : { message: word.message ?? MESSAGES[phase] }),
              startedAt: rfc3339(op),
              ...(finished === undefined ? {} : { finishedAt: rfc3339(finished) }),
              ...(word.retry === undefined ? {} : { retryCount: word.retry }),
              operation,
              ...(word.noResult === true
                ? {}
                : {
                    syncResult: {
                      ...revisions,
                      resources: [
                        ...images.map((image) => ({ kind: 'Deployment', name, images: [image], status: 'Synced' })),
                        ...(word.failing === undefined ? [] : [{ ...word.failing, status: 'SyncFailed' }]),
                      ],
                    },
                  }),
            },
          }),
      sync: { status: 'Synced', ...revisions },
      ...(word.health === undefined
        ? {}
        : {
            health: {
              status: word.health,
              lastTransitionTime: rfc3339(word.healthAt ?? (finished ?? op) + 1),
              ...(word.healthMessage === undefined ? {} : { message: word.healthMessage }),
            },
          }),
      ...(word.summary === undefined ? {} : { summary: { images: [...word.summary] } }),
      ...(word.conditions === undefined ? {} : { conditions: [...word.conditions] }),
      reconciledAt: rfc3339((finished ?? op) + 1),
    },
  };
}

const REPO = 'https://github.com/acme/shop-deployment';
const MESSAGES = {
  Running: 'waiting for completion of hook',
  Terminating: 'operation is terminating.',
  Succeeded: 'successfully synced (all tasks run)',
  Failed: 'one or more objects failed to apply',
  Error: 'ComparisonError: failed to generate manifest',
} as const;
